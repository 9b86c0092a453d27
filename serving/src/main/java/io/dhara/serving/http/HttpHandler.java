package io.dhara.serving.http;

import static io.netty.handler.codec.http.HttpResponseStatus.BAD_REQUEST;
import static java.nio.charset.StandardCharsets.UTF_8;

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
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the {@link HttpRoutes} on one connection, one request after the other: what a client
 * sends before its answer has come waits, and nothing more is read meanwhile.
 */
final class HttpHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final Logger LOG = LoggerFactory.getLogger(HttpHandler.class);
    private static final int IDLE_SECONDS = 120;

    private final HttpRoutes routes;

    /** Requests that came in one piece with the one being answered. */
    private final Deque<FullHttpRequest> waiting = new ArrayDeque<>();

    private boolean answering;

    private HttpHandler(HttpRoutes routes) {
        this.routes = routes;
    }

    /** Adds what speaks HTTP/1 to the end of a pipeline that holds no codec yet. */
    static void addTo(ChannelPipeline pipeline, HttpRoutes routes) {
        pipeline.addLast(
                new ReadTimeoutHandler(IDLE_SECONDS, TimeUnit.SECONDS),
                new HttpServerCodec(),
                new HttpServerKeepAliveHandler(),
                new HttpObjectAggregator(routes.maxBodyBytes()),
                new HttpHandler(routes));
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
        if (answering) {
            waiting.add(request.retain());
        } else {
            answering = true;
            begin(ctx, request);
        }
    }

    private void beginWaiting(ChannelHandlerContext ctx, FullHttpRequest request) {
        try {
            begin(ctx, request);
        } finally {
            request.release();
        }
    }

    private void begin(ChannelHandlerContext ctx, FullHttpRequest request) {
        boolean head = request.method().equals(HttpMethod.HEAD);
        CompletableFuture<HttpAnswer> answer = answer(request).toCompletableFuture();
        if (!answer.isDone()) {
            ctx.channel().config().setAutoRead(false);
        }
        answer.thenAccept(
                done -> {
                    if (ctx.executor().inEventLoop()) {
                        end(ctx, done, head);
                    } else {
                        ctx.executor().execute(() -> end(ctx, done, head));
                    }
                });
    }

    private CompletionStage<HttpAnswer> answer(FullHttpRequest request) {
        try {
            if (request.decoderResult().isFailure()) {
                throw new IllegalArgumentException("no HTTP/1 request");
            }
            QueryStringDecoder uri = new QueryStringDecoder(request.uri());
            return routes.answer(
                    request.method(),
                    uri.rawPath(),
                    variables ->
                            new HttpCall(
                                    variables,
                                    uri.parameters(),
                                    headers(request),
                                    request.content().toString(UTF_8)));
        } catch (IllegalArgumentException e) {
            return CompletableFuture.completedFuture(
                    HttpAnswer.text(BAD_REQUEST, e.getMessage() + "\n"));
        }
    }

    private static Map<String, String> headers(FullHttpRequest request) {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        request.headers()
                .forEach(header -> headers.putIfAbsent(header.getKey(), header.getValue()));
        return headers;
    }

    private void end(ChannelHandlerContext ctx, HttpAnswer answer, boolean head) {
        send(ctx, answer, head);
        FullHttpRequest next = waiting.poll();
        if (next == null) {
            answering = false;
            ctx.channel().config().setAutoRead(true);
        } else {
            // Not from here: a thousand answers must not be a thousand calls deep.
            ctx.executor().execute(() -> beginWaiting(ctx, next));
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
        answer.headers().forEach((name, value) -> response.headers().set(name, value));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, answer.contentType())
                .setInt(HttpHeaderNames.CONTENT_LENGTH, length);
        ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        waiting.forEach(FullHttpRequest::release);
        waiting.clear();
        super.channelInactive(ctx);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof ReadTimeoutException)) {
            LOG.debug("closing the HTTP connection of {}", ctx.channel().remoteAddress(), cause);
        }
        ctx.close();
    }
}
