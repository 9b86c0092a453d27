package io.dhara.serving.grpc;

import io.dhara.serving.admission.Admission;
import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.codec.http2.ReadOnlyHttp2Headers;
import io.netty.util.AsciiString;
import java.util.List;

/**
 * Refuses calls of one connection while there is more work than processor time, when all that has
 * been read of them are their headers: gRPC never hears of them. What the answer costs is what is
 * left for other answers. One thread: the connection's event loop.
 */
final class EarlyRefusals extends Http2FrameListenerDecorator {
    /** A caller that leaves more refused calls open than this has them reset. */
    private static final int MOST_OPEN = 1_000;

    private final GrpcHttp2ConnectionHandler grpc;
    private final Http2Connection.PropertyKey refused;
    private final Admission admission;
    private final Http2Headers answer;
    private int open;

    private EarlyRefusals(
            GrpcHttp2ConnectionHandler grpc, Http2FrameListener next, Admission admission) {
        super(next);
        this.grpc = grpc;
        this.refused = grpc.connection().newKey();
        this.admission = admission;
        List<String> trailers = admission.queuedTrailers();
        AsciiString[] all = new AsciiString[trailers.size() + 2];
        all[0] = AsciiString.cached("content-type");
        all[1] = AsciiString.cached("application/grpc");
        for (int i = 0; i < trailers.size(); i++) {
            all[i + 2] = AsciiString.cached(trailers.get(i));
        }
        this.answer = ReadOnlyHttp2Headers.serverHeaders(true, AsciiString.cached("200"), all);
    }

    /** Stands before gRPC on a connection that is being made. */
    static void install(GrpcHttp2ConnectionHandler grpc, Admission admission) {
        Http2FrameListener next = grpc.decoder().frameListener();
        grpc.decoder().frameListener(new EarlyRefusals(grpc, next, admission));
    }

    @Override
    public void onHeadersRead(
            ChannelHandlerContext ctx,
            int streamId,
            Http2Headers headers,
            int padding,
            boolean endOfStream)
            throws Http2Exception {
        if (!refuses(ctx, streamId, headers, endOfStream)) {
            super.onHeadersRead(ctx, streamId, headers, padding, endOfStream);
        }
    }

    @Override
    public void onHeadersRead(
            ChannelHandlerContext ctx,
            int streamId,
            Http2Headers headers,
            int streamDependency,
            short weight,
            boolean exclusive,
            int padding,
            boolean endOfStream)
            throws Http2Exception {
        if (!refuses(ctx, streamId, headers, endOfStream)) {
            super.onHeadersRead(
                    ctx,
                    streamId,
                    headers,
                    streamDependency,
                    weight,
                    exclusive,
                    padding,
                    endOfStream);
        }
    }

    private boolean refuses(
            ChannelHandlerContext ctx, int streamId, Http2Headers headers, boolean endOfStream) {
        CharSequence path = headers.path();
        if (path == null || !admission.refusesQueued(path)) {
            return false;
        }
        Http2Stream stream = grpc.connection().stream(streamId);
        grpc.encoder().writeHeaders(ctx, streamId, answer, 0, true, ctx.newPromise());
        if (!endOfStream && stream != null) {
            if (open < MOST_OPEN) {
                open++;
                stream.setProperty(refused, Boolean.TRUE);
            } else {
                grpc.resetStream(ctx, streamId, Http2Error.NO_ERROR.code(), ctx.newPromise());
            }
        }
        return true;
    }

    @Override
    public int onDataRead(
            ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean endOfStream)
            throws Http2Exception {
        if (!isRefused(streamId)) {
            return super.onDataRead(ctx, streamId, data, padding, endOfStream);
        }
        open -= endOfStream ? 1 : 0;
        return data.readableBytes() + padding;
    }

    @Override
    public void onRstStreamRead(ChannelHandlerContext ctx, int streamId, long errorCode)
            throws Http2Exception {
        if (isRefused(streamId)) {
            open--;
        } else {
            super.onRstStreamRead(ctx, streamId, errorCode);
        }
    }

    private boolean isRefused(int streamId) {
        Http2Stream stream = grpc.connection().stream(streamId);
        return stream != null && stream.getProperty(refused) != null;
    }
}
