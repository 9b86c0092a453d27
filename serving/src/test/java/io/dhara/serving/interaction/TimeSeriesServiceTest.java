package io.dhara.serving.interaction;

import static io.dhara.serving.interaction.InteractionHarness.NOW_MS;
import static io.dhara.serving.interaction.InteractionHarness.click;
import static io.dhara.serving.interaction.InteractionHarness.order;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.InvalidProtocolBufferException;
import io.dhara.core.interaction.Interaction;
import io.dhara.proto.timeseries.ClickData;
import io.dhara.proto.timeseries.ClickEvent;
import io.dhara.proto.timeseries.InteractionData;
import io.dhara.proto.timeseries.InteractionTypeProto;
import io.dhara.proto.timeseries.OrderData;
import io.dhara.proto.timeseries.PersistClickDataRequest;
import io.dhara.proto.timeseries.PersistOrderDataRequest;
import io.dhara.proto.timeseries.RetrieveClickDataResponse;
import io.dhara.proto.timeseries.RetrieveDataRequest;
import io.dhara.proto.timeseries.RetrieveInteractionsRequest;
import io.dhara.proto.timeseries.RetrieveInteractionsResponse;
import io.dhara.proto.timeseries.RetrieveOrderDataResponse;
import io.dhara.proto.v1.InteractionEvent;
import io.dhara.serving.grpc.ServingException;
import io.dhara.stores.interaction.HotAnswer.State;
import io.dhara.stores.read.StoreReadException;
import io.dhara.stores.read.StoreReadException.Kind;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimeSeriesServiceTest {
    private static final long DAY = Duration.ofDays(1).toMillis();
    private static final long WEEK = 7 * DAY;

    private final InteractionHarness calls = new InteractionHarness(Map.of());

    @AfterEach
    void close() {
        calls.close();
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    private static Status statusOf(ThrowingCallable call) {
        return catchThrowableOfType(StatusRuntimeException.class, call).getStatus();
    }

    private static RetrieveDataRequest range(long start, long end, int limit) {
        return RetrieveDataRequest.newBuilder()
                .setUserId("u1")
                .setStartTimestamp(start)
                .setEndTimestamp(end)
                .setLimit(limit)
                .build();
    }

    private static RetrieveDataRequest lastDay() {
        return range(NOW_MS - DAY, NOW_MS, 50);
    }

    @Test
    void e7_e8_retrieveClicks_answersTheWorkedBytes() throws InvalidProtocolBufferException {
        calls.hot.put(State.HOT, "u1", click(2002, NOW_MS, "ab"));
        RetrieveDataRequest e7 =
                RetrieveDataRequest.parseFrom(
                        bytes("0a 02 75 31 10 80 98 d1 8d b7 33 18 80 d0 ea b6 b7 33 20 32"));
        assertThat(e7).isEqualTo(lastDay());

        RetrieveClickDataResponse answer = calls.peer().retrieveClickInteractions(e7);

        assertThat(answer.toByteArray())
                .isEqualTo(bytes("0a 10 10 65 18 d2 0f 20 80 d0 ea b6 b7 33 2a 02 61 62"));
        assertThat(calls.trailer("dhara-tier")).isEqualTo("hot");
        assertThat(calls.trailer("dhara-hot-tier-incomplete")).isNull();
        assertThat(calls.trailer("dhara-truncated")).isNull();
    }

    @Test
    void e9_retrieveOrders_answersTheWorkedBytes() {
        calls.cold.put(order("S1_1", NOW_MS));

        RetrieveOrderDataResponse answer = calls.peer().retrieveOrderInteractions(lastDay());

        assertThat(answer.toByteArray())
                .isEqualTo(bytes("0a 12 10 65 18 d2 0f 22 04 53 31 5f 31 28 80 d0 ea b6 b7 33"));
        assertThat(calls.trailer("dhara-tier")).isEqualTo("cold");
    }

    @Test
    void e10_persistClicks_isOneRecordPerEvent_keyedByTheUser() throws Exception {
        PersistClickDataRequest e10 =
                PersistClickDataRequest.parseFrom(
                        bytes(
                                "0a 02 75 31 12 10 08 65 10 d2 0f 18 80 d0 ea b6 b7 33 22 02 61"
                                        + " 62"));

        assertThat(calls.peer().persistClickData(e10).getMessage()).isEqualTo("success");

        assertThat(calls.sent).hasSize(1);
        assertThat(new String(calls.sent.get(0).key(), UTF_8)).isEqualTo("u1");
        assertThat(calls.sent.get(0).eventTimeMillis()).isEqualTo(NOW_MS);
        assertThat(InteractionEvent.parseFrom(calls.sent.get(0).value()))
                .isEqualTo(
                        InteractionEvent.newBuilder()
                                .setUserId("u1")
                                .setType("CLICK")
                                .setCatalogId(101)
                                .setProductId(2002)
                                .setEventTimeMs(NOW_MS)
                                .setMetadata("ab")
                                .build());
    }

    @Test
    void e11_retrieveInteractions_answersTheWorkedBytes() throws Exception {
        calls.hot.put(State.HOT, "u1", click(2002, NOW_MS, "ab"), order("S1_1", NOW_MS));
        RetrieveInteractionsRequest e11 =
                RetrieveInteractionsRequest.parseFrom(
                        bytes(
                                "0a 02 75 31 12 02 00 01 18 80 98 d1 8d b7 33 20 80 d0 ea b6 b7 33"
                                        + " 28 32"));

        RetrieveInteractionsResponse answer = calls.peer().retrieveInteractions(e11);

        assertThat(answer.toByteArray())
                .isEqualTo(
                        bytes(
                                "0a 2c 0a 02 75 31 12 26 0a 10 10 65 18 d2 0f 20 80 d0 ea b6 b7 33"
                                        + " 2a 02 61 62 12 12 10 65 18 d2 0f 22 04 53 31 5f 31 28 80 d0"
                                        + " ea b6 b7 33"));
    }

    @ParameterizedTest
    @CsvSource({
        // start and end before now, limit, and the check that is named; the earlier check wins
        "0, 1, 0, end_timestamp must not be before",
        "0, -1, 5, end_timestamp must not be after now",
        "15120000001, -1, 5, end_timestamp must not be after now",
        "15120000000, 0, 0, must be at most 15119999999 ms",
        "15120000000, 0, 5, must be at most 15119999999 ms",
        "5, 0, 0, limit must be positive",
        "5, 0, -1, limit must be positive",
    })
    void i9_badRange_isInvalidArgument_inThePeersOrder(
            long startAgo, long endAgo, int limit, String text) {
        Status status =
                statusOf(
                        () ->
                                calls.peer()
                                        .retrieveClickInteractions(
                                                range(NOW_MS - startAgo, NOW_MS - endAgo, limit)));

        assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(status.getDescription()).contains(text);
        assertThat(calls.asked).isEmpty();
    }

    @Test
    void range_thatNoLongHolds_isInvalid() {
        assertThat(
                        statusOf(
                                        () ->
                                                calls.peer()
                                                        .retrieveClickInteractions(
                                                                range(Long.MIN_VALUE, NOW_MS, 5)))
                                .getCode())
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void range_justBelow25Weeks_isTaken_andExactlySoRefused() {
        calls.cold.put(click(1, NOW_MS - 24 * WEEK, ""), click(2, NOW_MS - 24 * WEEK - 1, ""));

        RetrieveClickDataResponse answer =
                calls.peer().retrieveClickInteractions(range(NOW_MS - 25 * WEEK + 1, NOW_MS, 50));

        assertThat(answer.getDataList())
                .extracting(ClickEvent::getProductId)
                .as("nothing older than 24 weeks")
                .containsExactly(1);
        try (InteractionHarness exact =
                new InteractionHarness(Map.of("interactions.exact-range", "true"))) {
            exact.peer().retrieveClickInteractions(range(NOW_MS - 24 * WEEK, NOW_MS, 50));
            assertThat(
                            statusOf(
                                    () ->
                                            exact.peer()
                                                    .retrieveClickInteractions(
                                                            range(
                                                                    NOW_MS - 24 * WEEK - 1,
                                                                    NOW_MS,
                                                                    50))))
                    .extracting(Status::getDescription)
                    .asString()
                    .contains("14515200000");
        }
    }

    @Test
    void limit_above2000_isLowered_andHoldsPerType() {
        for (int i = 0; i < 2_100; i++) {
            calls.cold.put(click(i, NOW_MS - i, ""), order("S" + i, NOW_MS - i));
        }

        InteractionData both =
                calls.peer()
                        .retrieveInteractions(
                                RetrieveInteractionsRequest.newBuilder()
                                        .setUserId("u1")
                                        .addInteractionTypes(InteractionTypeProto.ORDER)
                                        .addInteractionTypes(InteractionTypeProto.CLICK)
                                        .addInteractionTypes(InteractionTypeProto.ORDER)
                                        .setStartTimestamp(NOW_MS - DAY)
                                        .setEndTimestamp(NOW_MS)
                                        .setLimit(1_000_000)
                                        .build())
                        .getDataOrThrow("u1");

        assertThat(both.getClickEventsCount()).isEqualTo(2_000);
        assertThat(both.getOrderEventsCount()).isEqualTo(2_000);
        assertThat(calls.trailer("dhara-truncated")).isEqualTo("true");
        assertThat(calls.counted("dhara.serving.interaction.reads", "size", "over-2000"))
                .isEqualTo(1);
    }

    @Test
    void retrieveInteractions_noOrUnknownTypes_isOneEmptyEntry() {
        RetrieveInteractionsRequest.Builder request =
                RetrieveInteractionsRequest.newBuilder()
                        .setUserId("u1")
                        .setStartTimestamp(NOW_MS - DAY)
                        .setEndTimestamp(NOW_MS)
                        .setLimit(5);

        for (RetrieveInteractionsRequest asked :
                List.of(request.build(), request.addInteractionTypesValue(7).build())) {
            assertThat(calls.peer().retrieveInteractions(asked).getDataMap())
                    .isEqualTo(Map.of("u1", InteractionData.getDefaultInstance()));
        }
        assertThat(calls.peer().retrieveInteractions(request.setUserId("").build()).getDataMap())
                .containsOnlyKeys("");
        assertThat(calls.asked).isEmpty();
        assertThat(statusOf(() -> calls.peer().retrieveInteractions(request.setLimit(0).build())))
                .extracting(Status::getCode)
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void header_missing_isRefused_andI22_countedAndTimed() {
        Status status =
                statusOf(() -> calls.peer(new String[0]).retrieveClickInteractions(lastDay()));

        assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(status.getDescription()).isEqualTo("interaction-store-caller-id is missing");
        assertThat(
                        calls.counted(
                                "dhara.serving.calls",
                                "method",
                                "proto.InteractionStoreTimeSeriesService/RetrieveClickInteractions",
                                "caller",
                                "other",
                                "status",
                                "INVALID_ARGUMENT"))
                .isEqualTo(1);
    }

    @Test
    void header_withAnyValue_isEnough_andI18_makesNoTimeSeries() {
        for (String value : List.of("", "any", "x".repeat(200), "plain")) {
            calls.peer("interaction-store-caller-id", value).retrieveClickInteractions(lastDay());
        }

        assertThat(calls.counted("dhara.serving.calls", "caller", "other", "status", "OK"))
                .isEqualTo(3);
        assertThat(calls.counted("dhara.serving.calls", "caller", "plain", "status", "OK"))
                .isEqualTo(1);
    }

    @Test
    void auth_registry_needsTheCallersToken() {
        try (InteractionHarness closed =
                new InteractionHarness(
                        Map.of(
                                "interactions.auth", "registry",
                                "serving.persist-callers", "writers"))) {
            assertThat(
                            statusOf(
                                    () ->
                                            closed.peer("interaction-store-caller-id", "plain")
                                                    .retrieveClickInteractions(lastDay())))
                    .extracting(Status::getDescription)
                    .isEqualTo("online-feature-store-auth-token is missing");
            String[] reader = {
                "interaction-store-caller-id", "plain",
                "online-feature-store-auth-token", "plain-secret"
            };
            closed.peer(reader).retrieveClickInteractions(lastDay());
            assertThat(
                            statusOf(
                                    () ->
                                            closed.peer(reader)
                                                    .persistClickData(
                                                            PersistClickDataRequest
                                                                    .getDefaultInstance())))
                    .as("a reader is no writer")
                    .extracting(Status::getCode)
                    .isEqualTo(Status.Code.UNAUTHENTICATED);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "UNAVAILABLE, UNAVAILABLE",
        "DEADLINE, DEADLINE_EXCEEDED",
        "CORRUPT, DATA_LOSS",
    })
    void i1_i9_coldTierFailing_isItsStatus_andNoEmptyOk(Kind kind, Status.Code code) {
        calls.cold.answerAfter(
                CompletableFuture.failedFuture(new StoreReadException(kind, "as the test says")));

        assertThat(statusOf(() -> calls.peer().retrieveClickInteractions(lastDay())).getCode())
                .isEqualTo(code);
    }

    @Test
    void i10_callersDeadline_isHandedDown_andKept() {
        calls.cold.answerAfter(new CompletableFuture<>());

        assertThat(
                        statusOf(
                                        () ->
                                                calls.peer()
                                                        .withDeadlineAfter(
                                                                300, TimeUnit.MILLISECONDS)
                                                        .retrieveClickInteractions(lastDay()))
                                .getCode())
                .isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        assertThat(calls.asked.get(1).deadline())
                .isBetween(InteractionHarness.NOW, InteractionHarness.NOW.plusMillis(300));
    }

    @Test
    void hotTierDown_isSaidInTheTrailers() {
        calls.hot.answerAfter(
                CompletableFuture.failedFuture(
                        new StoreReadException(Kind.UNAVAILABLE, "as the test says")));
        calls.cold.put(click(1, NOW_MS, ""));

        assertThat(calls.peer().retrieveClickInteractions(lastDay()).getDataCount()).isEqualTo(1);

        assertThat(calls.trailer("dhara-tier")).isEqualTo("cold");
        assertThat(calls.trailer("dhara-hot-tier-incomplete")).isEqualTo("true");
    }

    @ParameterizedTest
    @CsvSource({
        "2147483648, 0, product_id 2147483648",
        "-2147483649, 0, product_id -2147483649",
        "1, 4294967296, catalog_id 4294967296"
    })
    void i21_idBeyond32Bits_isRefused_neverWrapped(long product, long catalog, String text) {
        calls.hot.put(
                State.HOT, "u1", new Interaction("u1", "CLICK", product, catalog, NOW_MS, "", ""));

        Status status = statusOf(() -> calls.peer().retrieveClickInteractions(lastDay()));

        assertThat(status.getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(status.getDescription()).contains(text).contains("dhara.v1.Interactions");
    }

    private static PersistClickDataRequest clicks(String userId, ClickData... clicks) {
        return PersistClickDataRequest.newBuilder()
                .setUserId(userId)
                .addAllData(List.of(clicks))
                .build();
    }

    private static ClickData clickAt(long timestamp) {
        return ClickData.newBuilder().setProductId(1).setTimestamp(timestamp).build();
    }

    @Test
    void persist_whatIsWrong_isRefusedBeforeAnythingIsSent() {
        ClickData good = clickAt(NOW_MS);
        Map<PersistClickDataRequest, String> wrong =
                Map.of(
                        clicks("", good), "user_id must name a user",
                        clicks(" -1 ", good), "user_id must name a user",
                        clicks("u1", good, clickAt(-1)), "data[1].timestamp",
                        clicks("u1", good, clickAt(0)), "data[1].timestamp",
                        clicks(
                                        "u1",
                                        good,
                                        good.toBuilder().setMetadata("x".repeat(65_536)).build()),
                                "data[1]: metadata must have at most 65535 bytes");
        wrong.forEach(
                (request, text) -> {
                    Status status = statusOf(() -> calls.peer().persistClickData(request));
                    assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
                    assertThat(status.getDescription()).contains(text);
                });
        try (InteractionHarness small =
                new InteractionHarness(Map.of("interactions.persist-max-events", "1"))) {
            assertThat(statusOf(() -> small.peer().persistClickData(clicks("u1", good, good))))
                    .extracting(Status::getDescription)
                    .asString()
                    .contains("interactions.persist-max-events");
            assertThat(small.sent).isEmpty();
        }
        assertThat(calls.sent).isEmpty();
    }

    @Test
    void persist_nothing_isSuccess_asForThePeer() {
        assertThat(calls.peer().persistClickData(clicks("u1")).getMessage()).isEqualTo("success");
        assertThat(calls.sent).isEmpty();
    }

    @Test
    void persistOrders_keepsTheSubOrder() throws Exception {
        calls.peer()
                .persistOrderData(
                        PersistOrderDataRequest.newBuilder()
                                .setUserId(" u1 ")
                                .addData(
                                        OrderData.newBuilder()
                                                .setProductId(2)
                                                .setSubOrderNum("S1_1")
                                                .setTimestamp(5))
                                .build());

        assertThat(new String(calls.sent.get(0).key(), UTF_8)).isEqualTo("u1");
        assertThat(InteractionEvent.parseFrom(calls.sent.get(0).value()))
                .satisfies(e -> assertThat(e.getType()).isEqualTo("ORDER"))
                .satisfies(e -> assertThat(e.getSubOrderNum()).isEqualTo("S1_1"));
    }

    @Test
    void persist_notAcknowledged_isNoSuccess() {
        calls.acknowledged.set(
                CompletableFuture.failedFuture(
                        new ServingException(ServingException.Kind.UNAVAILABLE, "no broker")));

        assertThat(statusOf(() -> calls.peer().persistClickData(clicks("u1", clickAt(NOW_MS)))))
                .extracting(Status::getCode)
                .isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(calls.counted("dhara.serving.interaction.handed.over")).isZero();
    }

    @Test
    void persist_off_isUnimplementedWithTheRemedy_whileReadsAreServed() {
        try (InteractionHarness off =
                new InteractionHarness(Map.of("interactions.persist", "off"))) {
            Status status =
                    statusOf(() -> off.peer().persistClickData(clicks("u1", clickAt(NOW_MS))));

            assertThat(status.getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
            assertThat(status.getDescription())
                    .contains("interactions.persist")
                    .contains("interaction-store.interactions");
            assertThat(off.peer().retrieveClickInteractions(lastDay()).getDataCount()).isZero();
        }
    }

    @Test
    void interactions_off_isUnimplementedWithTheRemedy() {
        try (InteractionHarness off =
                new InteractionHarness(Map.of("interactions.enabled", "false"))) {
            Status status = statusOf(() -> off.peer().retrieveClickInteractions(lastDay()));

            assertThat(status.getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
            assertThat(status.getDescription())
                    .contains("interactions.hot.store")
                    .contains("interactions.cold.store");
        }
    }
}
