package io.dhara.serving.grpc;

import io.dhara.serving.admission.Admission;
import io.dhara.serving.http.EventLoops;
import io.dhara.serving.http.HttpRoutes;
import io.grpc.Server;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.ChannelzService;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
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
     * Listens and answers; {@code grpc.health.v1} says SERVING from now on.
     *
     * @param routes of HTTP/1 on the same socket
     * @throws IOException if the address cannot be bound or the TLS files cannot be read
     */
    public static GrpcPort open(
            GrpcSettings settings, CallChain chain, HttpRoutes routes, EventLoops loops)
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
                                        routes,
                                        tls,
                                        settings.negotiationTimeout(),
                                        settings.maxConnections(),
                                        chain.admission()))
                        .maxInboundMessageSize(settings.maxRequestBytes())
                        .maxConnectionAge(
                                settings.maxConnectionAge().toMillis(), TimeUnit.MILLISECONDS)
                        .maxConnectionAgeGrace(
                                settings.maxConnectionGrace().toMillis(), TimeUnit.MILLISECONDS)
                        .permitKeepAliveWithoutCalls(true)
                        .permitKeepAliveTime(10, TimeUnit.SECONDS);
        ExecutorService callThreads = null;
        if (settings.callThreads() == 0) {
            builder.directExecutor();
        } else {
            callThreads =
                    Executors.newFixedThreadPool(
                            settings.callThreads(), new DefaultThreadFactory("dhara-calls", true));
            builder.executor(callThreads).addStreamTracerFactory(Admission.arrivals());
        }
        HealthStatusManager health = new HealthStatusManager();
        builder.addService(health.getHealthService());
        chain.services().forEach(service -> builder.addService(service.definition()));
        if (settings.reflection()) {
            builder.addService(ProtoReflectionServiceV1.newInstance());
        }
        if (settings.channelz()) {
            builder.addService(ChannelzService.newInstance(CHANNELZ_PAGE));
        }
        chain.forCallers().forEach(builder::intercept);
        GrpcPort port = new GrpcPort(builder.build(), health, callThreads);
        try {
            port.server.start();
        } catch (IOException e) {
            port.close();
            throw e;
        }
        port.saysServing(chain.services());
        return port;
    }

    private void saysServing(List<OfferedService> services) {
        health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, ServingStatus.SERVING);
        for (OfferedService service : services) {
            health.setStatus(service.name(), ServingStatus.SERVING);
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
