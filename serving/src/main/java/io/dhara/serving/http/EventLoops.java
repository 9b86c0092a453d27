package io.dhara.serving.http;

import static java.util.Objects.requireNonNull;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The threads that read and write sockets: native epoll where its library is found, NIO elsewhere.
 *
 * @param acceptor takes connections; one thread
 * @param workers serve them
 * @param channelType the listening socket's type that fits both
 */
public record EventLoops(
        EventLoopGroup acceptor, EventLoopGroup workers, Class<? extends ServerChannel> channelType)
        implements AutoCloseable {
    private static final int STOP_SECONDS = 5;

    public EventLoops {
        requireNonNull(acceptor, "acceptor is null");
        requireNonNull(workers, "workers is null");
        requireNonNull(channelType, "channelType is null");
    }

    /**
     * @param threads worker threads; 0 for one per processor
     */
    public static EventLoops start(int threads) {
        boolean epoll = Epoll.isAvailable();
        IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        int workers = threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
        return new EventLoops(
                new MultiThreadIoEventLoopGroup(
                        1, new DefaultThreadFactory("dhara-accept", true), io),
                new MultiThreadIoEventLoopGroup(
                        workers, new DefaultThreadFactory("dhara-io", true), io),
                epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class);
    }

    /** The worker that this is called on; null on any other thread. */
    public @Nullable EventExecutor current() {
        for (EventExecutor worker : workers) {
            if (worker.inEventLoop()) {
                return worker;
            }
        }
        return null;
    }

    /** Ends the threads and waits for them for some seconds. */
    @Override
    public void close() {
        acceptor.shutdownGracefully(0, STOP_SECONDS, TimeUnit.SECONDS);
        workers.shutdownGracefully(0, STOP_SECONDS, TimeUnit.SECONDS);
        acceptor.terminationFuture().awaitUninterruptibly(STOP_SECONDS, TimeUnit.SECONDS);
        workers.terminationFuture().awaitUninterruptibly(STOP_SECONDS, TimeUnit.SECONDS);
    }
}
