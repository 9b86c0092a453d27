package io.dhara.serving.grpc;

import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.ServerInterceptor;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.io.IOException;
import java.util.List;

/**
 * The services once more, for calls that reach this process over HTTP: they pass the same
 * interceptors as gRPC calls and run on the thread that makes them.
 */
public final class LocalCalls implements AutoCloseable {
    private final Server server;
    private final ManagedChannel channel;

    private LocalCalls(Server server, ManagedChannel channel) {
        this.server = server;
        this.channel = channel;
    }

    /**
     * @param innermostFirst interceptors
     */
    public static LocalCalls open(
            List<OfferedService> services, List<ServerInterceptor> innermostFirst)
            throws IOException {
        String name = InProcessServerBuilder.generateName();
        InProcessServerBuilder builder = InProcessServerBuilder.forName(name).directExecutor();
        services.forEach(service -> builder.addService(service.definition()));
        innermostFirst.forEach(builder::intercept);
        Server server = builder.build().start();
        return new LocalCalls(
                server, InProcessChannelBuilder.forName(name).directExecutor().build());
    }

    public Channel channel() {
        return channel;
    }

    /** Cuts off everything. */
    @Override
    public void close() {
        channel.shutdownNow();
        server.shutdownNow();
    }
}
