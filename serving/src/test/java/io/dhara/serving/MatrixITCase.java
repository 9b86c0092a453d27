package io.dhara.serving;

import static io.dhara.serving.ServingHarness.caller;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dhara.core.model.DataType;
import io.dhara.core.model.EntityKey;
import io.dhara.core.model.FeatureSpec;
import io.dhara.core.model.SchemaVersion;
import io.dhara.core.psdb.PsdbEncoder;
import io.dhara.embedded.SharedServers;
import io.dhara.proto.v1.DescribeModelRequest;
import io.dhara.proto.v1.InputColumn;
import io.dhara.proto.v1.MatrixGrpc;
import io.dhara.proto.v1.NodeReport;
import io.dhara.proto.v1.RetrieveMatrixRequest;
import io.dhara.proto.v1.RetrieveMatrixResponse;
import io.dhara.stores.read.StoreReadException;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A graph from a folder, over sockets: the whole chain of a call, and a store that is not well. */
class MatrixITCase {
    private static ServingHarness serving;

    @BeforeAll
    static void start() throws IOException {
        serving =
                ServingHarness.start(
                        SharedServers.kafka(),
                        Map.of(
                                "inferflow.graphs.folder",
                                "src/test/resources/graphs",
                                "inferflow.answer-reserve",
                                "200 ms"));
        SchemaVersion fp =
                new SchemaVersion(
                        1,
                        List.of(
                                new FeatureSpec("f1", 0, new byte[4], 0, 0),
                                new FeatureSpec("f2", 1, new byte[4], 0, 0)));
        PsdbEncoder encoder = new PsdbEncoder();
        encoder.begin(DataType.FP32, fp, 1, 0, 0);
        encoder.putDouble(0, 1.5);
        encoder.putDouble(1, -2);
        serving.store.put(
                "2",
                new EntityKey("user", List.of("u1", "eu")),
                "fp",
                encoder.toBlock(false),
                1_000_000);
    }

    @AfterAll
    static void stop() throws InterruptedException {
        serving.close();
    }

    @AfterEach
    void recover() {
        serving.store.recover();
        serving.store.release();
    }

    private static MatrixGrpc.MatrixBlockingStub matrices() {
        return MatrixGrpc.newBlockingStub(serving.channel)
                .withInterceptors(caller())
                .withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    private static RetrieveMatrixRequest request(String user, String... regions) {
        return RetrieveMatrixRequest.newBuilder()
                .setModel("ranker")
                .addInputs(
                        InputColumn.newBuilder().setName("region").addAllValues(List.of(regions)))
                .addInputs(InputColumn.newBuilder().setName("user_id").addValues(user))
                .build();
    }

    @Test
    void retrieveMatrix_throughTheWholeServer_answersCellsAndScore() {
        RetrieveMatrixResponse matrix = matrices().retrieveMatrix(request("u1", "eu", "us"));

        assertThat(matrix.getRows()).isEqualTo(2);
        var values = matrix.getValues().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        values.position(4 + 2);
        assertThat(values.getFloat()).isEqualTo(1.5f);
        assertThat(values.getFloat()).isEqualTo(-2f);
        assertThat(values.getInt()).isZero();
        assertThat(matrix.getStatuses().toByteArray())
                .containsExactly(1, 1, 1, 4, 1, 1, 4, 4, 4, 2);
        assertThat(
                        matrices()
                                .describeModel(
                                        DescribeModelRequest.newBuilder()
                                                .setModel("ranker")
                                                .build())
                                .getNodesList())
                .extracting(node -> node.getName() + " after " + node.getWaitsForList())
                .containsExactly("user after []", "score after [user]");
    }

    @Test
    void retrieveMatrix_withoutAToken_isRefused() {
        StatusRuntimeException refusal =
                catchThrowableOfType(
                        StatusRuntimeException.class,
                        () ->
                                MatrixGrpc.newBlockingStub(serving.channel)
                                        .retrieveMatrix(request("u1", "eu")));

        assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(refusal.getStatus().getDescription()).contains("caller-id is missing");
    }

    /** The score is computed from a default and says so. */
    @Test
    void retrieveMatrix_storeThatHangs_isAnsweredInsideTheDeadlineWithMarks() {
        serving.store.hold();

        RetrieveMatrixResponse matrix =
                matrices()
                        .withDeadlineAfter(2, TimeUnit.SECONDS)
                        .retrieveMatrix(request("never-cached", "eu"));

        assertThat(matrix.getStatuses().toByteArray()).containsExactly(1, 5, 5, 5, 2);
        assertThat(matrix.getNodesList())
                .extracting(NodeReport::getName, NodeReport::getOutcome)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("user", NodeReport.Outcome.FAILED),
                        org.assertj.core.groups.Tuple.tuple("score", NodeReport.Outcome.OK));
        assertThat(matrix.getNodes(0).getMessage()).contains("no answer in time");
    }

    @Test
    void retrieveMatrix_storeThatIsDown_isMarkedToo() {
        serving.store.failStore("2", StoreReadException.Kind.UNAVAILABLE);

        RetrieveMatrixResponse matrix =
                matrices().retrieveMatrix(request("never-cached-either", "eu"));

        assertThat(matrix.getStatuses().toByteArray()).containsExactly(1, 5, 5, 5, 2);
        assertThat(matrix.getNodes(0).getMessage()).contains("no answer from a store");
    }

    @Test
    void peersScoringCall_namesItsCallerInItsOwnHeaders() {
        Metadata headers = new Metadata();
        headers.put(text("inferflow-caller-id"), "plain");
        headers.put(text("inferflow-auth-token"), "plain-secret");
        var request =
                io.dhara.proto.inferflow.InferflowRequestProto.newBuilder()
                        .setModelConfigId("ranker")
                        .setTrackingId("t1")
                        .addEntities(entity("region", "eu"))
                        .addEntities(entity("user_id", "u1"))
                        .build();

        var response =
                io.dhara.proto.inferflow.InferflowGrpc.newBlockingStub(serving.channel)
                        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                        .retrieveModelScore(request);

        assertThat(response.getComponentDataList())
                .extracting(row -> row.getDataList().toString())
                .containsExactly(
                        "[region, user:fp:f1, user:fp:f2, user:clicks:views, score]",
                        "[eu, 1.5, -2, 0, 3]");
    }

    private static io.dhara.proto.inferflow.InferflowRequestProto.Entity entity(
            String name, String id) {
        return io.dhara.proto.inferflow.InferflowRequestProto.Entity.newBuilder()
                .setEntity(name)
                .addIds(id)
                .build();
    }

    private static Metadata.Key<String> text(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }
}
