package io.dhara.modelserver;

import com.google.protobuf.ByteString;
import io.dhara.proto.inference.GRPCInferenceServiceGrpc.GRPCInferenceServiceImplBase;
import io.dhara.proto.inference.ModelInferRequest;
import io.dhara.proto.inference.ModelInferResponse;
import io.dhara.proto.inference.ModelReadyRequest;
import io.dhara.proto.inference.ModelReadyResponse;
import io.dhara.proto.inference.ServerLiveRequest;
import io.dhara.proto.inference.ServerLiveResponse;
import io.dhara.proto.inference.ServerReadyRequest;
import io.dhara.proto.inference.ServerReadyResponse;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A model server for tests and the local stack: the open inference protocol over gRPC, and {@code
 * POST /invocations} beside it, on {@code 127.0.0.1}. It evaluates the models of {@link FileModel}
 * files over all input tensors, side by side in the request's order. Thread-safe.
 */
public final class ModelServer implements AutoCloseable {
    private final Map<String, FileModel> models = new HashMap<>();
    private final AtomicLong rowsScored = new AtomicLong();
    private final Server grpc;
    private final Invocations http;

    private ModelServer(List<Path> files, int port) throws IOException {
        for (Path file : files) {
            FileModel model = FileModel.read(file);
            models.put(model.name(), model);
        }
        this.http = new Invocations(this);
        this.grpc =
                NettyServerBuilder.forAddress(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                        .addService(new Inference())
                        .build();
    }

    /**
     * Serves these models.
     *
     * @param port of gRPC; 0 for a free one
     * @throws IOException if a file cannot be read or a port cannot be bound
     */
    public static ModelServer start(List<Path> files, int port) throws IOException {
        ModelServer server = new ModelServer(files, port);
        try {
            server.grpc.start();
            return server;
        } catch (IOException e) {
            server.http.close();
            throw e;
        }
    }

    /** {@code host:port} of gRPC. */
    public String address() {
        return "127.0.0.1:" + grpc.getPort();
    }

    /** URL of {@code POST /invocations}. */
    public String invocationsUrl() {
        return "http://127.0.0.1:" + http.port() + "/invocations";
    }

    /** Rows of all answers so far. */
    public long rowsScored() {
        return rowsScored.get();
    }

    /**
     * The model of a request.
     *
     * @throws IllegalArgumentException if there is none of this name and version
     */
    FileModel model(String name, String version) {
        FileModel model = models.get(name);
        if (model == null || (!version.isEmpty() && !version.equals(model.version()))) {
            throw new IllegalArgumentException("no model " + name + " " + version);
        }
        return model;
    }

    /**
     * Scores of all rows.
     *
     * @param tensors the elements of each input
     * @throws IllegalArgumentException if an input does not have the same number for every row
     */
    float[] scores(FileModel model, int rows, List<double[]> tensors, String calibration) {
        int width = 0;
        for (double[] tensor : tensors) {
            if (rows < 1 || tensor.length % rows != 0) {
                throw new IllegalArgumentException(
                        tensor.length + " elements are not the same number for " + rows + " rows");
            }
            width += tensor.length / rows;
        }
        float[] scores = new float[rows];
        double[] features = new double[width];
        for (int row = 0; row < rows; row++) {
            int at = 0;
            for (double[] tensor : tensors) {
                int own = tensor.length / rows;
                System.arraycopy(tensor, row * own, features, at, own);
                at += own;
            }
            scores[row] = (float) model.score(features, calibration);
        }
        rowsScored.addAndGet(rows);
        return scores;
    }

    private final class Inference extends GRPCInferenceServiceImplBase {
        @Override
        public void serverLive(
                ServerLiveRequest request, StreamObserver<ServerLiveResponse> observer) {
            observer.onNext(ServerLiveResponse.newBuilder().setLive(true).build());
            observer.onCompleted();
        }

        @Override
        public void serverReady(
                ServerReadyRequest request, StreamObserver<ServerReadyResponse> observer) {
            observer.onNext(ServerReadyResponse.newBuilder().setReady(true).build());
            observer.onCompleted();
        }

        @Override
        public void modelReady(
                ModelReadyRequest request, StreamObserver<ModelReadyResponse> observer) {
            boolean ready = models.containsKey(request.getName());
            observer.onNext(ModelReadyResponse.newBuilder().setReady(ready).build());
            observer.onCompleted();
        }

        @Override
        public void modelInfer(
                ModelInferRequest request, StreamObserver<ModelInferResponse> observer) {
            ModelInferResponse response;
            try {
                response = answer(request);
            } catch (IllegalArgumentException e) {
                observer.onError(
                        Status.INVALID_ARGUMENT
                                .withDescription(e.getMessage())
                                .asRuntimeException());
                return;
            }
            observer.onNext(response);
            observer.onCompleted();
        }

        private ModelInferResponse answer(ModelInferRequest request) {
            FileModel model = model(request.getModelName(), request.getModelVersion());
            if (request.getInputsCount() == 0
                    || request.getRawInputContentsCount() != request.getInputsCount()) {
                throw new IllegalArgumentException(
                        "needs inputs, each with raw contents: got %d and %d"
                                .formatted(
                                        request.getInputsCount(),
                                        request.getRawInputContentsCount()));
            }
            List<double[]> tensors = new ArrayList<>();
            for (int i = 0; i < request.getInputsCount(); i++) {
                tensors.add(
                        RawTensors.doubles(
                                request.getInputs(i).getDatatype(),
                                request.getRawInputContents(i).asReadOnlyByteBuffer()));
            }
            if (request.getInputs(0).getShapeCount() == 0) {
                throw new IllegalArgumentException("the first input has no shape");
            }
            int rows = Math.toIntExact(request.getInputs(0).getShape(0));
            String calibration =
                    request.getParametersMap().containsKey("calibration")
                            ? request.getParametersOrThrow("calibration").getStringParam()
                            : "";
            float[] scores = scores(model, rows, tensors, calibration);
            ByteBuffer raw = ByteBuffer.allocate(rows * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            for (float score : scores) {
                raw.putFloat(score);
            }
            return ModelInferResponse.newBuilder()
                    .setModelName(model.name())
                    .setModelVersion(model.version())
                    .setId(request.getId())
                    .addOutputs(
                            ModelInferResponse.InferOutputTensor.newBuilder()
                                    .setName(model.output())
                                    .setDatatype("FP32")
                                    .addShape(rows)
                                    .addShape(1))
                    .addRawOutputContents(ByteString.copyFrom(raw.flip()))
                    .build();
        }
    }

    /** Ends both ports; calls on their way are cut off. */
    @Override
    public void close() {
        http.close();
        grpc.shutdownNow();
        try {
            grpc.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
