package io.dhara.serving.interaction;

import io.dhara.core.config.Settings;
import io.dhara.core.interaction.Interaction;
import io.dhara.core.registry.FileSchemaRegistry;
import io.dhara.core.registry.SchemaRegistry;
import io.dhara.proto.timeseries.InteractionStoreTimeSeriesServiceGrpc;
import io.dhara.proto.timeseries.InteractionStoreTimeSeriesServiceGrpc.InteractionStoreTimeSeriesServiceBlockingStub;
import io.dhara.proto.v1.InteractionsGrpc;
import io.dhara.proto.v1.InteractionsGrpc.InteractionsBlockingStub;
import io.dhara.serving.ServingConfig;
import io.dhara.serving.grpc.CallChain;
import io.dhara.serving.grpc.LocalCalls;
import io.dhara.serving.http.EventLoops;
import io.dhara.serving.http.HttpPort;
import io.dhara.serving.http.HttpRoutes;
import io.dhara.serving.persist.Handover.Message;
import io.dhara.testkit.ManualClock;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The interaction calls behind all interceptors, over gRPC and HTTP, on tiers and a topic that the
 * test decides about.
 */
final class InteractionHarness implements AutoCloseable {
    /** The instant of the worked examples. */
    static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    static final long NOW_MS = NOW.toEpochMilli();

    final ManualClock clock = new ManualClock(NOW);
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final List<ScriptedColdTier.Asked> asked = new CopyOnWriteArrayList<>();
    final ScriptedHotTier hot = new ScriptedHotTier(asked);
    final ScriptedColdTier cold = new ScriptedColdTier(asked);
    final List<Message> sent = new CopyOnWriteArrayList<>();
    final AtomicReference<CompletableFuture<Void>> acknowledged =
            new AtomicReference<>(CompletableFuture.completedFuture(null));
    final AtomicReference<Metadata> trailers = new AtomicReference<>(new Metadata());

    private final SchemaRegistry registry =
            FileSchemaRegistry.open(Path.of("src/test/resources/schemas"), Duration.ofHours(1));
    private final LocalCalls callers;
    private final LocalCalls operators;
    private final EventLoops loops = EventLoops.start(1);
    private final HttpPort http;
    private final HttpPort admin;
    private final HttpClient client = HttpClient.newHttpClient();

    /**
     * @param given settings beside the needed ones, as {@code interactions.auth}
     */
    InteractionHarness(Map<String, String> given) {
        Map<String, String> all = new HashMap<>();
        all.put("kafka.bootstrap-servers", "nowhere:9092");
        all.put("registry.folder", "src/test/resources/schemas");
        all.putAll(given);
        boolean off = "false".equals(given.get("interactions.enabled"));
        Map<String, String> own = new HashMap<>(given);
        InteractionSettings settings = InteractionSettings.from(Settings.parse(own), !off);
        all.keySet().removeIf(key -> key.startsWith("interactions."));
        ServingConfig config = ServingConfig.from(Settings.parse(all));
        InteractionServices services =
                off
                        ? InteractionServices.off(settings)
                        : InteractionServices.of(
                                settings,
                                hot,
                                cold,
                                new InteractionServices.Parts(
                                        (topic, messages, repeat, deadline) -> {
                                            sent.addAll(messages);
                                            return acknowledged.get();
                                        },
                                        Duration.ofMillis(5),
                                        clock,
                                        meters));
        CallChain chain =
                new CallChain(
                        config.grpc(),
                        services.services(),
                        registry,
                        at -> true,
                        clock,
                        () -> null,
                        meters);
        try {
            callers = LocalCalls.open(chain.services(), chain.forCallers());
            operators = LocalCalls.open(chain.services(), chain.forOperators());
            InteractionRoutes routes = new InteractionRoutes(meters);
            HttpRoutes forCallers = routes.withReads(HttpRoutes.none(), callers.channel());
            http =
                    open(
                            routes.withPeerRoutes(
                                    forCallers, callers.channel(), settings.maxBodyBytes()));
            admin = open(routes.withReads(HttpRoutes.none(), operators.channel()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private HttpPort open(HttpRoutes routes) throws IOException {
        return HttpPort.open(new InetSocketAddress("127.0.0.1", 0), loops, routes);
    }

    static Interaction click(long product, long eventTimeMillis, String metadata) {
        return new Interaction("u1", "CLICK", product, 101, eventTimeMillis, "", metadata);
    }

    static Interaction order(String subOrder, long eventTimeMillis) {
        return new Interaction("u1", "ORDER", 2002, 101, eventTimeMillis, subOrder, "");
    }

    /** BharatMLStack's calls, with these headers. */
    InteractionStoreTimeSeriesServiceBlockingStub peer(String... headers) {
        return InteractionStoreTimeSeriesServiceGrpc.newBlockingStub(channel(headers));
    }

    /** The same as the caller {@code any}. */
    InteractionStoreTimeSeriesServiceBlockingStub peer() {
        return peer("interaction-store-caller-id", "any");
    }

    InteractionsBlockingStub own(String... headers) {
        return InteractionsGrpc.newBlockingStub(channel(headers));
    }

    InteractionsBlockingStub own() {
        return own(
                "online-feature-store-caller-id", "plain",
                "online-feature-store-auth-token", "plain-secret");
    }

    Channel channel(String... headers) {
        Metadata metadata = new Metadata();
        for (int i = 0; i < headers.length; i += 2) {
            metadata.put(
                    Metadata.Key.of(headers[i], Metadata.ASCII_STRING_MARSHALLER), headers[i + 1]);
        }
        return ClientInterceptors.intercept(
                callers.channel(),
                MetadataUtils.newAttachHeadersInterceptor(metadata),
                MetadataUtils.newCaptureMetadataInterceptor(new AtomicReference<>(), trailers));
    }

    String trailer(String name) {
        return trailers.get().get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
    }

    HttpResponse<String> get(String uri, String... headers) {
        return exchange(http, HttpRequest.newBuilder().GET(), uri, headers);
    }

    HttpResponse<String> getOfAdmin(String uri) {
        return exchange(admin, HttpRequest.newBuilder().GET(), uri);
    }

    HttpResponse<String> postToAdmin(String uri, String body) {
        return exchange(
                admin,
                HttpRequest.newBuilder().POST(HttpRequest.BodyPublishers.ofString(body)),
                uri);
    }

    HttpResponse<String> post(String uri, String body, String... headers) {
        return exchange(
                http,
                HttpRequest.newBuilder().POST(HttpRequest.BodyPublishers.ofString(body)),
                uri,
                headers);
    }

    private HttpResponse<String> exchange(
            HttpPort port, HttpRequest.Builder request, String uri, String... headers) {
        request.uri(URI.create("http://127.0.0.1:" + port.port() + uri))
                .version(HttpClient.Version.HTTP_1_1)
                .timeout(Duration.ofSeconds(20));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Count of a timer or counter, over all series that have these tags. */
    double counted(String name, String... tags) {
        return meters.find(name).tags(tags).timers().stream().mapToDouble(t -> t.count()).sum()
                + meters.find(name).tags(tags).counters().stream()
                        .mapToDouble(c -> c.count())
                        .sum();
    }

    @Override
    public void close() {
        http.close();
        admin.close();
        loops.close();
        callers.close();
        operators.close();
        registry.close();
    }
}
