package io.dhara.modelserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.dhara.proto.inference.GRPCInferenceServiceGrpc;
import io.dhara.proto.inference.InferParameter;
import io.dhara.proto.inference.ModelInferRequest;
import io.dhara.proto.inference.ModelInferResponse;
import io.dhara.proto.inference.ModelReadyRequest;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelServerITCase {
    private static final String MODEL =
            """
            {"name": "m", "version": "2", "output": "y", "intercept": 1, "weights": [2, 0.5],
             "trees": [{"feature": 1, "threshold": 10, "left": {"value": 100},
                        "right": {"feature": 0, "threshold": 1, "left": {"value": 7}, "right": {"value": 9}}}],
             "calibrations": {"half": {"scale": 0.5, "offset": 1}}}
            """;

    @TempDir private Path dir;

    private ModelServer start() throws Exception {
        Path file = Files.writeString(dir.resolve("m.json"), MODEL);
        return ModelServer.start(List.of(file), 0);
    }

    private static ModelInferRequest.Builder request(float... elements) {
        ByteBuffer raw =
                ByteBuffer.allocate(elements.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (float element : elements) {
            raw.putFloat(element);
        }
        return ModelInferRequest.newBuilder()
                .setModelName("m")
                .addInputs(
                        ModelInferRequest.InferInputTensor.newBuilder()
                                .setName("x")
                                .setDatatype("FP32")
                                .addShape(elements.length / 2)
                                .addShape(2))
                .addRawInputContents(ByteString.copyFrom(raw.flip()));
    }

    private static float[] scores(ModelInferResponse response) {
        ByteBuffer raw =
                response.getRawOutputContents(0)
                        .asReadOnlyByteBuffer()
                        .order(ByteOrder.LITTLE_ENDIAN);
        float[] scores = new float[raw.remaining() / Float.BYTES];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = raw.getFloat();
        }
        return scores;
    }

    @Test
    void modelInfer_rows_areScoredByWeightsAndTrees() throws Exception {
        try (ModelServer server = start()) {
            ManagedChannel channel =
                    Grpc.newChannelBuilder(server.address(), InsecureChannelCredentials.create())
                            .build();
            try {
                var stub = GRPCInferenceServiceGrpc.newBlockingStub(channel);
                assertThat(scores(stub.modelInfer(request(3, 4, 0, 20, 2, 20).build())))
                        .containsExactly(1 + 6 + 2 + 100, 1 + 10 + 7, 1 + 4 + 10 + 9);
                ModelInferRequest half =
                        request(3, 4)
                                .putParameters(
                                        "calibration",
                                        InferParameter.newBuilder().setStringParam("half").build())
                                .build();
                assertThat(scores(stub.modelInfer(half))).containsExactly(109 / 2f + 1);
                assertThat(server.rowsScored()).isEqualTo(4);
                assertThat(
                                stub.modelReady(ModelReadyRequest.newBuilder().setName("m").build())
                                        .getReady())
                        .isTrue();
                assertThatThrownBy(
                                () -> stub.modelInfer(request(3, 4).setModelName("other").build()))
                        .hasMessageContaining("no model other");
            } finally {
                channel.shutdownNow();
            }
        }
    }

    @Test
    void invocations_rows_areScoredTheSame() throws Exception {
        try (ModelServer server = start()) {
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create(server.invocationsUrl()))
                            .POST(
                                    HttpRequest.BodyPublishers.ofString(
                                            """
                                            {"parameters": {"model_name": "m"},
                                             "inputs": [{"name": "x", "datatype": "FP32", "shape": [1, 2], "data": [3, 4]}]}
                                            """))
                            .build();
            HttpResponse<String> answer =
                    HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).contains("\"data\":[109.0]").contains("\"shape\":[1,1]");
        }
    }
}
