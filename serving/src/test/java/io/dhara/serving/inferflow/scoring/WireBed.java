package io.dhara.serving.inferflow.scoring;

import io.dhara.graph.GraphPlan;
import io.dhara.graph.GraphRegistry;
import io.dhara.serving.grpc.CallerContext;
import io.dhara.serving.inferflow.GraphExecutor;
import io.dhara.serving.inferflow.InferflowSettings;
import io.dhara.serving.inferflow.NodeRunners;
import io.grpc.ClientInterceptor;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The peer's services over plans by hand, with a model server over a socket. */
final class WireBed implements AutoCloseable {
    final Map<String, GraphPlan> plans = new ConcurrentHashMap<>();
    final List<String> told = new CopyOnWriteArrayList<>();
    final ScriptedModelServer model;
    final ManagedChannel channel;
    Duration timeout = Duration.ofSeconds(20);

    private final Clock clock = Clock.tick(Clock.system(ZoneOffset.UTC), Duration.ofNanos(1));
    private final ScoringServices scoring;
    private final GraphExecutor executor;
    private final Server server;

    WireBed() throws IOException {
        model = new ScriptedModelServer();
        scoring = new ScoringServices(ScoringSettings.DEFAULTS, clock, new SimpleMeterRegistry());
        NodeRunners runners = scoring.runners((node, matrix, call) -> new CompletableFuture<>());
        executor =
                new GraphExecutor(
                        runners,
                        InferflowSettings.DEFAULTS,
                        clock,
                        (execution, trackingId, userId) ->
                                told.add(
                                        execution.matrix().rows()
                                                + " rows, "
                                                + trackingId
                                                + ", "
                                                + userId));
        String name = UUID.randomUUID().toString();
        InProcessServerBuilder builder = InProcessServerBuilder.forName(name);
        for (ServerServiceDefinition service :
                scoring.services(new Fixed(), executor, runners, () -> {})) {
            builder.addService(ServerInterceptors.intercept(service, new Caller()));
        }
        server = builder.build().start();
        channel = InProcessChannelBuilder.forName(name).build();
    }

    private final class Fixed implements GraphRegistry {
        @Override
        public @Nullable GraphPlan plan(String id) {
            return plans.get(id);
        }

        @Override
        public Map<String, GraphPlan> plans() {
            return plans;
        }

        @Override
        public Map<String, String> problems() {
            return Map.of("refused", "component x reads no column y");
        }

        @Override
        public void close() {}
    }

    private final class Caller implements ServerInterceptor {
        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
            Instant deadline = clock.instant().plus(timeout);
            CallerContext caller = new CallerContext("test", deadline, false);
            ServerCall<Q, R> withTrailers =
                    new SimpleForwardingServerCall<>(call) {
                        @Override
                        public void close(Status status, Metadata trailers) {
                            trailers.merge(caller.trailers());
                            super.close(status, trailers);
                        }
                    };
            return Contexts.interceptCall(
                    caller.attachTo(Context.current()), withTrailers, headers, next);
        }
    }

    /** Calls with bytes as they are on the wire. */
    String bytes(String method, String requestHex) {
        MethodDescriptor<byte[], byte[]> descriptor =
                MethodDescriptor.newBuilder(RAW, RAW)
                        .setFullMethodName(method)
                        .setType(MethodDescriptor.MethodType.UNARY)
                        .build();
        byte[] answer =
                ClientCalls.blockingUnaryCall(
                        channel,
                        descriptor,
                        io.grpc.CallOptions.DEFAULT,
                        HexFormat.of().parseHex(requestHex.replaceAll("\\s+", "")));
        return HexFormat.ofDelimiter(" ").formatHex(answer);
    }

    private static final MethodDescriptor.Marshaller<byte[]> RAW =
            new MethodDescriptor.Marshaller<>() {
                @Override
                public InputStream stream(byte[] value) {
                    return new ByteArrayInputStream(value);
                }

                @Override
                public byte[] parse(InputStream stream) {
                    try {
                        return stream.readAllBytes();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }
            };

    static ClientInterceptor header(String name, String value) {
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value);
        return MetadataUtils.newAttachHeadersInterceptor(headers);
    }

    static ClientInterceptor trailers(AtomicReference<Metadata> into) {
        return MetadataUtils.newCaptureMetadataInterceptor(new AtomicReference<>(), into);
    }

    @Override
    public void close() {
        channel.shutdownNow();
        server.shutdownNow();
        executor.close();
        scoring.close();
        model.close();
    }
}
