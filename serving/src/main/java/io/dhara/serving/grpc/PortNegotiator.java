package io.dhara.serving.grpc;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Objects.requireNonNull;

import io.dhara.serving.admission.Admission;
import io.dhara.serving.http.HttpPort;
import io.dhara.serving.http.HttpRoutes;
import io.grpc.Attributes;
import io.grpc.ChannelLogger;
import io.grpc.Grpc;
import io.grpc.InternalChannelz;
import io.grpc.SecurityLevel;
import io.grpc.internal.GrpcAttributes;
import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.InternalProtocolNegotiationEvent;
import io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.InternalProtocolNegotiators;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerAdapter;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Decides per connection what is spoken on the one port: HTTP/2 with prior knowledge goes to gRPC,
 * everything else to HTTP/1. With TLS the same is done inside it, whatever ALPN agreed on.
 *
 * <p>gRPC's own negotiators are used for all but the decision. Steps, each replaced by the next in
 * the connection's pipeline: wait until active, TLS handshake if configured, {@link FirstBytes},
 * gRPC's handler. gRPC counts HTTP/1 connections as its own, so a stopping server closes them.
 */
final class PortNegotiator implements InternalProtocolNegotiator.ProtocolNegotiator {
    /** How every HTTP/2 connection begins (RFC 9113, 3.4), as far as HTTP/1 never begins. */
    private static final byte[] HTTP2_START = "PRI * HTTP/2.0".getBytes(US_ASCII);

    private static final AsciiString HTTP = AsciiString.of("http");
    private static final AsciiString HTTPS = AsciiString.of("https");

    private final HttpRoutes routes;
    private final @Nullable SslContext tls;
    private final Duration patience;
    private final int maxConnections;
    private final Admission admission;
    private final AtomicInteger connections = new AtomicInteger();

    /**
     * @param tls null for clear text
     * @param patience a connection that has not said by then what it speaks is closed
     * @param maxConnections more are closed as soon as they are made
     * @param admission refuses calls before gRPC hears of them
     */
    PortNegotiator(
            HttpRoutes routes,
            @Nullable SslContext tls,
            Duration patience,
            int maxConnections,
            Admission admission) {
        this.routes = requireNonNull(routes, "routes is null");
        this.tls = tls;
        this.patience = requireNonNull(patience, "patience is null");
        this.maxConnections = maxConnections;
        this.admission = requireNonNull(admission, "admission is null");
    }

    @Override
    public AsciiString scheme() {
        return tls == null ? HTTP : HTTPS;
    }

    @Override
    public ChannelHandler newHandler(GrpcHttp2ConnectionHandler grpc) {
        EarlyRefusals.install(grpc, admission);
        ChannelLogger log = grpc.getNegotiationLogger();
        ChannelHandler toGrpc = InternalProtocolNegotiators.grpcNegotiationHandler(grpc);
        ChannelHandler decide = new FirstBytes(toGrpc, log, routes, patience);
        ChannelHandler first = tls == null ? decide : new Handshake(decide, log, tls, patience);
        return new Counted(InternalProtocolNegotiators.waitUntilActiveHandler(first, log));
    }

    @Override
    public void close() {}

    /**
     * Counts a connection from its first moment to its last, and closes it if it is one too many.
     */
    private final class Counted extends ChannelHandlerAdapter {
        private final ChannelHandler next;

        Counted(ChannelHandler next) {
            this.next = next;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext ctx) {
            boolean tooMany = connections.incrementAndGet() > maxConnections;
            ctx.channel().closeFuture().addListener(closed -> connections.decrementAndGet());
            ctx.pipeline().replace(this, null, next);
            if (tooMany) {
                ctx.channel().close();
            }
        }
    }

    /** Reads until the first bytes tell HTTP/2 from HTTP/1. */
    private static final class FirstBytes
            extends InternalProtocolNegotiators.ProtocolNegotiationHandler {
        private final HttpRoutes routes;
        private final Duration patience;
        private ByteBuf read = Unpooled.EMPTY_BUFFER;
        private @Nullable Future<?> impatience;
        private boolean decided;

        FirstBytes(ChannelHandler grpc, ChannelLogger log, HttpRoutes routes, Duration patience) {
            super(grpc, log);
            this.routes = routes;
            this.patience = patience;
        }

        @Override
        protected void protocolNegotiationEventTriggered(ChannelHandlerContext ctx) {
            impatience =
                    ctx.executor()
                            .schedule(
                                    () -> ctx.close(), patience.toMillis(), TimeUnit.MILLISECONDS);
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (decided) {
                ctx.fireChannelRead(message);
                return;
            }
            read = Unpooled.wrappedBuffer(read, (ByteBuf) message);
            int compared = Math.min(read.readableBytes(), HTTP2_START.length);
            for (int i = 0; i < compared; i++) {
                if (read.getByte(read.readerIndex() + i) != HTTP2_START[i]) {
                    becomeHttp1(ctx);
                    return;
                }
            }
            if (compared == HTTP2_START.length) {
                becomeGrpc(ctx);
            }
        }

        private void becomeGrpc(ChannelHandlerContext ctx) {
            ByteBuf bytes = decide();
            fireProtocolNegotiationEvent(ctx);
            ctx.fireChannelRead(bytes);
        }

        private void becomeHttp1(ChannelHandlerContext ctx) {
            ByteBuf bytes = decide();
            ChannelPipeline pipeline = ctx.pipeline();
            // What follows buffers writes until gRPC may write, which is never here.
            while (pipeline.last() != this) {
                pipeline.removeLast();
            }
            HttpPort.serve(pipeline, routes);
            ctx.fireChannelRead(bytes);
            pipeline.remove(this);
        }

        private ByteBuf decide() {
            decided = true;
            if (impatience != null) {
                impatience.cancel(false);
            }
            ByteBuf bytes = read;
            read = Unpooled.EMPTY_BUFFER;
            return bytes;
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) throws Exception {
            ReferenceCountUtil.release(decide());
            super.channelInactive(ctx);
        }
    }

    /** The server's side of TLS; ALPN may agree on h2 or http/1.1. */
    private static final class Handshake
            extends InternalProtocolNegotiators.ProtocolNegotiationHandler {
        private final SslContext tls;
        private final Duration patience;

        Handshake(ChannelHandler next, ChannelLogger log, SslContext tls, Duration patience) {
            super(next, log);
            this.tls = tls;
            this.patience = patience;
        }

        @Override
        protected void protocolNegotiationEventTriggered(ChannelHandlerContext ctx) {
            SslHandler handler = tls.newHandler(ctx.alloc());
            handler.setHandshakeTimeoutMillis(patience.toMillis());
            ctx.pipeline().addBefore(ctx.name(), null, handler);
        }

        @Override
        protected void userEventTriggered0(ChannelHandlerContext ctx, Object event)
                throws Exception {
            if (!(event instanceof SslHandshakeCompletionEvent handshake)) {
                super.userEventTriggered0(ctx, event);
            } else if (handshake.isSuccess()) {
                SSLSession session = ctx.pipeline().get(SslHandler.class).engine().getSession();
                addSession(session);
                fireProtocolNegotiationEvent(ctx);
            } else {
                ctx.close();
            }
        }

        private void addSession(SSLSession session) {
            var event = getProtocolNegotiationEvent();
            Attributes attributes =
                    InternalProtocolNegotiationEvent.getAttributes(event).toBuilder()
                            .set(
                                    GrpcAttributes.ATTR_SECURITY_LEVEL,
                                    SecurityLevel.PRIVACY_AND_INTEGRITY)
                            .set(Grpc.TRANSPORT_ATTR_SSL_SESSION, session)
                            .build();
            replaceProtocolNegotiationEvent(
                    InternalProtocolNegotiationEvent.withSecurity(
                            InternalProtocolNegotiationEvent.withAttributes(event, attributes),
                            new InternalChannelz.Security(new InternalChannelz.Tls(session))));
        }
    }
}
