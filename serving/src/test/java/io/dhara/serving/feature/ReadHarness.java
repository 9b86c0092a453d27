package io.dhara.serving.feature;

import io.dhara.core.model.EntityKey;
import io.dhara.core.psdb.PsdbEncoder;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.proto.retrieve.FeatureGroup;
import io.dhara.proto.retrieve.FeatureServiceGrpc;
import io.dhara.proto.retrieve.Keys;
import io.dhara.proto.retrieve.Query;
import io.dhara.proto.v1.FeaturesGrpc;
import io.dhara.serving.grpc.CallerContext;
import io.dhara.testkit.InMemoryFeatureStoreReader;
import io.dhara.testkit.ManualClock;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.MetadataUtils;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** The read path behind an in-process gRPC server, over in-memory parts. */
final class ReadHarness implements AutoCloseable {
    static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

    final ManualClock clock = new ManualClock(START);
    final InMemoryFeatureStoreReader stores = new InMemoryFeatureStoreReader();
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final AtomicBoolean current = new AtomicBoolean(true);
    final AtomicReference<Metadata> trailers = new AtomicReference<>();
    final FixedSchemaRegistry registry;
    final FeatureReadServices services;
    volatile boolean bypass;
    volatile Duration timeout = Duration.ofSeconds(10);

    private final Server server;
    private final ManagedChannel channel;

    ReadHarness(SchemaSnapshot snapshot) {
        this(snapshot, FeatureReadSettings.DEFAULTS);
    }

    ReadHarness(SchemaSnapshot snapshot, FeatureReadSettings settings) {
        registry = new FixedSchemaRegistry(snapshot);
        services =
                new FeatureReadServices(
                        registry,
                        stores,
                        settings,
                        DistributedCacheSettings.of(Map.of()),
                        clock,
                        meters,
                        current::get);
        String name = InProcessServerBuilder.generateName();
        InProcessServerBuilder builder =
                InProcessServerBuilder.forName(name).directExecutor().intercept(new Caller());
        services.services().forEach(builder::addService);
        try {
            server = builder.build().start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        channel =
                InProcessChannelBuilder.forName(name)
                        .directExecutor()
                        .intercept(
                                MetadataUtils.newCaptureMetadataInterceptor(
                                        new AtomicReference<>(), trailers))
                        .build();
    }

    /** Does what the server's interceptors do: gives a context and sends its trailers. */
    private final class Caller implements ServerInterceptor {
        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
            CallerContext caller = new CallerContext("test", clock.instant().plus(timeout), bypass);
            ServerCall<Q, R> withTrailers =
                    new SimpleForwardingServerCall<>(call) {
                        @Override
                        public void close(Status status, Metadata given) {
                            given.merge(caller.trailers());
                            super.close(status, given);
                        }
                    };
            return Contexts.interceptCall(
                    caller.attachTo(Context.current()), withTrailers, headers, next);
        }
    }

    FeatureServiceGrpc.FeatureServiceBlockingStub compatible() {
        return FeatureServiceGrpc.newBlockingStub(channel);
    }

    FeaturesGrpc.FeaturesBlockingStub dhara() {
        return FeaturesGrpc.newBlockingStub(channel);
    }

    ManagedChannel channel() {
        return channel;
    }

    String degraded() {
        return trailers.get().get(Degradation.TRAILER);
    }

    SchemaSnapshot snapshot() {
        return registry.current();
    }

    /** Stores a block of the active version that never ends by its header. */
    void put(String group, EntityKey key, long writeMicros, Consumer<PsdbEncoder> values) {
        put(group, key, writeMicros, 0, values);
    }

    void put(
            String group,
            EntityKey key,
            long writeMicros,
            long expirySeconds,
            Consumer<PsdbEncoder> values) {
        var schema = snapshot().entity("user").group(group);
        stores.put(
                schema.storeId(),
                key,
                group,
                TestSchemas.block(
                        snapshot(), group, schema.activeVersion(), expirySeconds, true, values),
                writeMicros);
    }

    static Query query(List<String> keysSchema, List<FeatureGroup> groups, Keys... keys) {
        return Query.newBuilder()
                .setEntityLabel("user")
                .addAllFeatureGroups(groups)
                .addAllKeysSchema(keysSchema)
                .addAllKeys(List.of(keys))
                .build();
    }

    /** Groups of entity {@code user} for keys of column {@code user_id}. */
    static Query users(List<FeatureGroup> groups, String... userIds) {
        Keys[] keys = new Keys[userIds.length];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = keys(userIds[i]);
        }
        return query(List.of("user_id"), groups, keys);
    }

    static Keys keys(String... values) {
        return Keys.newBuilder().addAllCols(List.of(values)).build();
    }

    static FeatureGroup group(String label, String... features) {
        return FeatureGroup.newBuilder()
                .setLabel(label)
                .addAllFeatureLabels(List.of(features))
                .build();
    }

    @Override
    public void close() {
        channel.shutdownNow();
        server.shutdownNow();
        services.close();
    }
}
