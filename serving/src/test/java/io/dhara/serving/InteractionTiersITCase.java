package io.dhara.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.datastax.oss.driver.api.core.CqlSession;
import io.dhara.core.interaction.Interaction;
import io.dhara.core.interaction.WeekSlots;
import io.dhara.embedded.EmbeddedCassandra;
import io.dhara.proto.timeseries.ClickEvent;
import io.dhara.proto.timeseries.RetrieveDataRequest;
import io.dhara.proto.v1.GetLastRequest;
import io.dhara.proto.v1.InteractionsResponse;
import io.dhara.proto.v1.StoredInteraction;
import io.dhara.proto.v1.Tier;
import io.dhara.stores.write.interaction.ColdTierWriter;
import io.dhara.stores.write.interaction.HotTierWriter;
import io.dhara.stores.write.interaction.HotTierWriter.Added;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.IsoFields;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Reads of a whole server over a real Redis and a real Cassandra, in every state of the tiers. */
class InteractionTiersITCase {
    private static final long MINUTE = 60_000;
    private static final Duration SIX_YEARS_OF_WEEKS = Duration.ofDays(7 * 313);

    @TempDir static Path dir;
    private static final ShiftedClock CLOCK = new ShiftedClock();
    private static TierBed bed;
    private static HotTierWriter hot;
    private static ColdTierWriter cold;

    @BeforeAll
    static void open() throws Exception {
        bed = new TierBed(dir.resolve("redis"), CLOCK, Map.of());
        hot = bed.hotWriter(0, 1);
        TierBed.await(hot.isWhole());
        TierBed.await(hot.establish());
        cold = bed.coldWriter();
    }

    @AfterAll
    static void close() throws Exception {
        hot.close();
        cold.close();
        bed.close();
    }

    private static List<Long> products(InteractionsResponse answer) {
        return answer.getTypes(0).getInteractionsList().stream()
                .map(StoredInteraction::getProductId)
                .toList();
    }

    private static Status.Code codeOf(ThrowingCallable call) {
        return catchThrowableOfType(StatusRuntimeException.class, call).getStatus().getCode();
    }

    @Test
    void session_fromLoadingToHotToCold_isReadWholeAllTheWay() throws Exception {
        String user = TierBed.user();
        long epoch = TierBed.nextMicros();
        Interaction past = bed.click(user, 1, 60 * MINUTE);
        Interaction now = bed.click(user, 2, MINUTE);
        TierBed.flush(cold, user, List.of(past));
        InteractionsResponse before = bed.last(user, 10, "CLICK");
        assertThat(before.getTypes(0).getTier()).isEqualTo(Tier.TIER_COLD);
        assertThat(products(before)).containsExactly(1L);

        assertThat(TierBed.add(hot, user, epoch, now)).isEqualTo(Added.LOADING);
        InteractionsResponse loading = bed.last(user, 10, "CLICK");
        assertThat(loading.getTypes(0).getTier()).isEqualTo(Tier.TIER_BOTH);
        assertThat(products(loading)).containsExactly(2L, 1L);

        assertThat(TierBed.await(hot.load(user, epoch, List.of(past)))).isTrue();
        InteractionsResponse open = bed.last(user, 10, "CLICK");
        assertThat(open.getTypes(0).getTier()).isEqualTo(Tier.TIER_HOT);
        assertThat(products(open)).containsExactly(2L, 1L);
        assertThat(open.getHotTierIncomplete()).isFalse();

        RetrieveDataRequest day =
                RetrieveDataRequest.newBuilder()
                        .setUserId(user)
                        .setStartTimestamp(CLOCK.millis() - 24 * 60 * MINUTE)
                        .setEndTimestamp(CLOCK.millis())
                        .setLimit(10)
                        .build();
        assertThat(bed.peer().retrieveClickInteractions(day).getDataList())
                .extracting(ClickEvent::getProductId)
                .containsExactly(2, 1);
        assertThat(bed.trailer("dhara-tier")).isEqualTo("hot");
        for (int port : new int[] {bed.server.port(), bed.server.adminPort()}) {
            assertThat(get(port, "/v1/interactions/" + user + "/CLICK/last?k=1").body())
                    .contains("\"productId\":\"2\"")
                    .contains("\"truncated\":true")
                    .doesNotContain("\"productId\":\"1\"");
        }

        TierBed.flush(cold, user, List.of(now));
        assertThat(TierBed.await(hot.close(user, epoch))).isTrue();
        InteractionsResponse after = bed.last(user, 10, "CLICK");
        assertThat(after.getTypes(0).getTier()).isEqualTo(Tier.TIER_COLD);
        assertThat(products(after)).containsExactly(2L, 1L);
        bed.peer().retrieveClickInteractions(day);
        assertThat(bed.trailer("dhara-tier")).isEqualTo("cold");
    }

    private static HttpResponse<String> get(int port, String path)
            throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                                .version(HttpClient.Version.HTTP_1_1)
                                .timeout(Duration.ofSeconds(20))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void setsCutAtTheirLimit_areCompletedFromTheColdTier() {
        String user = TierBed.user();
        int events = bed.click.hotLimit() - 100;
        List<Interaction> flushed = new ArrayList<>();
        List<Interaction> open = new ArrayList<>();
        for (int i = 0; i < events; i++) {
            flushed.add(bed.click(user, 1_000 + i, (2_000 + i) * MINUTE));
            open.add(bed.click(user, i, (i + 1) * 1_000L));
        }
        TierBed.flush(cold, user, flushed);
        long epoch = TierBed.nextMicros();
        TierBed.add(hot, user, epoch, open.toArray(Interaction[]::new));
        TierBed.await(hot.load(user, epoch, flushed));

        InteractionsResponse few = bed.last(user, 100, "CLICK");
        InteractionsResponse all = bed.last(user, 2_000, "CLICK");

        assertThat(few.getTypes(0).getTier()).isEqualTo(Tier.TIER_HOT);
        assertThat(few.getTypes(0).getTruncated()).isTrue();
        assertThat(all.getTypes(0).getTier()).isEqualTo(Tier.TIER_BOTH);
        assertThat(products(all)).hasSize(2 * events).doesNotHaveDuplicates();
        assertThat(all.getHotTierIncomplete()).isFalse();
    }

    @Test
    void hotTierHanging_isTheColdTier_andSaysSo_untilItAnswersAgain() throws Exception {
        String user = TierBed.user();
        long epoch = TierBed.nextMicros();
        TierBed.flush(cold, user, List.of(bed.click(user, 1, MINUTE)));
        TierBed.add(hot, user, epoch, bed.click(user, 2, 0));
        TierBed.hang(bed.redis);
        try {
            InteractionsResponse answer = bed.last(user, 10, "CLICK");

            assertThat(products(answer)).containsExactly(1L);
            assertThat(answer.getTypes(0).getTier()).isEqualTo(Tier.TIER_COLD);
            assertThat(answer.getHotTierIncomplete()).isTrue();
        } finally {
            TierBed.goOn(bed.redis);
        }
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(
                        () -> {
                            InteractionsResponse answer = bed.last(user, 10, "CLICK");
                            assertThat(answer.getHotTierIncomplete()).isFalse();
                            assertThat(products(answer)).containsExactly(2L, 1L);
                        });
    }

    @Test
    void i1_coldTierHanging_isAnError_butNotWhereItIsNotNeeded() throws Exception {
        String open = TierBed.user();
        String closed = TierBed.user();
        long epoch = TierBed.nextMicros();
        TierBed.flush(cold, closed, List.of(bed.click(closed, 1, MINUTE)));
        TierBed.add(hot, open, epoch, bed.click(open, 2, 0));
        TierBed.await(hot.load(open, epoch, List.of()));
        TierBed.hang(bed.cassandra);
        try {
            assertThat(products(bed.last(open, 10, "CLICK"))).containsExactly(2L);
            long start = System.nanoTime();
            assertThat(codeOf(() -> lastWithin(closed, 500)))
                    .isEqualTo(Status.Code.DEADLINE_EXCEEDED);
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(Duration.ofMillis(300), Duration.ofSeconds(3));
            TierBed.hang(bed.redis);
            assertThat(codeOf(() -> lastWithin(open, 1_500)))
                    .isIn(Status.Code.DEADLINE_EXCEEDED, Status.Code.UNAVAILABLE);
        } finally {
            TierBed.goOn(bed.redis);
            TierBed.goOn(bed.cassandra);
        }
        await().atMost(Duration.ofSeconds(60))
                .ignoreExceptions()
                .untilAsserted(
                        () ->
                                assertThat(products(bed.last(closed, 10, "CLICK")))
                                        .containsExactly(1L));
    }

    private static InteractionsResponse lastWithin(String user, int millis) {
        return bed.own()
                .withDeadlineAfter(millis, TimeUnit.MILLISECONDS)
                .getLast(
                        GetLastRequest.newBuilder()
                                .setUserId(user)
                                .addTypes("CLICK")
                                .setK(10)
                                .build());
    }

    @Test
    void i12_blockThatDoesNotDecode_isDataLoss_forRangesThatNeedIt() {
        String user = TierBed.user();
        TierBed.flush(cold, user, List.of(bed.click(user, 1, MINUTE)));
        int slot = WeekSlots.ISO_WEEK.slot(CLOCK.millis() - MINUTE);
        try (CqlSession cql =
                CqlSession.builder()
                        .addContactPoint(new InetSocketAddress("127.0.0.1", bed.cassandra.port()))
                        .withLocalDatacenter(EmbeddedCassandra.DATACENTER)
                        .build()) {
            cql.execute(
                    "UPDATE "
                            + bed.scylla.keyspace()
                            + ".click_interactions_bucket"
                            + (slot / WeekSlots.SLOTS_PER_TABLE + 1)
                            + " USING TIMESTAMP ? SET week_"
                            + slot
                            + " = ? WHERE user_id = ?",
                    TierBed.nextMicros() + 1_000_000,
                    ByteBuffer.wrap(new byte[] {1, 5, 9}),
                    user);
        }

        assertThat(codeOf(() -> bed.last(user, 10, "CLICK"))).isEqualTo(Status.Code.DATA_LOSS);
    }

    @ParameterizedTest
    @CsvSource({
        // E13: ranges over New Year, over 23.x weeks, over exactly 24 weeks and longer
        "2026-11-21T00:00:00Z, 2027-01-20T00:00:00Z",
        "2026-12-03T00:00:00Z, 2027-01-05T00:00:00Z",
        "2026-06-09T00:00:00Z, 2026-11-23T00:00:00Z",
        "2026-03-08T00:00:00Z, 2026-08-26T00:00:00Z",
        "2026-06-10T00:00:00Z, 2026-11-25T00:00:00Z",
    })
    void e13_i2_i3_yearBoundaryRanges_haveEveryEvent_newestFirst(Instant start2026, Instant end2026)
            throws Exception {
        // The same weeks of the ISO calendar in 2032, so that the store's deadlines lie ahead.
        Instant start = start2026.plus(SIX_YEARS_OF_WEEKS);
        Instant end = end2026.plus(SIX_YEARS_OF_WEEKS);
        CLOCK.goesOnFrom(end);
        try {
            String user = TierBed.user();
            // The clock goes on, so what is 24 weeks old now is older when it is asked for.
            Instant oldest = end.minus(Duration.ofDays(7 * 24)).plusSeconds(3_600);
            List<Interaction> daily = new ArrayList<>();
            List<Integer> expected = new ArrayList<>();
            int product = 0;
            assertThat(end.atZone(ZoneOffset.UTC).get(IsoFields.WEEK_OF_WEEK_BASED_YEAR))
                    .isEqualTo(
                            end2026.atZone(ZoneOffset.UTC).get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
            for (Instant at = end; !at.isBefore(oldest); at = at.minus(Duration.ofHours(12))) {
                daily.add(new Interaction(user, "CLICK", ++product, 0, at.toEpochMilli(), "", ""));
                if (!at.isBefore(start)) {
                    expected.add(product);
                }
            }
            TierBed.flush(cold, user, daily);
            RetrieveDataRequest.Builder range =
                    RetrieveDataRequest.newBuilder()
                            .setUserId(user)
                            .setStartTimestamp(start.toEpochMilli())
                            .setEndTimestamp(end.toEpochMilli());

            assertThat(
                            bed.peer()
                                    .retrieveClickInteractions(range.setLimit(2_000).build())
                                    .getDataList())
                    .extracting(ClickEvent::getProductId)
                    .isEqualTo(expected);
            assertThat(
                            bed.peer()
                                    .retrieveClickInteractions(range.setLimit(20).build())
                                    .getDataList())
                    .as("the limit leaves the newest")
                    .extracting(ClickEvent::getProductId)
                    .isEqualTo(expected.subList(0, 20));
        } finally {
            CLOCK.isRight();
        }
    }

    @Test
    void i18_metrics_haveTheirNamesAndLabels() throws Exception {
        bed.last(TierBed.user(), 10, "CLICK");

        assertThat(get(bed.server.adminPort(), "/metrics").body())
                .contains("dhara_serving_interaction_reads_seconds_count{size=\"0\",tier=\"cold\"}")
                .contains(
                        "dhara_serving_interaction_tier_reads_seconds_count{outcome=\"ok\",tier=\"hot\"}")
                .contains("method=\"dhara.v1.Interactions/GetLast\"");
    }
}
