package io.dhara.serving;

import io.dhara.core.config.Settings;
import io.dhara.core.registry.FileSchemaRegistry;
import io.dhara.core.registry.SchemaRegistry;
import io.dhara.embedded.EmbeddedKafka;
import io.dhara.serving.grpc.CallHeaders;
import io.dhara.testkit.InMemoryFeatureStoreReader;
import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * A whole server on free ports and fresh topics of a real Kafka, with schemas from files and a
 * store whose answers the test decides.
 */
final class ServingHarness implements AutoCloseable {
    static final Path SCHEMAS = Path.of("src/test/resources/schemas");

    final String featureTopic = "features-" + UUID.randomUUID();
    final String invalidationTopic = "invalidations-" + UUID.randomUUID();
    final InMemoryFeatureStoreReader store = new InMemoryFeatureStoreReader();
    final ServingServer server;
    final ManagedChannel channel;
    private final SchemaRegistry registry = FileSchemaRegistry.open(SCHEMAS, Duration.ofHours(1));
    private final HttpClient http = HttpClient.newHttpClient();

    private ServingHarness(EmbeddedKafka kafka, Map<String, String> settings) throws IOException {
        kafka.createTopic(featureTopic, 2);
        kafka.createTopic(invalidationTopic, 2);
        Map<String, String> all = new HashMap<>();
        all.put("kafka.bootstrap-servers", kafka.bootstrapServers());
        all.put("registry.folder", SCHEMAS.toString());
        all.put("serving.host", "127.0.0.1");
        all.put("serving.port", "0");
        // A first call loads classes, and what came with it must not be refused for having waited.
        all.put("serving.admission.max-wait", "0 s");
        all.put("serving.admin-port", "-1");
        all.put("kafka.topics.features", featureTopic);
        all.put("kafka.topics.invalidations", invalidationTopic);
        all.put("serving.invalidation.check-interval", "50 ms");
        all.put("serving.invalidation.partition-interval", "100 ms");
        all.put("serving.default-deadline", "10 s");
        all.put("serving.drain-period", "0");
        all.putAll(settings);
        server =
                ServingServer.start(
                        ServingConfig.from(Settings.parse(all)),
                        registry,
                        store,
                        Clock.systemUTC());
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().build();
    }

    static ServingHarness start(EmbeddedKafka kafka, Map<String, String> settings)
            throws IOException {
        return new ServingHarness(kafka, settings);
    }

    /** As the caller {@code plain}, with more headers. */
    static ClientInterceptor as(String caller, String token, String... headers) {
        Metadata metadata = new Metadata();
        metadata.put(CallHeaders.CALLER_ID, caller);
        metadata.put(CallHeaders.AUTH_TOKEN, token);
        for (int i = 0; i < headers.length; i += 2) {
            metadata.put(
                    Metadata.Key.of(headers[i], Metadata.ASCII_STRING_MARSHALLER), headers[i + 1]);
        }
        return MetadataUtils.newAttachHeadersInterceptor(metadata);
    }

    static ClientInterceptor caller(String... headers) {
        return as("plain", "plain-secret", headers);
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return get(server.port(), path);
    }

    HttpResponse<String> get(int port, String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + port + path);
        return http.send(
                HttpRequest.newBuilder(uri)
                        .version(HttpClient.Version.HTTP_1_1)
                        .timeout(Duration.ofSeconds(10))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** Value of a counter or of a timer's count, over all series that have these tags. */
    double counted(String name, String... tags) {
        return server.meters().find(name).tags(tags).counters().stream()
                        .mapToDouble(counter -> counter.count())
                        .sum()
                + server.meters().find(name).tags(tags).timers().stream()
                        .mapToDouble(timer -> timer.count())
                        .sum();
    }

    double gauge(String name) {
        return server.meters().get(name).gauge().value();
    }

    @Override
    public void close() throws InterruptedException {
        channel.shutdownNow();
        channel.awaitTermination(5, TimeUnit.SECONDS);
        server.close();
        registry.close();
    }
}
