package io.dhara.serving.grpc;

import static java.util.Objects.requireNonNull;

import io.dhara.core.registry.SchemaRegistry;
import io.dhara.serving.http.EventLoops;
import io.dhara.serving.http.HttpRoutes;
import io.dhara.serving.invalidation.TopicPositions;
import io.grpc.Server;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.ChannelzService;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The callers' port: gRPC services behind the interceptors, and HTTP/1 on the same socket. */
public final class GrpcPort implements AutoCloseable {
    private static final int ACCEPT_BACKLOG = 1024;
    private static final int CHANNELZ_PAGE = 100;

    private final Server server;
    private final HealthStatusManager health;
    private final @Nullable ExecutorService callThreads;

    private GrpcPort(
            Server server, HealthStatusManager health, @Nullable ExecutorService callThreads) {
        this.server = server;
        this.health = health;
        this.callThreads = callThreads;
    }

    /**
     * What the port is built from.
     *
     * @param reads services that readers may call
     * @param persists services that need the right to persist
     * @param registry where tokens are looked up, at every call
     * @param reached whether caches have been told of everything up to these positions
     */
    public record Parts(
            List<ServerServiceDefinition> reads,
            List<ServerServiceDefinition> persists,
            HttpRoutes routes,
            SchemaRegistry registry,
            Predicate<TopicPositions> reached,
            Clock clock,
            MeterRegistry meters) {
        public Parts {
            reads = List.copyOf(reads);
            persists = List.copyOf(persists);
            requireNonNull(routes, "routes is null");
            requireNonNull(registry, "registry is null");
            requireNonNull(reached, "reached is null");
            requireNonNull(clock, "clock is null");
            requireNonNull(meters, "meters is null");
        }
    }

    /**
     * Listens and answers; {@code grpc.health.v1} says SERVING from now on.
     *
     * @throws IOException if the address cannot be bound or the TLS files cannot be read
     */
    public static GrpcPort open(GrpcSettings settings, Parts parts, EventLoops loops)
            throws IOException {
        GrpcSettings.Tls files = settings.tls();
        SslContext tls = files == null ? null : ServerTls.of(files);
        NettyServerBuilder builder =
                NettyServerBuilder.forAddress(settings.address())
                        .bossEventLoopGroup(loops.acceptor())
                        .workerEventLoopGroup(loops.workers())
                        .channelType(loops.channelType())
                        .withOption(ChannelOption.SO_BACKLOG, ACCEPT_BACKLOG)
                        .protocolNegotiator(
                                new PortNegotiator(
                                        parts.routes(), tls, settings.negotiationTimeout()))
                        .maxInboundMessageSize(settings.maxRequestBytes())
                        .maxConnectionAge(
                                settings.maxConnectionAge().toMillis(), TimeUnit.MILLISECONDS)
                        .permitKeepAliveWithoutCalls(true)
                        .permitKeepAliveTime(10, TimeUnit.SECONDS);
        ExecutorService callThreads = null;
        if (settings.callThreads() == 0) {
            builder.directExecutor();
        } else {
            callThreads =
                    Executors.newFixedThreadPool(
                            settings.callThreads(), new DefaultThreadFactory("dhara-calls", true));
            builder.executor(callThreads);
        }
        HealthStatusManager health = new HealthStatusManager();
        builder.addService(health.getHealthService());
        parts.reads().forEach(builder::addService);
        parts.persists().forEach(builder::addService);
        if (settings.reflection()) {
            builder.addService(ProtoReflectionServiceV1.newInstance());
        }
        if (settings.channelz()) {
            builder.addService(ChannelzService.newInstance(CHANNELZ_PAGE));
        }
        // gRPC calls the interceptor added last first.
        interceptors(settings, parts).forEach(builder::intercept);
        GrpcPort port = new GrpcPort(builder.build(), health, callThreads);
        try {
            port.server.start();
        } catch (IOException e) {
            port.close();
            throw e;
        }
        port.saysServing(parts);
        return port;
    }

    private static List<ServerInterceptor> interceptors(GrpcSettings settings, Parts parts) {
        CallerTokens readers = new CallerTokens(() -> parts.registry().current().readerTokens());
        CallerTokens writers = new CallerTokens(() -> parts.registry().current().writerTokens());
        boolean readersPersist = settings.persistCallers() == GrpcSettings.PersistCallers.READERS;
        InFlightInterceptor inFlight = new InFlightInterceptor(settings.maxCalls());
        Gauge.builder("dhara.serving.calls.in.flight", inFlight, InFlightInterceptor::inFlight)
                .register(parts.meters());
        Set<String> persistNames = new HashSet<>();
        for (ServerServiceDefinition service : parts.persists()) {
            persistNames.add(service.getServiceDescriptor().getName());
        }
        Set<String> open = new HashSet<>(Set.of(HealthGrpc.SERVICE_NAME));
        if (!settings.reflectionAuth()) {
            open.add(ServerReflectionGrpc.SERVICE_NAME);
        }
        List<ServerInterceptor> innermostFirst = new ArrayList<>();
        innermostFirst.add(new FailureInterceptor());
        innermostFirst.add(
                new CallContextInterceptor(settings.deadlines(), parts.reached(), parts.clock()));
        innermostFirst.add(inFlight);
        if (settings.auth() == GrpcSettings.Auth.REGISTRY) {
            innermostFirst.add(
                    new AuthInterceptor(
                            readers, readersPersist ? readers : writers, persistNames, open));
        }
        innermostFirst.add(
                new MetricsInterceptor(
                        parts.meters(), id -> readers.isKnown(id) || writers.isKnown(id)));
        return innermostFirst;
    }

    private void saysServing(Parts parts) {
        health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, ServingStatus.SERVING);
        List<ServerServiceDefinition> services = new ArrayList<>(parts.reads());
        services.addAll(parts.persists());
        for (ServerServiceDefinition service : services) {
            health.setStatus(service.getServiceDescriptor().getName(), ServingStatus.SERVING);
        }
    }

    /** The port listened on. */
    public int port() {
        return server.getPort();
    }

    /** Health says NOT_SERVING from now on; calls are still answered. */
    public void startDraining() {
        health.enterTerminalState();
    }

    /**
     * Takes no more calls, lets those on their way finish, and cuts off what is left.
     *
     * @return whether all finished in time
     */
    public boolean stop(Duration patience) throws InterruptedException {
        server.shutdown();
        return server.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Cuts off everything. */
    @Override
    public void close() {
        server.shutdownNow();
        if (callThreads != null) {
            callThreads.shutdownNow();
        }
    }
}
