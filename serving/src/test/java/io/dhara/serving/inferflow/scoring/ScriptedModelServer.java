package io.dhara.serving.inferflow.scoring;

import com.google.protobuf.ByteString;
import io.dhara.proto.inference.GRPCInferenceServiceGrpc.GRPCInferenceServiceImplBase;
import io.dhara.proto.inference.ModelInferRequest;
import io.dhara.proto.inference.ModelInferResponse;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A model server over a socket that answers as a test says. */
final class ScriptedModelServer implements AutoCloseable {
    final List<ModelInferRequest> requests = new CopyOnWriteArrayList<>();
    private final Server server;
    private volatile Function<ModelInferRequest, CompletionStage<ModelInferResponse>> script;

    ScriptedModelServer() throws IOException {
        this(null);
    }

    /**
     * @param tls null for plain text
     */
    ScriptedModelServer(@Nullable SslContext tls) throws IOException {
        script = request -> CompletableFuture.completedFuture(sums(request));
        NettyServerBuilder builder =
                NettyServerBuilder.forAddress(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        if (tls != null) {
            builder.sslContext(tls);
        }
        server =
                builder.addService(
                                new GRPCInferenceServiceImplBase() {
                                    @Override
                                    public void modelInfer(
                                            ModelInferRequest request,
                                            StreamObserver<ModelInferResponse> observer) {
                                        requests.add(request);
                                        answer(request, observer);
                                    }
                                })
                        .build()
                        .start();
    }

    private void answer(ModelInferRequest request, StreamObserver<ModelInferResponse> observer) {
        script.apply(request)
                .whenComplete(
                        (response, failure) -> {
                            if (failure != null) {
                                observer.onError(failure);
                            } else {
                                observer.onNext(response);
                                observer.onCompleted();
                            }
                        });
    }

    /** From now on; what it throws or completes with as a failure is the call's status. */
    void answer(Function<ModelInferRequest, CompletionStage<ModelInferResponse>> next) {
        script = next;
    }

    int port() {
        return server.getPort();
    }

    String address() {
        return "127.0.0.1:" + server.getPort();
    }

    static int rows(ModelInferRequest request) {
        return (int) request.getInputs(0).getShape(0);
    }

    /** Each row's sum of its FP32 inputs. */
    static ModelInferResponse sums(ModelInferRequest request) {
        float[] scores = new float[rows(request)];
        for (ByteString contents : request.getRawInputContentsList()) {
            ByteBuffer raw = contents.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
            int perRow = raw.remaining() / Float.BYTES / scores.length;
            for (int i = 0; raw.hasRemaining(); i++) {
                scores[i / perRow] += raw.getFloat();
            }
        }
        return scores(scores);
    }

    static ModelInferResponse scores(float... scores) {
        ByteBuffer raw =
                ByteBuffer.allocate(scores.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (float score : scores) {
            raw.putFloat(score);
        }
        return ModelInferResponse.newBuilder()
                .addOutputs(
                        ModelInferResponse.InferOutputTensor.newBuilder()
                                .setName("y")
                                .setDatatype("FP32")
                                .addShape(scores.length)
                                .addShape(1))
                .addRawOutputContents(ByteString.copyFrom(raw.flip()))
                .build();
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
