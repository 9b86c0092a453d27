package io.dhara.serving.interaction;

import static io.dhara.serving.interaction.InteractionHarness.NOW_MS;
import static io.dhara.serving.interaction.InteractionHarness.click;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dhara.core.interaction.Interaction;
import io.dhara.proto.v1.GetLastRequest;
import io.dhara.proto.v1.GetRangeRequest;
import io.dhara.proto.v1.InteractionEvent;
import io.dhara.proto.v1.InteractionsResponse;
import io.dhara.proto.v1.PersistInteractionsRequest;
import io.dhara.proto.v1.StoredInteraction;
import io.dhara.proto.v1.Tier;
import io.dhara.proto.v1.TypedInteractions;
import io.dhara.stores.interaction.HotAnswer.State;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InteractionsServiceTest {
    private final InteractionHarness calls = new InteractionHarness(Map.of());

    @AfterEach
    void close() {
        calls.close();
    }

    private static Status statusOf(ThrowingCallable call) {
        return catchThrowableOfType(StatusRuntimeException.class, call).getStatus();
    }

    private static GetLastRequest last(String userId, int k, String... types) {
        return GetLastRequest.newBuilder()
                .setUserId(userId)
                .addAllTypes(List.of(types))
                .setK(k)
                .build();
    }

    private static Interaction wish(long product, long ageMillis) {
        return new Interaction("u1", "WISHLIST", product, 7, NOW_MS - ageMillis, "", "m");
    }

    @Test
    void getLast_anyTypes_answersEachWithItsTier_inTheOrderAsked() {
        calls.hot.put(State.HOT, "u1", wish(1L << 40, 5), wish(3, 9), click(1, NOW_MS, ""));
        calls.hot.cut("u1", "CLICK");
        calls.cold.put(click(1, NOW_MS, ""), click(2, NOW_MS - 9, ""));

        InteractionsResponse answer = calls.own().getLast(last("u1", 1, "WISHLIST", "CLICK"));

        assertThat(answer.getTypesList())
                .containsExactly(
                        TypedInteractions.newBuilder()
                                .setType("WISHLIST")
                                .addInteractions(
                                        StoredInteraction.newBuilder()
                                                .setProductId(1L << 40)
                                                .setCatalogId(7)
                                                .setEventTimeMs(NOW_MS - 5)
                                                .setMetadata("m"))
                                .setTier(Tier.TIER_HOT)
                                .setTruncated(true)
                                .build(),
                        TypedInteractions.newBuilder()
                                .setType("CLICK")
                                .addInteractions(
                                        StoredInteraction.newBuilder()
                                                .setProductId(1)
                                                .setCatalogId(101)
                                                .setEventTimeMs(NOW_MS))
                                .setTier(Tier.TIER_BOTH)
                                .setTruncated(true)
                                .build());
        assertThat(answer.getHotTierIncomplete()).isFalse();
    }

    @Test
    void getLast_aLittleAheadOfTheClock_isServed() {
        calls.hot.put(State.HOT, "u1", wish(1, -60_000));
        assertThat(
                        calls.own()
                                .getLast(last("u1", 5, "WISHLIST"))
                                .getTypes(0)
                                .getInteractionsCount())
                .isEqualTo(1);
    }

    @Test
    void getRange_includesBothEnds() {
        calls.cold.put(wish(1, 10), wish(2, 20), wish(3, 30), wish(4, 40));

        InteractionsResponse answer =
                calls.own()
                        .getRange(
                                GetRangeRequest.newBuilder()
                                        .setUserId("u1")
                                        .addTypes("WISHLIST")
                                        .setFromMs(NOW_MS - 30)
                                        .setToMs(NOW_MS - 20)
                                        .setLimit(2)
                                        .build());

        assertThat(answer.getTypes(0).getInteractionsList())
                .extracting(StoredInteraction::getProductId)
                .containsExactly(2L, 3L);
        assertThat(answer.getTypes(0).getTruncated()).isFalse();
        assertThat(answer.getTypes(0).getTier()).isEqualTo(Tier.TIER_COLD);
    }

    @Test
    void requests_thatCannotBeAnswered_nameFieldValueAndLimit() {
        Map<GetLastRequest, String> wrong =
                Map.of(
                        last("", 5, "CLICK"), "INVALID_ARGUMENT: user_id",
                        last("u1", 5), "INVALID_ARGUMENT: types",
                        last("u1", 5, "CLICK", "CLICK"), "INVALID_ARGUMENT: types",
                        last("u1", 0, "CLICK"), "INVALID_ARGUMENT: k must be 1..2000: got 0",
                        last("u1", 2001, "CLICK"), "INVALID_ARGUMENT: k must be 1..2000: got 2001",
                        last("u1", 5, "click"), "NOT_FOUND: interaction type click is not one of",
                        last("u1", 5, "APP_OPEN"), "FAILED_PRECONDITION: interactions of type");
        wrong.forEach(
                (request, text) -> {
                    Status status = statusOf(() -> calls.own().getLast(request));
                    assertThat(status.getCode() + ": " + status.getDescription()).startsWith(text);
                });
        assertThat(
                        statusOf(
                                () ->
                                        calls.own()
                                                .getRange(
                                                        GetRangeRequest.newBuilder()
                                                                .setUserId("u1")
                                                                .addTypes("CLICK")
                                                                .setFromMs(5)
                                                                .setToMs(4)
                                                                .setLimit(1)
                                                                .build())))
                .extracting(Status::getDescription)
                .isEqualTo("to_ms must not be before from_ms: got 4 and 5");
        assertThat(calls.asked).isEmpty();
    }

    @Test
    void auth_needsARegisteredCaller() {
        assertThat(
                        statusOf(
                                () ->
                                        calls.own("interaction-store-caller-id", "any")
                                                .getLast(last("u1", 5, "CLICK"))))
                .extracting(Status::getCode)
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(
                        statusOf(
                                () ->
                                        calls.own(
                                                        "online-feature-store-caller-id", "plain",
                                                        "online-feature-store-auth-token", "guess")
                                                .getLast(last("u1", 5, "CLICK"))))
                .extracting(Status::getCode)
                .isEqualTo(Status.Code.UNAUTHENTICATED);
    }

    private static InteractionEvent.Builder event(String type) {
        return InteractionEvent.newBuilder()
                .setUserId("u1")
                .setType(type)
                .setProductId(5)
                .setEventTimeMs(NOW_MS);
    }

    private static PersistInteractionsRequest events(InteractionEvent.Builder... events) {
        PersistInteractionsRequest.Builder request = PersistInteractionsRequest.newBuilder();
        for (InteractionEvent.Builder event : events) {
            request.addEvents(event);
        }
        return request.build();
    }

    @Test
    void persist_anyTypeAndUser_isHandedOver_withTheTimeOfTheCallIfItHasNone() throws Exception {
        calls.own()
                .persist(
                        events(
                                event("ADD_TO_CART"),
                                event("APP_OPEN").setEventTimeMs(0).setProductId(0),
                                event("SHARE").setUserId("-1").setAnonymousUserId(" a-9 ")));

        assertThat(calls.sent).hasSize(3);
        assertThat(InteractionEvent.parseFrom(calls.sent.get(1).value()).getEventTimeMs())
                .isEqualTo(NOW_MS);
        assertThat(calls.sent.get(2).key()).asString().isEqualTo("a-9");
        assertThat(calls.counted("dhara.serving.interaction.handed.over", "type", "SHARE"))
                .isEqualTo(1);
    }

    @Test
    void persist_oneWrongEvent_sendsNone() {
        Map<InteractionEvent.Builder, String> wrong =
                Map.of(
                        event("CLICK").setUserId(""), "INVALID_ARGUMENT: events[1].user_id",
                        event("BLINK"), "NOT_FOUND: events[1].type BLINK is not one of",
                        event("CLICK").setEventTimeMs(-5), "INVALID_ARGUMENT: events[1].event_time",
                        event("CLICK").setProductId(1L << 40),
                                "INVALID_ARGUMENT: events[1]: product-id",
                        event("CLICK").setSubOrderNum("S"),
                                "INVALID_ARGUMENT: events[1]: sub-order");
        wrong.forEach(
                (bad, text) -> {
                    Status status =
                            statusOf(() -> calls.own().persist(events(event("CLICK"), bad)));
                    assertThat(status.getCode() + ": " + status.getDescription()).startsWith(text);
                });
        assertThat(statusOf(() -> calls.own().persist(events())).getCode())
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(calls.sent).isEmpty();
    }

    @Test
    void persist_writersOnly_refusesReadersThatMayRead() {
        try (InteractionHarness closed =
                new InteractionHarness(
                        Map.of(
                                "serving.persist-callers", "writers",
                                "interactions.auth", "registry"))) {
            assertThat(closed.own().getLast(last("u1", 5, "CLICK")).getTypesCount()).isEqualTo(1);
            assertThat(statusOf(() -> closed.own().persist(events(event("CLICK")))).getCode())
                    .isEqualTo(Status.Code.UNAUTHENTICATED);
        }
    }
}
