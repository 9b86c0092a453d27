package io.dhara.serving;

import io.dhara.core.config.Settings;
import io.dhara.core.interaction.Interaction;
import io.dhara.core.interaction.InteractionType;
import io.dhara.core.interaction.InteractionTypes;
import io.dhara.core.interaction.WeekSlots;
import io.dhara.core.registry.FileSchemaRegistry;
import io.dhara.core.registry.SchemaRegistry;
import io.dhara.embedded.EmbeddedCassandra;
import io.dhara.embedded.EmbeddedRedis;
import io.dhara.embedded.ForkedServer;
import io.dhara.embedded.SharedServers;
import io.dhara.proto.timeseries.InteractionStoreTimeSeriesServiceGrpc;
import io.dhara.proto.timeseries.InteractionStoreTimeSeriesServiceGrpc.InteractionStoreTimeSeriesServiceBlockingStub;
import io.dhara.proto.v1.GetLastRequest;
import io.dhara.proto.v1.InteractionsGrpc;
import io.dhara.proto.v1.InteractionsGrpc.InteractionsBlockingStub;
import io.dhara.proto.v1.InteractionsResponse;
import io.dhara.stores.Endpoint;
import io.dhara.stores.interaction.ColdTierConfig;
import io.dhara.stores.interaction.HotTierConfig;
import io.dhara.stores.redis.RedisConfig;
import io.dhara.stores.scylla.ScyllaConfig;
import io.dhara.stores.write.interaction.ColdTierWriter;
import io.dhara.stores.write.interaction.HotTierWriter;
import io.dhara.stores.write.interaction.HotTierWriter.Added;
import io.dhara.stores.write.interaction.HotTierWriter.HotAdd;
import io.dhara.stores.write.redis.RedisHotTierWriter;
import io.dhara.stores.write.scylla.InteractionTables;
import io.dhara.stores.write.scylla.InteractionTablesConfig;
import io.dhara.stores.write.scylla.ScyllaColdTierWriter;
import io.dhara.testkit.InMemoryFeatureStoreReader;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** A whole server over a real Redis and a real Cassandra, and the writers of both tiers beside. */
final class TierBed implements AutoCloseable {
    private static final Duration SCHEMA_TIMEOUT = Duration.ofSeconds(60);
    private static final AtomicLong USERS = new AtomicLong();
    private static final AtomicLong MICROS = new AtomicLong(System.currentTimeMillis() * 1_000);

    final InteractionTypes types;
    final InteractionType click;
    final EmbeddedRedis redis;
    final EmbeddedCassandra cassandra = SharedServers.cassandra();
    final ScyllaConfig scylla;
    final ServingServer server;
    final ManagedChannel channel;
    final AtomicReference<Metadata> trailers = new AtomicReference<>(new Metadata());
    private final Clock clock;
    private final SchemaRegistry registry =
            FileSchemaRegistry.open(ServingHarness.SCHEMAS, Duration.ofHours(1));

    /**
     * @param dir of the Redis
     * @param given settings beside the needed ones
     */
    TierBed(Path dir, Clock clock, Map<String, String> given)
            throws IOException, InterruptedException {
        this.clock = clock;
        redis = EmbeddedRedis.start(dir);
        scylla =
                ScyllaConfig.of(
                        List.of(new Endpoint("127.0.0.1", cassandra.port())),
                        EmbeddedCassandra.DATACENTER,
                        "it_" + UUID.randomUUID().toString().replace("-", "_"));
        Map<String, String> all = new HashMap<>();
        String invalidations = "invalidations-" + UUID.randomUUID();
        SharedServers.kafka().createTopic(invalidations, 1);
        all.put("kafka.bootstrap-servers", SharedServers.kafka().bootstrapServers());
        all.put("kafka.topics.invalidations", invalidations);
        all.put("registry.folder", ServingHarness.SCHEMAS.toString());
        all.put("serving.host", "127.0.0.1");
        all.put("serving.port", "0");
        // A first call loads classes, and what came with it must not be refused for having waited.
        all.put("serving.admission.max-wait", "0 s");
        all.put("serving.admin-port", "0");
        all.put("serving.auth", "none");
        all.put("serving.default-deadline", "10 s");
        all.put("stores.redis.2.hosts", "127.0.0.1:" + redis.port());
        all.put("stores.scylla.1.contact-points", "127.0.0.1:" + cassandra.port());
        all.put("stores.scylla.1.datacenter", EmbeddedCassandra.DATACENTER);
        all.put("stores.scylla.1.keyspace", scylla.keyspace());
        all.put("interactions.hot.store", "2");
        all.put("interactions.cold.store", "1");
        all.putAll(given);
        ServingConfig config = ServingConfig.from(Settings.parse(all));
        types = config.interactions().types();
        click = types.byName("CLICK").orElseThrow();
        InteractionTablesConfig three = InteractionTablesConfig.of(EmbeddedCassandra.DATACENTER);
        new InteractionTables(
                        scylla,
                        new InteractionTablesConfig(
                                Map.of(EmbeddedCassandra.DATACENTER, 1),
                                three.compaction(),
                                three.gcGrace()),
                        types,
                        WeekSlots.ISO_WEEK)
                .create(SCHEMA_TIMEOUT);
        server = ServingServer.start(config, registry, new InMemoryFeatureStoreReader(), clock);
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().build();
    }

    HotTierWriter hotWriter(int part, int parts) {
        return RedisHotTierWriter.open(
                RedisConfig.standalone(new Endpoint("127.0.0.1", redis.port())),
                HotTierConfig.defaults(),
                types,
                part,
                parts);
    }

    ColdTierWriter coldWriter() {
        return ScyllaColdTierWriter.open(
                scylla, ColdTierConfig.from(Settings.parse(Map.of())), types, clock);
    }

    /** A user nobody else has. */
    static String user() {
        return "u" + USERS.incrementAndGet();
    }

    /** An epoch or a write time newer than all before. */
    static long nextMicros() {
        return MICROS.incrementAndGet();
    }

    Interaction click(String user, long product, long ageMillis) {
        return new Interaction(
                user, "CLICK", product, 7, clock.millis() - ageMillis, "", "m" + product);
    }

    static Added add(HotTierWriter writer, String user, long epoch, Interaction... interactions) {
        return await(
                        writer.add(
                                List.of(
                                        new HotAdd(
                                                user, epoch, false, Arrays.asList(interactions)))))
                .get(0);
    }

    static void flush(ColdTierWriter writer, String user, List<Interaction> interactions) {
        await(await(writer.prepare(user, interactions)).write(nextMicros()));
    }

    static <T> T await(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
    }

    InteractionsBlockingStub own() {
        return InteractionsGrpc.newBlockingStub(channel);
    }

    InteractionStoreTimeSeriesServiceBlockingStub peer() {
        Metadata headers = new Metadata();
        headers.put(
                Metadata.Key.of("interaction-store-caller-id", Metadata.ASCII_STRING_MARSHALLER),
                "test");
        return InteractionStoreTimeSeriesServiceGrpc.newBlockingStub(channel)
                .withInterceptors(
                        MetadataUtils.newAttachHeadersInterceptor(headers),
                        MetadataUtils.newCaptureMetadataInterceptor(
                                new AtomicReference<>(), trailers));
    }

    InteractionsResponse last(String user, int k, String... names) {
        return own().withDeadlineAfter(10, TimeUnit.SECONDS)
                .getLast(
                        GetLastRequest.newBuilder()
                                .setUserId(user)
                                .addAllTypes(List.of(names))
                                .setK(k)
                                .build());
    }

    String trailer(String name) {
        return trailers.get().get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
    }

    /** The process stays and its connections too, but nothing is answered: as a hanging machine. */
    static void hang(ForkedServer store) throws IOException, InterruptedException {
        signal(store, "-STOP");
    }

    static void goOn(ForkedServer store) throws IOException, InterruptedException {
        signal(store, "-CONT");
    }

    private static void signal(ForkedServer store, String signal)
            throws IOException, InterruptedException {
        int code =
                new ProcessBuilder("kill", signal, Long.toString(store.pid()))
                        .inheritIO()
                        .start()
                        .waitFor();
        if (code != 0) {
            throw new IOException("kill " + signal + " ended with " + code);
        }
    }

    @Override
    public void close() throws InterruptedException {
        channel.shutdownNow();
        channel.awaitTermination(5, TimeUnit.SECONDS);
        server.close();
        registry.close();
        redis.close();
    }
}
