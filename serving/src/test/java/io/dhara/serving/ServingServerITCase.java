package io.dhara.serving;

import static io.dhara.serving.ServingHarness.as;
import static io.dhara.serving.ServingHarness.caller;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.dhara.embedded.SharedServers;
import io.dhara.proto.retrieve.FeatureGroup;
import io.dhara.proto.retrieve.FeatureServiceGrpc;
import io.dhara.proto.retrieve.Keys;
import io.dhara.proto.retrieve.Query;
import io.dhara.proto.retrieve.Result;
import io.dhara.proto.v1.FeaturesGrpc;
import io.dhara.proto.v1.RetrieveRequest;
import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ServingServerITCase {
    private static ServingHarness serving;

    @BeforeAll
    static void start() throws IOException {
        serving = ServingHarness.start(SharedServers.kafka(), Map.of());
    }

    @AfterAll
    static void stop() throws InterruptedException {
        serving.close();
    }

    private static Query query(int keys) {
        Query.Builder query =
                Query.newBuilder()
                        .setEntityLabel("user")
                        .addAllKeysSchema(List.of("user_id", "region"))
                        .addFeatureGroups(
                                FeatureGroup.newBuilder().setLabel("fp").addFeatureLabels("f1"));
        for (int i = 0; i < keys; i++) {
            query.addKeys(Keys.newBuilder().addCols("u" + i).addCols("eu"));
        }
        return query.build();
    }

    private static FeatureServiceGrpc.FeatureServiceBlockingStub reader(
            ManagedChannel channel, ClientInterceptor caller) {
        return FeatureServiceGrpc.newBlockingStub(channel)
                .withInterceptors(caller)
                .withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    private static Status statusOf(ThrowingCallable call) {
        StatusRuntimeException failure =
                org.assertj.core.api.Assertions.catchThrowableOfType(
                        StatusRuntimeException.class, call);
        return failure.getStatus();
    }

    @Test
    void onePort_answersHttpAndGrpc() throws Exception {
        assertThat(serving.get("/health/self"))
                .satisfies(answer -> assertThat(answer.statusCode()).isEqualTo(200))
                .satisfies(answer -> assertThat(answer.body()).isEqualTo("{\"message\":\"true\"}"));
        assertThat(
                        HealthGrpc.newBlockingStub(serving.channel)
                                .check(HealthCheckRequest.getDefaultInstance())
                                .getStatus())
                .isEqualTo(ServingStatus.SERVING);
        assertThat(reader(serving.channel, caller()).retrieveFeatures(query(2)).getRowsCount())
                .isEqualTo(2);
    }

    @Test
    void http_pathsAndMethods_haveTheirCodes() throws Exception {
        assertThat(serving.get("/health/live").statusCode()).isEqualTo(200);
        assertThat(serving.get("/health/ready?verbose=1").statusCode()).isEqualTo(200);
        assertThat(serving.get("/nothing").statusCode()).isEqualTo(404);
        assertThat(exchange("POST /health/self HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"))
                .startsWith("HTTP/1.1 405");
        assertThat(exchange("HEAD /health/self HTTP/1.1\r\nHost: x\r\n\r\n"))
                .startsWith("HTTP/1.1 200")
                .contains("content-length: 18")
                .endsWith("\r\n\r\n");
    }

    @Test
    void http_bytesOneByOne_areStillRecognised() throws Exception {
        try (Socket socket = new Socket("127.0.0.1", serving.server.port())) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(10_000);
            String request = "PUT /x HTTP/1.0\r\nContent-Length: 0\r\n\r\n";
            for (byte b : request.getBytes(StandardCharsets.US_ASCII)) {
                socket.getOutputStream().write(b);
                socket.getOutputStream().flush();
            }
            assertThat(text(socket.getInputStream())).startsWith("HTTP/1.1 405");
        }
    }

    @Test
    void http2Preface_inPieces_reachesGrpc() throws Exception {
        try (Socket socket = new Socket("127.0.0.1", serving.server.port())) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(10_000);
            byte[] preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
            for (byte b : preface) {
                socket.getOutputStream().write(b);
                socket.getOutputStream().flush();
            }
            socket.getOutputStream().write(new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0});
            socket.getOutputStream().flush();
            byte[] frameHeader = socket.getInputStream().readNBytes(9);
            assertThat(frameHeader[3]).as("type of the first frame: SETTINGS").isEqualTo((byte) 4);
        }
    }

    @Test
    void connection_thatSaysNothing_isClosed() throws Exception {
        try (ServingHarness brisk =
                        ServingHarness.start(
                                SharedServers.kafka(),
                                Map.of("serving.negotiation-timeout", "100 ms"));
                Socket socket = new Socket("127.0.0.1", brisk.server.port())) {
            socket.setSoTimeout(10_000);
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    private static String exchange(String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", serving.server.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            return text(socket.getInputStream());
        }
    }

    private static String text(InputStream in) throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void auth_headersMissingOrWrong_giveThePeersCodes() {
        FeatureServiceGrpc.FeatureServiceBlockingStub nobody =
                FeatureServiceGrpc.newBlockingStub(serving.channel);
        assertThat(statusOf(() -> nobody.retrieveFeatures(query(1))))
                .satisfies(s -> assertThat(s.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT))
                .satisfies(
                        s ->
                                assertThat(s.getDescription())
                                        .contains("online-feature-store-caller-id"));
        Metadata half = new Metadata();
        half.put(
                Metadata.Key.of("online-feature-store-caller-id", Metadata.ASCII_STRING_MARSHALLER),
                "plain");
        assertThat(
                        statusOf(
                                () ->
                                        nobody.withInterceptors(
                                                        MetadataUtils.newAttachHeadersInterceptor(
                                                                half))
                                                .retrieveFeatures(query(1))))
                .satisfies(s -> assertThat(s.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT))
                .satisfies(
                        s ->
                                assertThat(s.getDescription())
                                        .contains("online-feature-store-auth-token"));
        for (ClientInterceptor wrong :
                List.of(as("plain", "guess"), as("nobody", "plain-secret"), as("hashed", ""))) {
            assertThat(statusOf(() -> reader(serving.channel, wrong).retrieveFeatures(query(1))))
                    .satisfies(s -> assertThat(s.getCode()).isEqualTo(Status.Code.UNAUTHENTICATED))
                    .satisfies(s -> assertThat(s.getDescription()).isEqualTo("Invalid auth token"));
        }
    }

    @Test
    void b68_hashedToken_letsItsCallerInOnEveryService() {
        ClientInterceptor hashed = as("hashed", "hashed-secret");
        assertThat(reader(serving.channel, hashed).retrieveFeatures(query(1)).getRowsCount())
                .isEqualTo(1);
        assertThat(
                        FeaturesGrpc.newBlockingStub(serving.channel)
                                .withInterceptors(hashed)
                                .retrieve(
                                        RetrieveRequest.newBuilder()
                                                .setEntity("user")
                                                .addKeys(
                                                        io.dhara.proto.v1.EntityKey.newBuilder()
                                                                .addValues("u1")
                                                                .addValues("eu"))
                                                .addGroups(
                                                        io.dhara.proto.v1.GroupSelector.newBuilder()
                                                                .setGroup("fp"))
                                                .build())
                                .getRows())
                .isEqualTo(1);
    }

    @Test
    void b68_reflection_needsATokenToo() throws Exception {
        assertThatThrownBy(() -> reflect().get(10, TimeUnit.SECONDS))
                .hasMessageContaining("INVALID_ARGUMENT");
        ServerReflectionResponse listed = reflect(caller()).get(10, TimeUnit.SECONDS);
        assertThat(
                        listed.getListServicesResponse().getServiceList().stream()
                                .map(service -> service.getName()))
                .contains("retrieve.FeatureService", "persist.FeatureService", "dhara.v1.Features");
    }

    private static CompletableFuture<ServerReflectionResponse> reflect(
            ClientInterceptor... interceptors) {
        CompletableFuture<ServerReflectionResponse> answer = new CompletableFuture<>();
        StreamObserver<ServerReflectionRequest> requests =
                ServerReflectionGrpc.newStub(serving.channel)
                        .withInterceptors(interceptors)
                        .serverReflectionInfo(
                                new StreamObserver<>() {
                                    @Override
                                    public void onNext(ServerReflectionResponse response) {
                                        answer.complete(response);
                                    }

                                    @Override
                                    public void onError(Throwable failure) {
                                        answer.completeExceptionally(failure);
                                    }

                                    @Override
                                    public void onCompleted() {}
                                });
        requests.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
        requests.onCompleted();
        return answer;
    }

    @Test
    void metrics_strangers_areOneCaller() throws Exception {
        statusOf(() -> reader(serving.channel, as("s1", "x")).retrieveFeatures(query(1)));
        statusOf(() -> reader(serving.channel, as("s2", "x")).retrieveFeatures(query(1)));
        reader(serving.channel, caller()).retrieveFeatures(query(1));

        String metrics = serving.get("/metrics").body();

        assertThat(metrics)
                .contains(
                        "dhara_serving_calls_seconds_count{caller=\"other\",method=\"retrieve.FeatureService/RetrieveFeatures\",status=\"UNAUTHENTICATED\"}",
                        "caller=\"plain\"",
                        "dhara_serving_calls_seconds_bucket",
                        "jvm_memory_used_bytes")
                .doesNotContain("caller=\"s1\"");
    }

    @Test
    void request_largerThanTheLimit_isRefused() throws Exception {
        try (ServingHarness small =
                ServingHarness.start(
                        SharedServers.kafka(), Map.of("serving.max-request-size", "1 kb"))) {
            assertThat(
                            statusOf(
                                            () ->
                                                    reader(small.channel, caller())
                                                            .retrieveFeatures(query(200)))
                                    .getCode())
                    .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        }
    }

    @Test
    void calls_aboveTheLimit_areShedAtOnce() throws Exception {
        try (ServingHarness narrow =
                ServingHarness.start(SharedServers.kafka(), Map.of("serving.max-calls", "1"))) {
            narrow.store.hold();
            var first =
                    FeatureServiceGrpc.newFutureStub(narrow.channel)
                            .withInterceptors(caller())
                            .retrieveFeatures(query(1));
            await().until(() -> !narrow.store.reads().isEmpty());

            Status shed =
                    statusOf(() -> reader(narrow.channel, caller()).retrieveFeatures(query(1)));
            narrow.store.release();

            assertThat(shed.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
            assertThat(shed.getDescription()).contains("serving.max-calls");
            assertThat(first.get(10, TimeUnit.SECONDS).getRowsCount()).isEqualTo(1);
            await().untilAsserted(
                            () ->
                                    assertThat(
                                                    reader(narrow.channel, caller())
                                                            .retrieveFeatures(query(1))
                                                            .getRowsCount())
                                            .isEqualTo(1));
        }
    }

    @Test
    void answer_afterTheCallerGaveUp_isDroppedAndCounted() throws Exception {
        try (ServingHarness held = ServingHarness.start(SharedServers.kafka(), Map.of())) {
            held.store.hold();
            var call =
                    FeatureServiceGrpc.newFutureStub(held.channel)
                            .withInterceptors(caller())
                            .retrieveFeatures(query(1));
            await().until(() -> !held.store.reads().isEmpty());

            call.cancel(true);
            await().until(() -> held.counted("dhara.serving.calls", "status", "CANCELLED") == 1);
            held.store.release();

            await().until(() -> held.counted("dhara.serving.answers.late") == 1);
        }
    }

    @Test
    void deadline_isHandedDownToTheStore_andCapped() throws Exception {
        try (ServingHarness capped =
                ServingHarness.start(
                        SharedServers.kafka(),
                        Map.of(
                                "serving.default-deadline", "700 ms",
                                "serving.wait-deadline", "2 s",
                                "serving.max-deadline", "2 s"))) {
            Instant before = Instant.now();
            FeatureServiceGrpc.newBlockingStub(capped.channel)
                    .withInterceptors(caller())
                    .retrieveFeatures(query(1));
            reader(capped.channel, caller()).retrieveFeatures(query(2));
            Instant after = Instant.now();

            assertThat(capped.store.reads().get(0).deadline())
                    .isBetween(before.plusMillis(600), after.plusMillis(700));
            assertThat(capped.store.reads().get(1).deadline())
                    .isBetween(before.plusMillis(1_900), after.plusMillis(2_000));
        }
    }

    @Test
    void drain_callsOnTheirWay_areAnswered_andNewOnesRefused() throws Exception {
        ServingHarness leaving =
                ServingHarness.start(SharedServers.kafka(), Map.of("serving.drain-period", "3 s"));
        try (leaving) {
            leaving.store.hold();
            var first =
                    FeatureServiceGrpc.newFutureStub(leaving.channel)
                            .withInterceptors(caller())
                            .retrieveFeatures(query(1));
            await().until(() -> !leaving.store.reads().isEmpty());

            CompletableFuture<Void> drained =
                    CompletableFuture.runAsync(
                            () -> {
                                try {
                                    leaving.server.drain();
                                } catch (InterruptedException e) {
                                    Thread.currentThread().interrupt();
                                }
                            });

            await().until(
                            () ->
                                    HealthGrpc.newBlockingStub(leaving.channel)
                                                    .check(HealthCheckRequest.getDefaultInstance())
                                                    .getStatus()
                                            == ServingStatus.NOT_SERVING);
            assertThat(leaving.get("/health/ready").statusCode()).isEqualTo(503);
            assertThat(leaving.get("/health/live").statusCode()).isEqualTo(200);
            await().until(() -> refusesConnections(leaving.server.port()));
            assertThat(first.isDone()).isFalse();
            leaving.store.release();

            assertThat(first.get(10, TimeUnit.SECONDS).getRowsCount()).isEqualTo(1);
            drained.get(10, TimeUnit.SECONDS);
        }
    }

    private static boolean refusesConnections(int port) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), 1_000);
            return false;
        } catch (ConnectException e) {
            return true;
        }
    }

    @Test
    void authNone_lettingEveryoneIn_mustBeSaid() throws Exception {
        try (ServingHarness local =
                ServingHarness.start(SharedServers.kafka(), Map.of("serving.auth", "none"))) {
            Result result =
                    FeatureServiceGrpc.newBlockingStub(local.channel).retrieveFeatures(query(1));
            assertThat(result.getRowsCount()).isEqualTo(1);
        }
    }

    @Test
    void adminPort_ofItsOwn_keepsMetricsOffTheCallersPort() throws Exception {
        try (ServingHarness two =
                ServingHarness.start(SharedServers.kafka(), Map.of("serving.admin-port", "0"))) {
            assertThat(two.get(two.server.adminPort(), "/metrics").statusCode()).isEqualTo(200);
            assertThat(two.get(two.server.adminPort(), "/health/ready").statusCode())
                    .isEqualTo(200);
            assertThat(two.get("/metrics").statusCode()).isEqualTo(404);
            assertThat(two.get("/health/self").statusCode()).isEqualTo(200);
        }
    }
}
