package io.dhara.stores.write.scylla;

import static io.dhara.stores.write.scylla.ColdTierBed.at;
import static io.dhara.stores.write.scylla.ColdTierBed.await;
import static io.dhara.stores.write.scylla.ColdTierBed.click;
import static io.dhara.stores.write.scylla.ColdTierBed.config;
import static io.dhara.stores.write.scylla.ColdTierBed.flush;
import static io.dhara.stores.write.scylla.ColdTierBed.order;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dhara.core.interaction.Interaction;
import io.dhara.core.interaction.InteractionIdentity;
import io.dhara.core.interaction.WeekSlots;
import io.dhara.embedded.SharedServers;
import io.dhara.stores.interaction.ColdTierConfig;
import io.dhara.stores.interaction.ColdTierReader;
import io.dhara.stores.interaction.InteractionQuery;
import io.dhara.stores.interaction.TypeInteractions;
import io.dhara.stores.read.StoreReadException;
import io.dhara.stores.write.interaction.ColdTierWriter;
import io.dhara.stores.write.scylla.PeerWriter.Counts;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Reads of what BharatMLStack and we wrote, on a real Cassandra. */
final class ColdTierReadITCase {
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration WEEK = Duration.ofDays(7);
    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");

    private static ColdTierBed bed;

    private final String user = ColdTierBed.user();

    @BeforeAll
    static void open() {
        bed = new ColdTierBed(SharedServers.cassandra(), "cold_reads");
    }

    @AfterAll
    static void close() {
        bed.close();
    }

    /** The five ranges of which BharatMLStack itself misses or misorders something. */
    @ParameterizedTest
    @CsvSource({
        "2026-11-21, 2027-01-20",
        "2026-12-03, 2027-01-05",
        "2026-06-09, 2026-11-23",
        "2026-03-08, 2026-08-26",
        "2026-06-10, 2026-11-25"
    })
    void i2i3_rangesOverNewYearAndOfManyWeeks_returnEveryEventNewestFirst(String from, String to) {
        Instant start = Instant.parse(from + "T12:00:00Z");
        Instant end = Instant.parse(to + "T12:00:00Z");
        for (Counts counts : Counts.values()) {
            String someone = ColdTierBed.user();
            List<Interaction> written = new ArrayList<>();
            for (Instant t = start; !t.isAfter(end); t = t.plus(DAY)) {
                written.add(click(someone, t.getEpochSecond() % 100_000, t));
                written.add(click(someone, 5, t)); // the same instant
            }
            new PeerWriter(bed.cql, "cold_reads", counts, 7).persist(bed.click, someone, written);
            written.sort(Interaction.NEWEST_FIRST);

            try (ColdTierReader reader = bed.reader(at(end), config())) {
                for (int limit : new int[] {1, 10, 100, 2000}) {
                    InteractionQuery query =
                            new InteractionQuery(
                                    List.of(bed.click),
                                    start.toEpochMilli(),
                                    end.toEpochMilli(),
                                    limit);
                    assertThat(bed.read(reader, someone, query).get(0))
                            .as("%s, limit %d", counts, limit)
                            .isEqualTo(
                                    new TypeInteractions(
                                            written.subList(0, Math.min(limit, written.size())),
                                            true));
                }
            }
        }
    }

    /** Peer and we in turn, duplicates, a late session, wrong counts; every limit and range. */
    @ParameterizedTest
    @EnumSource(Counts.class)
    void i3_mixedHistory_anyRangeAndLimitIsExact(Counts counts) {
        ColdTierConfig config =
                config(
                        "interactions.cold.trust-counts",
                        counts == Counts.ABSENT ? "false" : "true");
        for (int seed = 0; seed < 5; seed++) {
            String someone = ColdTierBed.user();
            Random random = new Random(seed);
            List<Interaction> written = new ArrayList<>();
            PeerWriter peer = new PeerWriter(bed.cql, "cold_reads", counts, seed);
            for (int i = 0; i < 10; i++) {
                List<Interaction> batch = batch(random, someone, 25);
                batch.addAll(batch.subList(0, 5));
                peer.persist(bed.click, someone, batch);
                written.addAll(batch);
            }
            try (ColdTierWriter writer = bed.writer(at(NOW), config);
                    ColdTierReader reader = bed.reader(at(NOW), config)) {
                for (int i = 0; i < 3; i++) {
                    List<Interaction> session = batch(random, someone, 20);
                    flush(writer, someone, session);
                    written.addAll(session);
                }
                for (int i = 0; i < 12; i++) {
                    long to = NOW.minus(DAY.multipliedBy(random.nextInt(60))).toEpochMilli();
                    long from = to - DAY.multipliedBy(1 + random.nextInt(170)).toMillis();
                    int limit = 1 + random.nextInt(400);
                    InteractionQuery query =
                            new InteractionQuery(List.of(bed.click), from, to, limit);
                    assertThat(bed.read(reader, someone, query).get(0).interactions())
                            .as("seed %d, read %d", seed, i)
                            .isEqualTo(expected(written, from, to, limit));
                }
            }
        }
    }

    private static List<Interaction> batch(Random random, String someone, int size) {
        List<Interaction> batch = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            // whole minutes, few products: equal times, and equal events
            Instant t = NOW.minus(Duration.ofMinutes(random.nextInt(167 * 24 * 60)));
            batch.add(click(someone, random.nextInt(3), t));
        }
        return batch;
    }

    private static List<Interaction> expected(
            List<Interaction> written, long from, long to, int limit) {
        Map<InteractionIdentity, Interaction> distinct = new LinkedHashMap<>();
        written.forEach(i -> distinct.put(InteractionIdentity.of(i), i));
        return distinct.values().stream()
                .filter(i -> i.eventTimeMillis() >= from && i.eventTimeMillis() <= to)
                .sorted(Interaction.NEWEST_FIRST)
                .limit(limit)
                .toList();
    }

    @Test
    void lastK_threeTypes_takesOneRoundOfRequestsOrTwoWhereCountsAreTrusted() {
        List<Interaction> session = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            Instant t = NOW.minus(Duration.ofHours(8L * i));
            session.add(click(user, i, t));
            session.add(order(user, i, t, "S" + i));
            session.add(new Interaction(user, "WISHLIST", i, 0, t.toEpochMilli(), "", ""));
        }
        try (ColdTierWriter writer = bed.writer(at(NOW), config());
                ColdTierReader reader = bed.reader(at(NOW), config());
                ColdTierReader trusting =
                        bed.reader(at(NOW), config("interactions.cold.trust-counts", "true"))) {
            flush(writer, user, session);
            bed.requests.take("UPDATE", user, 12);
            InteractionQuery query =
                    new InteractionQuery(
                            List.of(
                                    bed.order,
                                    bed.types.byName("WISHLIST").orElseThrow(),
                                    bed.click),
                            0,
                            NOW.toEpochMilli(),
                            100);

            List<TypeInteractions> lists = bed.read(reader, user, query);

            assertThat(lists).allMatch(list -> list.interactions().size() == 100);
            assertThat(lists.get(0).interactions()).allMatch(i -> i.type().equals("ORDER"));
            assertThat(lists.get(2).interactions()).allMatch(i -> i.type().equals("CLICK"));
            // all slots of three tables a type
            assertThat(bed.requests.take("SELECT", user, 9))
                    .hasSize(9)
                    .noneMatch(select -> select.contains("metadata"));

            List<TypeInteractions> trusted = bed.read(trusting, user, query);

            assertThat(trusted).isEqualTo(lists);
            // 100 of 3 a day lie in the six newest weeks: 23 back to 18, of one table
            assertThat(bed.requests.take("SELECT", user, 6))
                    .hasSize(6)
                    .filteredOn(select -> !select.contains("metadata"))
                    .allMatch(s -> s.startsWith("SELECT week_18,") && s.contains("bucket3"));
        }
    }

    @Test
    void trustedCounts_userWithoutAny_costsOneRequestPerType() {
        try (ColdTierReader trusting =
                bed.reader(at(NOW), config("interactions.cold.trust-counts", "true"))) {
            assertThat(bed.read(trusting, user, query(10)))
                    .containsExactly(new TypeInteractions(List.of(), true));
            assertThat(bed.requests.take("SELECT", user, 1)).hasSize(1);
        }
    }

    @Test
    void i6_peersDuplicates_areOne() {
        List<Interaction> clicks = List.of(click(user, 1, NOW), click(user, 2, NOW.minus(DAY)));
        PeerWriter peer = new PeerWriter(bed.cql, "cold_reads", Counts.RIGHT, 1);
        peer.persist(bed.click, user, clicks);
        peer.persist(bed.click, user, clicks);

        assertThat(last(10)).isEqualTo(clicks);
        assertThat(last(1)).isEqualTo(clicks.subList(0, 1));
    }

    @Test
    void i20_staleWeekInASharedSlot_isNotServedAndGoesWithTheNextFlush() {
        Instant lastYear = NOW.minus(WEEK.multipliedBy(52));
        PeerWriter peer = new PeerWriter(bed.cql, "cold_reads", Counts.RIGHT, 1);
        peer.persist(bed.click, user, List.of(click(user, 1, lastYear), click(user, 2, lastYear)));

        assertThat(last(10)).isEmpty();

        Interaction fresh = click(user, 3, NOW);
        try (ColdTierWriter writer = bed.writer(at(NOW), config())) {
            flush(writer, user, List.of(fresh));
        }
        assertThat(last(10)).containsExactly(fresh);
        assertThat(bed.row(bed.click, "metadata", "week_23", user).getInt(0)).isEqualTo(1);
    }

    @Test
    void peersEventOfTheFuture_isNotServed() {
        PeerWriter peer = new PeerWriter(bed.cql, "cold_reads", Counts.RIGHT, 1);
        peer.persist(
                bed.click,
                user,
                List.of(click(user, 1, NOW), click(user, 2, NOW.plus(DAY.multipliedBy(2)))));

        try (ColdTierReader reader = bed.reader(at(NOW), config())) {
            InteractionQuery open =
                    new InteractionQuery(List.of(bed.click), Long.MIN_VALUE, Long.MAX_VALUE, 10);
            assertThat(bed.read(reader, user, open).get(0).interactions())
                    .extracting(Interaction::productId)
                    .containsExactly(1L);
        }
    }

    @Test
    void i7_tablesFilledByBothSlotFunctions_areReadFromBoth() {
        List<Interaction> written = new ArrayList<>();
        for (String slots : List.of("iso-week", "epoch-week")) {
            try (ColdTierWriter writer = bed.writer(at(NOW), config("interactions.slots", slots))) {
                List<Interaction> session =
                        List.of(
                                click(user, written.size(), NOW.minus(WEEK.multipliedBy(3))),
                                click(user, written.size() + 1, NOW.minus(DAY)));
                flush(writer, user, session);
                written.addAll(session);
            }
        }
        assertThat(WeekSlots.ISO_WEEK.slot(NOW.toEpochMilli()))
                .isNotEqualTo(WeekSlots.EPOCH_WEEK.slot(NOW.toEpochMilli()));
        try (ColdTierReader both =
                bed.reader(at(NOW), config("interactions.cold.read-slots", "both"))) {
            assertThat(bed.read(both, user, query(10)).get(0).interactions())
                    .isEqualTo(written.stream().sorted(Interaction.NEWEST_FIRST).toList());
        }
    }

    @Test
    void i12_corruptBlock_leavesTheOthersReadableAndSaysIncomplete() {
        Interaction older = click(user, 1, NOW.minus(WEEK));
        try (ColdTierWriter writer = bed.writer(at(NOW), config())) {
            flush(writer, user, List.of(older));
        }
        bed.cql.execute(
                "UPDATE cold_reads.click_interactions_bucket3 SET week_23 = ? WHERE user_id = ?",
                ByteBuffer.wrap(new byte[] {1}),
                user);

        try (ColdTierReader reader = bed.reader(at(NOW), config())) {
            assertThat(bed.read(reader, user, query(10)))
                    .containsExactly(new TypeInteractions(List.of(older), false));
        }
    }

    @Test
    void i1_tableThatIsNotThere_isAnErrorAndNotAnEmptyAnswer() {
        try (ColdTierBed other = new ColdTierBed(SharedServers.cassandra(), "cold_dropped");
                ColdTierReader reader = other.reader(at(NOW), config())) {
            other.cql.execute("DROP TABLE cold_dropped.click_interactions_bucket2");

            assertThatThrownBy(() -> other.read(reader, user, query(10)))
                    .cause()
                    .isInstanceOfSatisfying(
                            StoreReadException.class,
                            failure ->
                                    assertThat(failure.kind())
                                            .isEqualTo(StoreReadException.Kind.UNAVAILABLE))
                    .hasMessageContaining("click_interactions_bucket2");
        }
    }

    @Test
    void i10_deadlinePassed_asksNothing() {
        try (ColdTierReader reader = bed.reader(at(NOW), config())) {
            assertThatThrownBy(
                            () -> await(reader.read(user, query(10), Instant.now().minusMillis(1))))
                    .cause()
                    .isInstanceOfSatisfying(
                            StoreReadException.class,
                            failure ->
                                    assertThat(failure.kind())
                                            .isEqualTo(StoreReadException.Kind.DEADLINE));
            assertThat(bed.requests.take("", user, 0)).isEmpty();
        }
    }

    private List<Interaction> last(int limit) {
        try (ColdTierReader reader = bed.reader(at(NOW), config())) {
            return bed.read(reader, user, query(limit)).get(0).interactions();
        }
    }

    private static InteractionQuery query(int limit) {
        return new InteractionQuery(List.of(bed.click), 0, NOW.toEpochMilli(), limit);
    }
}
