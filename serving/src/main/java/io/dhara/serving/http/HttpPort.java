package io.dhara.serving.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;

/** A port of its own for HTTP/1, for what should not be reachable on the callers' port. */
public final class HttpPort implements AutoCloseable {
    private final Channel listener;
    private final ChannelGroup connections;

    private HttpPort(Channel listener, ChannelGroup connections) {
        this.listener = listener;
        this.connections = connections;
    }

    /**
     * @param address port 0 takes a free one
     * @throws IOException if the address cannot be bound
     */
    public static HttpPort open(InetSocketAddress address, EventLoops loops, HttpRoutes routes)
            throws IOException {
        ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
        ChannelFuture bound =
                new ServerBootstrap()
                        .group(loops.acceptor(), loops.workers())
                        .channel(loops.channelType())
                        .childHandler(
                                new ChannelInitializer<>() {
                                    @Override
                                    protected void initChannel(Channel channel) {
                                        connections.add(channel);
                                        HttpHandler.addTo(channel.pipeline(), routes);
                                    }
                                })
                        .bind(address)
                        .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException("cannot listen on " + address, bound.cause());
        }
        return new HttpPort(bound.channel(), connections);
    }

    /** Makes a connection speak HTTP/1 whose first bytes have been read elsewhere. */
    public static void serve(ChannelPipeline pipeline, HttpRoutes routes) {
        HttpHandler.addTo(pipeline, routes);
    }

    public int port() {
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    @Override
    public void close() {
        listener.close().awaitUninterruptibly();
        connections.close().awaitUninterruptibly();
    }
}
