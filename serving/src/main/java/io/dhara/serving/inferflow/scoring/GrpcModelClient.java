package io.dhara.serving.inferflow.scoring;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.dhara.core.model.DataType;
import io.dhara.proto.inference.GRPCInferenceServiceGrpc;
import io.dhara.proto.inference.GRPCInferenceServiceGrpc.GRPCInferenceServiceStub;
import io.dhara.proto.inference.InferParameter;
import io.dhara.proto.inference.ModelInferRequest;
import io.dhara.proto.inference.ModelInferResponse;
import io.dhara.proto.inference.ModelInferResponse.InferOutputTensor;
import io.dhara.serving.inferflow.scoring.RemoteCallException.Kind;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The open inference protocol over gRPC, as KServe and Triton serve it. Tensors go as raw contents;
 * answers are taken raw or typed.
 */
final class GrpcModelClient implements ModelClient {
    private final String endpoint;
    private final ManagedChannel channel;
    private final GRPCInferenceServiceStub stub;

    /**
     * @param channel closed with this
     */
    GrpcModelClient(String endpoint, ManagedChannel channel) {
        this.endpoint = endpoint;
        this.channel = channel;
        this.stub = GRPCInferenceServiceGrpc.newStub(channel);
    }

    @Override
    public CompletableFuture<List<Tensor>> infer(ModelRequest request, Duration left) {
        UnaryAnswer<ModelInferRequest, ModelInferResponse> answer =
                new UnaryAnswer<>("model server " + endpoint);
        stub.withDeadlineAfter(left.toNanos(), TimeUnit.NANOSECONDS)
                .modelInfer(message(request), answer);
        CompletableFuture<List<Tensor>> tensors = new CompletableFuture<>();
        answer.future()
                .whenComplete(
                        (response, failure) -> {
                            if (failure != null) {
                                tensors.completeExceptionally(failure);
                                return;
                            }
                            try {
                                tensors.complete(tensors(response));
                            } catch (RemoteCallException e) {
                                tensors.completeExceptionally(e);
                            }
                        });
        tensors.whenComplete(
                (done, failure) -> {
                    if (tensors.isCancelled()) {
                        answer.future().cancel(false);
                    }
                });
        return tensors;
    }

    static ModelInferRequest message(ModelRequest request) {
        ModelInferRequest.Builder message =
                ModelInferRequest.newBuilder()
                        .setModelName(request.model())
                        .setModelVersion(request.version())
                        .setId(request.id());
        if (!request.calibration().isEmpty()) {
            message.putParameters(
                    ModelRequest.CALIBRATION,
                    InferParameter.newBuilder().setStringParam(request.calibration()).build());
        }
        for (Tensor tensor : request.inputs()) {
            ModelInferRequest.InferInputTensor.Builder input =
                    message.addInputsBuilder()
                            .setName(tensor.name())
                            .setDatatype(Tensor.nameOf(tensor.type()));
            for (long size : tensor.shape()) {
                input.addShape(size);
            }
            message.addRawInputContents(UnsafeByteOperations.unsafeWrap(tensor.raw()));
        }
        for (String output : request.outputs()) {
            message.addOutputsBuilder().setName(output);
        }
        return message.build();
    }

    /**
     * @throws RemoteCallException if a tensor has a type that we do not know or no contents
     */
    static List<Tensor> tensors(ModelInferResponse response) {
        List<Tensor> tensors = new ArrayList<>(response.getOutputsCount());
        boolean raw = response.getRawOutputContentsCount() > 0;
        if (raw && response.getRawOutputContentsCount() != response.getOutputsCount()) {
            throw new RemoteCallException(
                    Kind.WRONG_ANSWER,
                    "answered %d tensors with %d raw contents"
                            .formatted(
                                    response.getOutputsCount(),
                                    response.getRawOutputContentsCount()));
        }
        for (int i = 0; i < response.getOutputsCount(); i++) {
            InferOutputTensor output = response.getOutputs(i);
            DataType type = Tensor.typeOf(output.getDatatype());
            if (type == null) {
                throw new RemoteCallException(
                        Kind.WRONG_ANSWER,
                        "answered %s of unknown type %s"
                                .formatted(output.getName(), output.getDatatype()));
            }
            long[] shape = new long[output.getShapeCount()];
            for (int d = 0; d < shape.length; d++) {
                shape[d] = output.getShape(d);
            }
            ByteString contents = raw ? response.getRawOutputContents(i) : null;
            tensors.add(
                    new Tensor(
                            output.getName(),
                            type,
                            shape,
                            contents == null
                                    ? TypedContents.raw(type, output.getContents())
                                    : contents.toByteArray()));
        }
        return tensors;
    }

    @Override
    public void close() {
        channel.shutdown();
    }

    @Override
    public String toString() {
        return endpoint;
    }
}
