package io.dhara.serving.interaction;

import static io.dhara.serving.interaction.InteractionHarness.NOW_MS;
import static io.dhara.serving.interaction.InteractionHarness.click;
import static io.dhara.serving.interaction.InteractionHarness.order;
import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.interaction.Interaction;
import io.dhara.proto.v1.InteractionEvent;
import io.dhara.stores.interaction.HotAnswer.State;
import io.dhara.stores.read.StoreReadException;
import io.dhara.stores.read.StoreReadException.Kind;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InteractionRoutesITCase {
    private static final String[] CALLER = {"interaction-store-caller-id", "any"};
    private static final String[] READER = {
        "online-feature-store-caller-id", "plain", "online-feature-store-auth-token", "plain-secret"
    };
    private static final long DAY = 86_400_000;

    private final InteractionHarness calls =
            new InteractionHarness(Map.of("serving.default-deadline", "300 ms"));

    @AfterEach
    void close() {
        calls.close();
    }

    private static String range(long start, long end, int limit) {
        return "{\"user_id\":\"u1\",\"start_timestamp\":"
                + start
                + ",\"end_timestamp\":"
                + end
                + ",\"limit\":"
                + limit
                + "}";
    }

    @Test
    void e12_retrieveClick_answersTheWorkedJson() {
        calls.hot.put(State.HOT, "u1", click(2002, NOW_MS, "ab"));

        HttpResponse<String> answer =
                calls.post(
                        "/api/v1/timeseries/retrieve/click",
                        range(NOW_MS - DAY, NOW_MS, 50),
                        CALLER);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body())
                .isEqualTo(
                        "{\"data\":[{\"catalogId\":101,\"productId\":2002,\"timestamp\":\"1767225600000\",\"metadata\":\"ab\"}]}");
        assertThat(answer.headers().firstValue("dhara-tier")).contains("hot");
        assertThat(answer.headers().firstValue("content-type")).contains("application/json");
    }

    @Test
    void peerRoutes_allFive_answer() throws Exception {
        calls.cold.put(order("S1_1", NOW_MS), click(1, NOW_MS, ""));

        assertThat(
                        calls.post(
                                        "/api/v1/timeseries/retrieve/order",
                                        range(NOW_MS - DAY, NOW_MS, 50),
                                        CALLER)
                                .body())
                .isEqualTo(
                        "{\"data\":[{\"catalogId\":101,\"productId\":2002,\"subOrderNum\":\"S1_1\",\"timestamp\":\"1767225600000\"}]}");
        assertThat(
                        calls.post(
                                        "/api/v1/timeseries/retrieve",
                                        range(NOW_MS - DAY, NOW_MS, 50)
                                                .replace(
                                                        "\"limit\"",
                                                        "\"interaction_types\":[0,1],\"limit\""),
                                        CALLER)
                                .body())
                .startsWith("{\"data\":{\"u1\":{\"clickEvents\":[{\"catalogId\":101")
                .contains("\"orderEvents\":[{");
        assertThat(
                        calls.post(
                                        "/api/v1/timeseries/persist/click",
                                        "{\"user_id\":\"u1\",\"data\":[{\"catalog_id\":101,\"product_id\":2002,\"timestamp\":1767225600000,\"metadata\":\"ab\",\"new_field\":1}]}",
                                        CALLER)
                                .body())
                .isEqualTo("{\"message\":\"success\"}");
        assertThat(
                        calls.post(
                                        "/api/v1/timeseries/persist/order",
                                        "{\"user_id\":\"u1\",\"data\":[{\"product_id\":1,\"sub_order_num\":\"S\",\"timestamp\":5}]}",
                                        CALLER)
                                .statusCode())
                .isEqualTo(200);
        assertThat(InteractionEvent.parseFrom(calls.sent.get(0).value()).getMetadata())
                .isEqualTo("ab");
        assertThat(InteractionEvent.parseFrom(calls.sent.get(1).value()).getSubOrderNum())
                .isEqualTo("S");
    }

    @Test
    void peerRoutes_headerMissingOrEmpty_is400_andI22_counted() {
        String path = "/api/v1/timeseries/retrieve/click";
        String body = range(NOW_MS - DAY, NOW_MS, 50);

        for (HttpResponse<String> answer :
                List.of(
                        calls.post(path, body),
                        calls.post(path, body, "interaction-store-caller-id", ""))) {
            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(answer.body())
                    .isEqualTo("{\"error\":\"interaction-store-caller-id is missing\"}");
        }
        assertThat(calls.counted("dhara.serving.calls", "status", "INVALID_ARGUMENT")).isEqualTo(2);
        assertThat(calls.counted("dhara.serving.http.calls", "route", path, "status", "400"))
                .isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"user_id\":\"u1\"",
                "[]",
                "{\"user_id\":\"u1\",\"limit\":\"many\"}",
                "{\"user_id\":\"u1\",\"limit\":3000000000}",
                "{\"user_id\":\"u1\",\"limit\":1.5}"
            })
    void peerRoutes_bodyThatIsNoRequest_is400(String body) {
        HttpResponse<String> answer = calls.post("/api/v1/timeseries/retrieve/click", body, CALLER);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).startsWith("{\"error\":\"the body is no such request");
        assertThat(calls.counted("dhara.serving.http.calls", "status", "400")).isEqualTo(1);
    }

    @Test
    void peerRoutes_rangeThatIsNone_is400_whereThePeerSays500() {
        assertThat(
                        calls.post(
                                        "/api/v1/timeseries/retrieve/click",
                                        range(NOW_MS, NOW_MS - 1, 50),
                                        CALLER)
                                .statusCode())
                .isEqualTo(400);
    }

    @Test
    void get_last_answersEveryField_ofSeveralTypes() {
        calls.hot.put(
                State.HOT,
                "a/b",
                new Interaction("a/b", "CLICK", 1L << 40, 0, NOW_MS, "", "say \"hi\""));

        HttpResponse<String> answer =
                calls.get("/v1/interactions/a%2Fb/CLICK,WISHLIST/last?k=5", READER);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body())
                .isEqualTo(
                        "{\"types\":[{\"type\":\"CLICK\",\"interactions\":[{\"productId\":\"1099511627776\",\"catalogId\":\"0\",\"eventTimeMs\":\"1767225600000\",\"subOrderNum\":\"\",\"metadata\":\"say \\\"hi\\\"\"}],\"tier\":\"TIER_HOT\",\"truncated\":false},{\"type\":\"WISHLIST\",\"interactions\":[],\"tier\":\"TIER_HOT\",\"truncated\":false}],\"hotTierIncomplete\":false}");
    }

    @Test
    void get_range_includesBothEnds() {
        calls.cold.put(
                click(1, NOW_MS - 1, ""), click(2, NOW_MS - 2, ""), click(3, NOW_MS - 3, ""));

        assertThat(
                        calls.get(
                                        "/v1/interactions/u1/CLICK/range?from="
                                                + (NOW_MS - 3)
                                                + "&to="
                                                + (NOW_MS - 2)
                                                + "&limit=10",
                                        READER)
                                .body())
                .contains("\"productId\":\"2\"")
                .contains("\"productId\":\"3\"")
                .doesNotContain("\"productId\":\"1\"")
                .contains("TIER_COLD");
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/interactions/u1/CLICK/last, 400, k must be given once",
        "/v1/interactions/u1/CLICK/last?k=1&k=2, 400, k must be given once",
        "/v1/interactions/u1/CLICK/last?k=x, 400, k must be a whole number: got x",
        "/v1/interactions/u1/CLICK/last?k=99999999999, 400, k must be",
        "/v1/interactions/u1/CLICK/last?k=2001, 400, k must be 1..2000",
        "/v1/interactions/u1/BLINK/last?k=5, 404, interaction type BLINK",
        "/v1/interactions/u1/APP_OPEN/last?k=5, 400, are not kept",
        "/v1/interactions/u1/CLICK/range?from=5&to=4&limit=1, 400, to_ms must not be before",
        "/v1/interactions/u1/CLICK/newest?k=5, 404, nothing at",
    })
    void get_thatCannotBeAnswered_hasItsCode(String uri, int code, String text) {
        HttpResponse<String> answer = calls.get(uri, READER);

        assertThat(answer.statusCode()).isEqualTo(code);
        assertThat(answer.body()).contains(text);
    }

    @Test
    void get_needsTheTokenOfOurOwnApi_onTheCallersPortOnly() {
        String uri = "/v1/interactions/u1/CLICK/last?k=5";

        assertThat(calls.get(uri).statusCode()).isEqualTo(400);
        assertThat(calls.get(uri, CALLER).statusCode()).isEqualTo(400);
        assertThat(
                        calls.get(
                                        uri,
                                        "online-feature-store-caller-id",
                                        "plain",
                                        "online-feature-store-auth-token",
                                        "guess")
                                .statusCode())
                .isEqualTo(401);
        assertThat(calls.get(uri, READER).statusCode()).isEqualTo(200);
        assertThat(calls.getOfAdmin(uri).statusCode()).isEqualTo(200);
    }

    @Test
    void i19_adminPort_takesNoEvents_andHasNothingElse() {
        assertThat(calls.postToAdmin("/api/v1/timeseries/persist/click", "{}").statusCode())
                .isEqualTo(405);
        for (String path :
                new String[] {"/debug/pprof/", "/debug/pprof/heap", "/debug/vars", "/"}) {
            assertThat(calls.getOfAdmin(path).statusCode()).as(path).isEqualTo(404);
        }
    }

    @ParameterizedTest
    @CsvSource({"UNAVAILABLE, 503", "DEADLINE, 504", "CORRUPT, 500"})
    void coldTierFailing_isItsCode(Kind kind, int code) {
        calls.cold.answerAfter(
                CompletableFuture.failedFuture(new StoreReadException(kind, "as the test says")));

        assertThat(calls.get("/v1/interactions/u1/CLICK/last?k=5", READER).statusCode())
                .isEqualTo(code);
    }

    @Test
    void deadline_byDefault_is504() {
        calls.cold.answerAfter(new CompletableFuture<>());

        HttpResponse<String> answer = calls.get("/v1/interactions/u1/CLICK/last?k=5", READER);

        assertThat(answer.statusCode()).isEqualTo(504);
        assertThat(answer.body())
                .isEqualTo("{\"error\":\"the cold tier did not answer before the deadline\"}");
    }

    @Test
    void interactionsOff_is501WithTheRemedy() {
        try (InteractionHarness off =
                new InteractionHarness(Map.of("interactions.enabled", "false"))) {
            HttpResponse<String> answer = off.get("/v1/interactions/u1/CLICK/last?k=5", READER);

            assertThat(answer.statusCode()).isEqualTo(501);
            assertThat(answer.body()).contains("interactions.hot.store");
        }
    }
}
