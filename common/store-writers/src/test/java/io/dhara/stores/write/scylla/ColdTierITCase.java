package io.dhara.stores.write.scylla;

import static io.dhara.stores.write.scylla.ColdTierBed.at;
import static io.dhara.stores.write.scylla.ColdTierBed.await;
import static io.dhara.stores.write.scylla.ColdTierBed.click;
import static io.dhara.stores.write.scylla.ColdTierBed.config;
import static io.dhara.stores.write.scylla.ColdTierBed.flush;
import static io.dhara.stores.write.scylla.ColdTierBed.nextMicros;
import static io.dhara.stores.write.scylla.ColdTierBed.order;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.datastax.oss.driver.api.core.cql.Row;
import io.dhara.core.interaction.Interaction;
import io.dhara.core.interaction.InteractionBlock;
import io.dhara.embedded.SharedServers;
import io.dhara.stores.interaction.ColdTierReader;
import io.dhara.stores.interaction.InteractionQuery;
import io.dhara.stores.write.interaction.ColdTierException;
import io.dhara.stores.write.interaction.ColdTierWriter;
import io.dhara.stores.write.interaction.ColdTierWriter.Prepared;
import io.dhara.stores.write.scylla.PeerWriter.Counts;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Flushes into week blocks on a real Cassandra. */
final class ColdTierITCase {
    /** Friday of ISO week 47: slot 23. */
    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");

    private static final Duration WEEK = Duration.ofDays(7);
    private static final long TTL_OF_THIS_WEEK =
            Duration.between(NOW, Instant.parse("2026-11-23T00:00:00Z")).toSeconds()
                    + Duration.ofDays(24 * 7 + 7).toSeconds();

    private static ColdTierBed bed;
    private static ColdTierWriter writer;
    private static ColdTierReader reader;

    private final String user = ColdTierBed.user();

    @BeforeAll
    static void open() {
        bed = new ColdTierBed(SharedServers.cassandra(), "cold_writes");
        writer = bed.writer(at(NOW), config());
        reader = bed.reader(at(NOW), config());
    }

    @AfterAll
    static void close() {
        writer.close();
        reader.close();
        bed.close();
    }

    @Test
    void write_sessionOfTwoTypesInThreeTables_isOneUpdatePerTouchedTableAndOneOfCountsPerType() {
        List<Interaction> session =
                List.of(
                        click(user, 1, NOW),
                        click(user, 2, NOW.minusSeconds(60)),
                        click(user, 3, NOW.minus(WEEK)),
                        click(user, 4, NOW.minus(WEEK.multipliedBy(10))),
                        order(user, 5, NOW.minusSeconds(5), "S1"));
        Prepared prepared = await(writer.prepare(user, session));
        assertThat(bed.requests.take("SELECT", user, 3)).hasSize(3);
        assertThat(prepared.added())
                .isEqualTo(session.stream().sorted(Interaction.NEWEST_FIRST).toList());

        assertThat(await(prepared.write(nextMicros()))).isEqualTo(5);
        assertThat(bed.requests.take("UPDATE", user, 5))
                .hasSize(5)
                .filteredOn(update -> update.contains("metadata"))
                .hasSize(2);

        Row blocks = bed.row(bed.click, "bucket3", "week_23, week_22, week_21", user);
        assertThat(blocks.getByteBuffer(0))
                .isEqualTo(
                        ByteBuffer.wrap(InteractionBlock.encode(bed.click, session.subList(0, 2))));
        assertThat(blocks.isNull(2)).isTrue();
        Row counts = bed.row(bed.click, "metadata", "week_23, week_22, week_13, week_0", user);
        assertThat(counts.getInt(0)).isEqualTo(2);
        assertThat(counts.getInt(1)).isEqualTo(1);
        assertThat(counts.getInt(2)).isEqualTo(1);
        assertThat(counts.isNull(3)).isTrue();
        assertThat(last(100)).containsExactlyElementsOf(session.subList(0, 4));
    }

    @Test
    void write_againAndInAnyPieces_leavesIdenticalBytes() {
        List<Interaction> session = clicks(60, Duration.ofDays(3));
        flush(writer, user, session);
        List<ByteBuffer> bytes = cells(user);
        long written = writeTime("week_23");
        assertThat(bed.requests.take("UPDATE", user, 2)).hasSize(2);

        Prepared replay = await(writer.prepare(user, session));
        assertThat(replay.added()).isEmpty();
        assertThat(await(replay.write(nextMicros()))).isZero();
        assertThat(bed.requests.take("UPDATE", user, 0)).isEmpty();
        assertThat(writeTime("week_23")).isEqualTo(written);

        String other = ColdTierBed.user();
        List<Interaction> pieces = new ArrayList<>(session);
        pieces.addAll(session);
        Collections.shuffle(pieces, new Random(3));
        for (int from = 0; from < pieces.size(); from += 7) {
            flush(
                    writer,
                    other,
                    pieces.subList(from, Math.min(pieces.size(), from + 7)).stream()
                            .map(i -> click(other, i.productId(), timeOf(i)))
                            .toList());
        }
        assertThat(cells(user)).isEqualTo(bytes);
        assertThat(cells(other)).isEqualTo(bytes);
    }

    @Test
    void write_otherSlotsOfATable_areNotTouched() {
        flush(writer, user, List.of(click(user, 1, NOW.minus(WEEK)), click(user, 2, NOW)));
        long before = writeTime("week_22");
        flush(writer, user, List.of(click(user, 3, NOW)));

        assertThat(writeTime("week_22")).isEqualTo(before);
        assertThat(writeTime("week_23")).isGreaterThan(before);
        assertThat(last(10)).hasSize(3);
        Row counts = bed.row(bed.click, "metadata", "week_22, week_23", user);
        assertThat(counts.getInt(0)).isEqualTo(1);
        assertThat(counts.getInt(1)).isEqualTo(2);
    }

    @Test
    void write_all24Slots_isOneUpdatePerTable() {
        List<Interaction> half =
                IntStream.range(0, 24)
                        .mapToObj(week -> click(user, week, NOW.minus(WEEK.multipliedBy(week))))
                        .toList();

        assertThat(flush(writer, user, half)).isEqualTo(4);

        assertThat(bed.requests.take("UPDATE", user, 4)).hasSize(4);
        assertThat(last(100)).isEqualTo(half);
    }

    @Test
    void write_countsFail_blocksAreNotWritten() {
        try (ColdTierBed other = new ColdTierBed(SharedServers.cassandra(), "cold_no_counts");
                ColdTierWriter theirs = other.writer(at(NOW), config())) {
            other.cql.execute("DROP TABLE cold_no_counts.order_interactions_metadata");
            List<Interaction> session = List.of(click(user, 1, NOW), order(user, 2, NOW, "S"));

            assertThatThrownBy(() -> flush(theirs, user, session))
                    .hasCauseInstanceOf(ColdTierException.class)
                    .hasMessageContaining("order_interactions_metadata");

            assertThat(other.row(other.click, "bucket3", "week_23", user)).isNull();
            assertThat(other.row(other.order, "bucket3", "week_23", user)).isNull();
        }
    }

    @Test
    void i4_oldOrFutureEvent_clearsNothing() {
        Interaction fresh = click(user, 1, NOW);
        flush(writer, user, List.of(fresh));
        Instant sameSlot = NOW.minus(WEEK.multipliedBy(52)); // W47 of last year
        assertThat(PeerWriter.slot(sameSlot.toEpochMilli())).isEqualTo(23);

        Prepared old = await(writer.prepare(user, List.of(click(user, 2, sameSlot))));
        Prepared future =
                await(
                        writer.prepare(
                                user, List.of(click(user, 3, NOW.plus(WEEK.multipliedBy(53))))));

        assertThat(await(old.write(nextMicros()))).isZero();
        assertThat(await(future.write(nextMicros()))).isZero();
        assertThat(old.trimmed() + future.trimmed()).isEqualTo(2);
        assertThat(last(10)).containsExactly(fresh);
    }

    @Test
    void i6_peersDuplicatesAndOurRedelivery_becomeOneEach() {
        PeerWriter peer = new PeerWriter(bed.cql, "cold_writes", Counts.RIGHT, 1);
        List<Interaction> session = clicks(20, Duration.ofDays(2));
        peer.persist(bed.click, user, session);
        peer.persist(bed.click, user, session);
        Interaction fresh = click(user, 777, NOW);

        Prepared prepared = await(writer.prepare(user, concat(session, List.of(fresh, fresh))));
        await(prepared.write(nextMicros()));

        assertThat(prepared.added()).containsExactly(fresh);
        assertThat(last(100)).isEqualTo(sorted(concat(session, List.of(fresh))));
        assertThat(bed.row(bed.click, "metadata", "week_23", user).getInt(0)).isEqualTo(21);
    }

    @Test
    void i20_everyCell_expires24WeeksAfterItsWeek() {
        flush(writer, user, List.of(click(user, 1, NOW), click(user, 2, NOW.minus(WEEK))));
        flush(writer, user, List.of(click(user, 3, NOW.minus(WEEK.multipliedBy(9)))));

        assertTtl("bucket3", "week_23", TTL_OF_THIS_WEEK);
        assertTtl("bucket3", "week_22", TTL_OF_THIS_WEEK); // one TTL per update: the longest
        assertTtl("bucket2", "week_14", TTL_OF_THIS_WEEK - 9 * WEEK.toSeconds());
        long day = Duration.ofDays(1).toSeconds();
        assertTtl("metadata", "week_23", TTL_OF_THIS_WEEK + day);
        assertTtl("metadata", "week_22", TTL_OF_THIS_WEEK + day);
        assertTtl("metadata", "week_14", TTL_OF_THIS_WEEK + day - 9 * WEEK.toSeconds());
    }

    @Test
    void i20_peersCellWithoutTtl_getsOneWithTheNextFlush() {
        PeerWriter peer = new PeerWriter(bed.cql, "cold_writes", Counts.RIGHT, 1);
        peer.persist(bed.click, user, List.of(click(user, 1, NOW)));
        assertThat(bed.row(bed.click, "bucket3", "TTL(week_23)", user).isNull(0)).isTrue();

        flush(writer, user, List.of(click(user, 2, NOW)));

        assertTtl("bucket3", "week_23", TTL_OF_THIS_WEEK);
    }

    private void assertTtl(String table, String column, long seconds) {
        int ttl = bed.row(bed.click, table, "TTL(" + column + ")", user).getInt(0);
        assertThat((long) ttl).as(table + "." + column).isBetween(seconds - 120, seconds);
    }

    @Test
    void i20_erase_deletesAllTypesUpToItsTimeAndNothingLater() {
        flush(
                writer,
                user,
                List.of(
                        click(user, 1, NOW),
                        click(user, 2, NOW.minus(WEEK.multipliedBy(20))),
                        order(user, 3, NOW, "S")));
        String neighbour = ColdTierBed.user();
        flush(writer, neighbour, List.of(click(neighbour, 4, NOW)));

        await(writer.erase(user, nextMicros()));

        for (String table : List.of("bucket1", "bucket2", "bucket3", "metadata")) {
            assertThat(bed.row(bed.click, table, "*", user)).isNull();
            assertThat(bed.row(bed.order, table, "*", user)).isNull();
        }
        assertThat(bed.row(bed.click, "bucket3", "week_23", neighbour)).isNotNull();

        List<Interaction> later = List.of(click(user, 5, NOW));
        flush(writer, user, later);
        assertThat(last(10)).isEqualTo(later);
    }

    @Test
    void erase_olderThanACell_leavesTheCell() {
        long before = nextMicros();
        flush(writer, user, List.of(click(user, 1, NOW)));

        await(writer.erase(user, before));

        assertThat(last(10)).hasSize(1);
    }

    @Test
    void prepare_nothing_isNothingToWrite() {
        Prepared nothing = await(writer.prepare(user, List.of()));
        assertThat(nothing.added()).isEmpty();
        assertThat(await(nothing.write(nextMicros()))).isZero();
    }

    private List<Interaction> clicks(int count, Duration over) {
        return IntStream.range(0, count)
                .mapToObj(i -> click(user, i, NOW.minus(over.dividedBy(count).multipliedBy(i))))
                .toList();
    }

    private static Instant timeOf(Interaction interaction) {
        return Instant.ofEpochMilli(interaction.eventTimeMillis());
    }

    private static List<Interaction> concat(List<Interaction> a, List<Interaction> b) {
        List<Interaction> both = new ArrayList<>(a);
        both.addAll(b);
        return both;
    }

    private static List<Interaction> sorted(List<Interaction> interactions) {
        return interactions.stream().sorted(Interaction.NEWEST_FIRST).toList();
    }

    private static List<ByteBuffer> cells(String user) {
        Row row = bed.row(bed.click, "bucket3", "week_23, week_22", user);
        List<ByteBuffer> cells = new ArrayList<>();
        cells.add(row.getByteBuffer(0));
        cells.add(row.getByteBuffer(1));
        return cells;
    }

    private long writeTime(String column) {
        return bed.row(bed.click, "bucket3", "WRITETIME(" + column + ")", user).getLong(0);
    }

    private List<Interaction> last(int limit) {
        return bed.read(reader, user, query(limit)).get(0).interactions();
    }

    private static InteractionQuery query(int limit) {
        return new InteractionQuery(List.of(bed.click), 0, NOW.toEpochMilli(), limit);
    }
}
