package io.dhara.serving.http;

import static io.netty.handler.codec.http.HttpResponseStatus.INTERNAL_SERVER_ERROR;
import static io.netty.handler.codec.http.HttpResponseStatus.METHOD_NOT_ALLOWED;
import static io.netty.handler.codec.http.HttpResponseStatus.NOT_FOUND;
import static io.netty.handler.codec.http.HttpResponseStatus.SERVICE_UNAVAILABLE;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerKeepAliveHandler;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.timeout.ReadTimeoutException;
import io.netty.handler.timeout.ReadTimeoutHandler;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers GET and HEAD of the {@link HttpRoutes} on one connection. */
final class HttpHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final Logger LOG = LoggerFactory.getLogger(HttpHandler.class);

    /** No route takes a body; this only bounds what a stranger may send. */
    private static final int MAX_REQUEST_BYTES = 8 << 10;

    private static final int IDLE_SECONDS = 120;

    private final HttpRoutes routes;

    private HttpHandler(HttpRoutes routes) {
        this.routes = routes;
    }

    /** Adds what speaks HTTP/1 to the end of a pipeline that holds no codec yet. */
    static void addTo(ChannelPipeline pipeline, HttpRoutes routes) {
        pipeline.addLast(
                new ReadTimeoutHandler(IDLE_SECONDS, TimeUnit.SECONDS),
                new HttpServerCodec(),
                new HttpServerKeepAliveHandler(),
                new HttpObjectAggregator(MAX_REQUEST_BYTES),
                new HttpHandler(routes));
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
        boolean head = request.method().equals(HttpMethod.HEAD);
        if (!head && !request.method().equals(HttpMethod.GET)) {
            send(ctx, HttpAnswer.text(METHOD_NOT_ALLOWED, "only GET and HEAD\n"), head);
            return;
        }
        String path = new QueryStringDecoder(request.uri()).path();
        HttpRoutes.Served served = routes.at(path);
        if (served == null) {
            send(ctx, HttpAnswer.text(NOT_FOUND, "nothing at " + path + "\n"), head);
            return;
        }
        try {
            served.executor().execute(() -> send(ctx, answer(path, served.route()), head));
        } catch (RejectedExecutionException e) {
            send(ctx, HttpAnswer.text(SERVICE_UNAVAILABLE, "busy or stopping\n"), head);
        }
    }

    private static HttpAnswer answer(String path, HttpRoutes.Route route) {
        try {
            return route.answer();
        } catch (RuntimeException e) {
            LOG.error("no answer for GET {}", path, e);
            return HttpAnswer.text(INTERNAL_SERVER_ERROR, "see the server's log\n");
        }
    }

    private static void send(ChannelHandlerContext ctx, HttpAnswer answer, boolean head) {
        ByteBuf body = ByteBufUtil.writeUtf8(ctx.alloc(), answer.body());
        int length = body.readableBytes();
        if (head) {
            body.release();
            body = Unpooled.EMPTY_BUFFER;
        }
        FullHttpResponse response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, answer.status(), body);
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, answer.contentType())
                .setInt(HttpHeaderNames.CONTENT_LENGTH, length);
        ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof ReadTimeoutException)) {
            LOG.debug("closing the HTTP connection of {}", ctx.channel().remoteAddress(), cause);
        }
        ctx.close();
    }
}
