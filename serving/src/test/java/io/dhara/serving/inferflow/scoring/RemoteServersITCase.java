package io.dhara.serving.inferflow.scoring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.dhara.core.model.DataType;
import io.dhara.graph.CandidateNode;
import io.dhara.graph.GraphPlan;
import io.dhara.graph.ModelNode;
import io.dhara.modelserver.ModelServer;
import io.dhara.proto.v1.CandidateGeneratorGrpc.CandidateGeneratorImplBase;
import io.dhara.proto.v1.GenerateCandidatesRequest;
import io.dhara.proto.v1.GenerateCandidatesResponse;
import io.dhara.proto.v1.InputColumn;
import io.dhara.serving.grpc.ServingException;
import io.dhara.serving.inferflow.Candidates;
import io.dhara.serving.inferflow.FeatureMatrix;
import io.dhara.serving.inferflow.InputValues;
import io.dhara.serving.inferflow.NodeResult;
import io.dhara.serving.inferflow.NodeResult.Outcome;
import io.dhara.serving.inferflow.NodeRunners;
import io.grpc.Server;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models by HTTP and by TLS, and candidate generators, over sockets. */
class RemoteServersITCase {
    private static final Duration LONG = Duration.ofSeconds(20);

    @TempDir private Path dir;
    private final Plans plans =
            new Plans()
                    .input("product_id", DataType.STRING)
                    .input("f", DataType.FP32)
                    .score("s", DataType.FP32);

    private static ScoringServices services(
            Map<String, String> servers, ScoringSettings.@Nullable Tls tls) {
        ScoringSettings byDefault = ScoringSettings.DEFAULTS;
        ScoringSettings settings =
                new ScoringSettings(
                        servers,
                        Map.of("x-team", "ranking"),
                        tls,
                        byDefault.maxCalls(),
                        byDefault.maxWaiting(),
                        byDefault.maxBatches(),
                        1 << 16,
                        byDefault.idleCheck(),
                        byDefault.maxShadows(),
                        byDefault.shadowTimeout(),
                        0);
        return new ScoringServices(settings, Clock.systemUTC(), new SimpleMeterRegistry());
    }

    private static NodeRunners runners(ScoringServices services) {
        return services.runners((node, matrix, call) -> new CompletableFuture<>());
    }

    private NodeResult run(ScoringServices services, ModelNode node, Duration left) {
        FeatureMatrix matrix = plans.matrix(3);
        Plans.count(matrix, 1);
        NodeResult result =
                runners(services)
                        .models()
                        .run(
                                node,
                                matrix,
                                Plans.call(
                                        plans.plan(null, "s"), 3, "t1", Instant.now().plus(left)))
                        .toCompletableFuture()
                        .orTimeout(LONG.toSeconds(), TimeUnit.SECONDS)
                        .join();
        if (result.outcome() == Outcome.OK) {
            assertThat(List.of(matrix.text(2, 0), matrix.text(2, 1), matrix.text(2, 2)))
                    .containsExactly("1", "3", "5");
        }
        return result;
    }

    private ModelNode node(ModelNode.Protocol protocol, String endpoint) {
        ModelNode grpc =
                plans.model(2, List.of("f"), "s", new ModelNode.Target(endpoint, "line", "", 100));
        return new ModelNode(
                grpc.head(),
                protocol,
                grpc.targets(),
                List.of(),
                2,
                "",
                grpc.inputs(),
                grpc.outputs());
    }

    private ModelServer line() throws Exception {
        Path file =
                Files.writeString(
                        dir.resolve("line.json"),
                        """
                        {"name": "line", "output": "y", "intercept": 1, "weights": [2]}
                        """);
        return ModelServer.start(List.of(file), 0);
    }

    @Test
    void models_byHttpAndByGrpc_giveTheSameScores() throws Exception {
        try (ModelServer server = line();
                ScoringServices services =
                        services(Map.of("predator.example", server.address()), null)) {
            ModelNode http = node(ModelNode.Protocol.HTTP_INVOCATIONS, server.invocationsUrl());
            assertThat(run(services, http, LONG)).isEqualTo(NodeResult.ok(3));
            ModelNode grpc = node(ModelNode.Protocol.OPEN_INFERENCE_GRPC, "predator.example");
            assertThat(run(services, grpc, LONG)).isEqualTo(NodeResult.ok(3));
            assertThat(server.rowsScored()).isEqualTo(6);
        }
    }

    @Test
    void models_byHttpThatFail_areToldApart() throws Exception {
        HttpServer http =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.createContext("/busy", exchange -> send(exchange, 503, ""));
        http.createContext("/bad", exchange -> send(exchange, 400, ""));
        http.createContext("/none", exchange -> send(exchange, 200, "none"));
        http.createContext("/large", exchange -> send(exchange, 200, " ".repeat(1 << 17)));
        http.createContext(
                "/slow",
                exchange -> {
                    // The head of an answer, and never its end.
                    exchange.sendResponseHeaders(200, 10);
                    exchange.getResponseBody().write('{');
                    exchange.getResponseBody().flush();
                });
        http.start();
        String base = "http://127.0.0.1:" + http.getAddress().getPort();
        try (ScoringServices services = services(Map.of(), null)) {
            assertThat(http(services, base + "/busy").retryable()).isTrue();
            assertThat(http(services, base + "/bad").message()).contains("answered 400");
            assertThat(http(services, base + "/none").message()).contains("no JSON");
            assertThat(http(services, base + "/large").message()).contains("more than 65536 bytes");
            assertThat(http(services, "ftp://x/").message()).contains("no address ftp://x/");
            ModelNode slow = node(ModelNode.Protocol.HTTP_INVOCATIONS, base + "/slow");
            assertThat(run(services, slow, Duration.ofMillis(500)).outcome())
                    .isEqualTo(Outcome.LATE);
        } finally {
            http.stop(0);
        }
    }

    private static void send(com.sun.net.httpserver.HttpExchange exchange, int status, String body)
            throws java.io.IOException {
        try (exchange) {
            byte[] bytes = body.getBytes(UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private NodeResult http(ScoringServices services, String url) {
        NodeResult result = run(services, node(ModelNode.Protocol.HTTP_INVOCATIONS, url), LONG);
        assertThat(result.outcome()).as(result.message()).isEqualTo(Outcome.FAILED);
        return result;
    }

    private static final class Generator extends CandidateGeneratorImplBase {
        volatile @Nullable GenerateCandidatesRequest asked;

        @Override
        public void generateCandidates(
                GenerateCandidatesRequest request,
                StreamObserver<GenerateCandidatesResponse> observer) {
            asked = request;
            observer.onNext(
                    GenerateCandidatesResponse.newBuilder()
                            .addIds("p1")
                            .addIds("p2")
                            .addColumns(
                                    InputColumn.newBuilder()
                                            .setName("s")
                                            .addValues("0.5")
                                            .addValues(""))
                            .build());
            observer.onCompleted();
        }
    }

    private Candidates candidates(ScoringServices services, String endpoint, int limit) {
        CandidateNode node =
                new CandidateNode(
                        plans.head("cg", List.of(), List.of("s")),
                        "popular",
                        endpoint,
                        limit,
                        0,
                        List.of(2));
        GraphPlan plan = plans.plan(null, "s");
        return runners(services)
                .candidates()
                .candidates(
                        node,
                        List.of(new InputValues("f", List.of("7"))),
                        Plans.call(plan, 0, "t1", Instant.now().plus(LONG)))
                .toCompletableFuture()
                .join();
    }

    @Test
    void candidates_byGrpc_areRowsAndValues() throws Exception {
        Generator generator = new Generator();
        Server server =
                NettyServerBuilder.forAddress(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                        .addService(generator)
                        .build()
                        .start();
        try (ScoringServices services =
                services(Map.of("cg", "127.0.0.1:" + server.getPort()), null)) {
            Candidates found = candidates(services, "cg", 10);
            assertThat(found.ids()).containsExactly("p1", "p2");
            assertThat(found.values().get(0).get(0)).isEqualTo(Plans.bytes(DataType.FP32, 0.5));
            assertThat(found.values().get(0).get(1)).isNull();
            assertThat(generator.asked)
                    .isEqualTo(
                            GenerateCandidatesRequest.newBuilder()
                                    .setGenerator("popular")
                                    .setLimit(10)
                                    .setTrackingId("t1")
                                    .addInputs(InputColumn.newBuilder().setName("f").addValues("7"))
                                    .addColumns("s")
                                    .build());
            assertThat(candidates(services, "cg", 1).ids()).containsExactly("p1");
        } finally {
            server.shutdownNow();
        }
    }

    @Test
    void candidates_byHttp_areReadAsJsonAndWrongOnesAreUnavailable() throws Exception {
        HttpServer http =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.createContext(
                "/good", exchange -> send(exchange, 200, "{\"ids\": [\"p1\"], \"new\": 1}"));
        http.createContext("/empty", exchange -> send(exchange, 200, "{\"ids\": [\"\"]}"));
        http.start();
        String base = "http://127.0.0.1:" + http.getAddress().getPort();
        try (ScoringServices services = services(Map.of(), null)) {
            Candidates found = candidates(services, base + "/good", 10);
            assertThat(found.ids()).containsExactly("p1");
            assertThat(found.values().get(0)).containsExactly((byte[]) null);
            assertThatThrownBy(() -> candidates(services, base + "/empty", 10))
                    .isInstanceOf(CompletionException.class)
                    .cause()
                    .isInstanceOfSatisfying(
                            ServingException.class,
                            e -> assertThat(e.kind()).isEqualTo(ServingException.Kind.UNAVAILABLE))
                    .hasMessage("generator popular: answered an empty id");
        } finally {
            http.stop(0);
        }
    }

    @Test
    void f30_tls_checksTheServerAndShowsTheClient() throws Exception {
        Path store = dir.resolve("server.p12");
        Process keytool =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString(),
                                "-genkeypair",
                                "-alias",
                                "server",
                                "-keyalg",
                                "EC",
                                "-dname",
                                "CN=localhost",
                                "-ext",
                                "SAN=dns:localhost,ip:127.0.0.1",
                                "-storetype",
                                "PKCS12",
                                "-storepass",
                                "secret",
                                "-keystore",
                                store.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(dir.resolve("keytool.out").toFile())
                        .start();
        assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, "secret".toCharArray());
        }
        Path certificate = pem("c.pem", "CERTIFICATE", keys.getCertificate("server").getEncoded());
        Path key =
                pem(
                        "k.pem",
                        "PRIVATE KEY",
                        keys.getKey("server", "secret".toCharArray()).getEncoded());
        SslContext tls =
                GrpcSslContexts.forServer(certificate.toFile(), key.toFile())
                        .trustManager(certificate.toFile())
                        .clientAuth(ClientAuth.REQUIRE)
                        .build();
        try (ScriptedModelServer server = new ScriptedModelServer(tls)) {
            server.answer(
                    request -> {
                        float[] scores = new float[ScriptedModelServer.rows(request)];
                        boolean first = scores.length == 2;
                        for (int i = 0; i < scores.length; i++) {
                            scores[i] = first ? 1 + 2 * i : 5;
                        }
                        return CompletableFuture.completedFuture(
                                ScriptedModelServer.scores(scores));
                    });
            ModelNode node =
                    node(
                            ModelNode.Protocol.OPEN_INFERENCE_GRPC,
                            "grpcs://localhost:" + server.port());
            try (ScoringServices services =
                    services(Map.of(), new ScoringSettings.Tls(certificate, certificate, key))) {
                assertThat(run(services, node, LONG)).isEqualTo(NodeResult.ok(3));
                assertThat(https(services, keys)).isEqualTo(NodeResult.ok(3));
            }
            try (ScoringServices services = services(Map.of(), null)) {
                assertThat(run(services, node, LONG).outcome()).isEqualTo(Outcome.FAILED);
                assertThat(https(services, keys).outcome()).isEqualTo(Outcome.FAILED);
            }
        }
    }

    private NodeResult https(ScoringServices services, KeyStore keys) throws Exception {
        KeyManagerFactory own =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, "secret".toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), null, null);
        HttpsServer server =
                HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.createContext(
                "/invocations",
                exchange -> {
                    String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
                    boolean two = body.contains("\"shape\":[2,1]");
                    send(
                            exchange,
                            200,
                            "{\"outputs\": [{\"name\": \"y\", \"datatype\": \"FP32\", \"shape\": [%d],"
                                            .formatted(two ? 2 : 1)
                                    + " \"data\": %s}]}".formatted(two ? "[1, 3]" : "[[5]]"));
                });
        server.start();
        try {
            return run(
                    services,
                    node(
                            ModelNode.Protocol.HTTP_INVOCATIONS,
                            "https://localhost:" + server.getAddress().getPort()),
                    LONG);
        } finally {
            server.stop(0);
        }
    }

    private Path pem(String name, String type, byte[] der) throws java.io.IOException {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return Files.writeString(
                dir.resolve(name),
                "-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n");
    }
}
