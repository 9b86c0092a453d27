package io.dhara.serving;

import static io.dhara.serving.ServingHarness.as;
import static io.dhara.serving.ServingHarness.caller;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.rpc.RetryInfo;
import io.dhara.core.config.ConfigException;
import io.dhara.embedded.SharedServers;
import io.dhara.proto.retrieve.FeatureGroup;
import io.dhara.proto.retrieve.FeatureServiceGrpc;
import io.dhara.proto.retrieve.Keys;
import io.dhara.proto.retrieve.Query;
import io.dhara.proto.retrieve.Result;
import io.grpc.ClientInterceptor;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.protobuf.StatusProto;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Who is refused, with what status and hint, and who never is. */
class AdmissionITCase {
    private static final Metadata.Key<String> PUSHBACK =
            Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

    private static ServingHarness serving(Map<String, String> settings) throws IOException {
        return ServingHarness.start(SharedServers.kafka(), settings);
    }

    private static Query query(int keys) {
        return query("u", keys);
    }

    private static Query query(String prefix, int keys) {
        Query.Builder query =
                Query.newBuilder()
                        .setEntityLabel("user")
                        .addAllKeysSchema(List.of("user_id", "region"))
                        .addFeatureGroups(
                                FeatureGroup.newBuilder().setLabel("fp").addFeatureLabels("f1"));
        for (int i = 0; i < keys; i++) {
            query.addKeys(Keys.newBuilder().addCols(prefix + i).addCols("eu"));
        }
        return query.build();
    }

    private static Result read(ServingHarness serving, ClientInterceptor caller, int keys) {
        return FeatureServiceGrpc.newBlockingStub(serving.channel)
                .withInterceptors(caller)
                .withDeadlineAfter(20, TimeUnit.SECONDS)
                .retrieveFeatures(query(keys));
    }

    private static StatusRuntimeException refused(ServingHarness serving, int keys) {
        StatusRuntimeException refused =
                catchThrowableOfType(
                        StatusRuntimeException.class, () -> read(serving, caller(), keys));
        assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        return refused;
    }

    /** Reads that the store keeps until it is released; of different keys, or they would join. */
    private static List<ListenableFuture<Result>> held(ServingHarness serving, int reads) {
        serving.store.hold();
        List<ListenableFuture<Result>> held = new ArrayList<>();
        for (int i = 0; i < reads; i++) {
            held.add(
                    FeatureServiceGrpc.newFutureStub(serving.channel)
                            .withInterceptors(caller())
                            .retrieveFeatures(query("held" + i + "-", 1)));
        }
        await().until(() -> serving.store.reads().size() >= reads);
        return held;
    }

    @Test
    void full_refusesWithBothHints_butNeverHealthOrOperators() throws Exception {
        try (ServingHarness full =
                serving(Map.of("serving.max-calls", "2", "serving.admission.adaptive", "false"))) {
            List<ListenableFuture<Result>> held = held(full, 2);

            StatusRuntimeException refused = refused(full, 1);

            assertThat(refused.getStatus().getDescription()).contains("serving.max-calls");
            assertThat(refused.getTrailers().get(PUSHBACK)).isEqualTo("100");
            RetryInfo hint =
                    StatusProto.fromThrowable(refused).getDetails(0).unpack(RetryInfo.class);
            assertThat(hint.getRetryDelay().getNanos()).isEqualTo(100_000_000);
            assertThat(
                            HealthGrpc.newBlockingStub(full.channel)
                                    .check(HealthCheckRequest.getDefaultInstance())
                                    .getStatus())
                    .isEqualTo(ServingStatus.SERVING);
            assertThat(full.get("/metrics").body())
                    .contains("dhara_serving_calls_refused_total{reason=\"full\"} 1.0");
            full.store.release();
            for (ListenableFuture<Result> read : held) {
                assertThat(read.get(10, TimeUnit.SECONDS).getRowsCount()).isPositive();
            }
        }
    }

    @Test
    void method_withAllItsLatencyBears_isRefused_andOtherMethodsAreNot() throws Exception {
        try (ServingHarness slow =
                serving(Map.of("serving.max-calls", "8", "serving.admission.min-calls", "1"))) {
            held(slow, 2);

            assertThat(refused(slow, 3).getStatus().getDescription())
                    .contains("serving.admission.adaptive");
            assertThat(slow.counted("dhara.serving.calls.refused", "reason", "slow")).isOne();
            slow.store.release();
        }
    }

    @Test
    void quota_isOfEachCaller_andSaysWhenThereIsRoomAgain() throws Exception {
        try (ServingHarness shared =
                serving(
                        Map.of(
                                "serving.quota.calls-per-second", "1000000",
                                "serving.quota.calls-per-second-of.plain", "2"))) {
            read(shared, caller(), 1);
            read(shared, caller(), 1);

            StatusRuntimeException refused = refused(shared, 1);

            assertThat(refused.getStatus().getDescription()).contains("quota");
            assertThat(Integer.parseInt(refused.getTrailers().get(PUSHBACK))).isBetween(1, 500);
            assertThat(read(shared, as("hashed", "hashed-secret"), 1).getRowsCount()).isEqualTo(1);
        }
    }

    @Test
    void share_ofTheCallsOnTheirWay_leavesRoomForOthers() throws Exception {
        try (ServingHarness shared =
                serving(Map.of("serving.max-calls", "4", "serving.quota.share-percent", "50"))) {
            List<ListenableFuture<Result>> held = held(shared, 1);
            held.addAll(held(shared, 1));
            await().until(() -> shared.gauge("dhara.serving.calls.in.flight") == 2);

            assertThat(refused(shared, 3).getStatus().getDescription()).contains("share-percent");
            shared.store.release();
            assertThat(read(shared, as("hashed", "hashed-secret"), 1).getRowsCount()).isEqualTo(1);
            for (ListenableFuture<Result> read : held) {
                read.get(10, TimeUnit.SECONDS);
            }
            await().until(() -> shared.gauge("dhara.serving.calls.in.flight") == 0);
            assertThat(read(shared, caller(), 3).getRowsCount()).isEqualTo(3);
        }
    }

    @Test
    void request_largerThanItsMethodMayBe_isRefusedUnparsed() throws Exception {
        String method = "serving.max-request-size-of.retrieve.FeatureService/RetrieveFeatures";
        try (ServingHarness small = serving(Map.of(method, "100 b"))) {
            assertThat(refused(small, 100).getStatus().getDescription()).contains("larger than");
            assertThat(read(small, caller(), 1).getRowsCount()).isEqualTo(1);
            await().until(() -> small.gauge("dhara.serving.calls.in.flight") == 0);
        }
        assertThatThrownBy(() -> serving(Map.of("serving.max-request-size-of.a/B", "1 kb")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("[a/B] is not served here; there are [dhara.v1.Features/");
    }

    @Test
    void connections_beyondTheMost_areClosed_andRoomIsMadeWhenOneEnds() throws Exception {
        try (ServingHarness few = serving(Map.of("serving.max-connections", "1"))) {
            read(few, caller(), 1);
            try (Socket second = new Socket(InetAddress.getLoopbackAddress(), few.server.port())) {
                second.setSoTimeout(10_000);
                assertThat(second.getInputStream().read()).isEqualTo(-1);
            }
            few.channel.shutdownNow();

            await().ignoreExceptions().until(() -> few.get("/health/self").statusCode() == 200);
        }
    }
}
