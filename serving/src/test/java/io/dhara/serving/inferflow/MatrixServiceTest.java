package io.dhara.serving.inferflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dhara.core.model.DataType;
import io.dhara.graph.GraphPlan;
import io.dhara.graph.GraphRegistry;
import io.dhara.graph.PlanColumn;
import io.dhara.proto.v1.CellStatus;
import io.dhara.proto.v1.DescribeModelRequest;
import io.dhara.proto.v1.DescribeModelResponse;
import io.dhara.proto.v1.InputColumn;
import io.dhara.proto.v1.MatrixColumn;
import io.dhara.proto.v1.MatrixFormat;
import io.dhara.proto.v1.MatrixGrpc;
import io.dhara.proto.v1.NodeReport;
import io.dhara.proto.v1.RetrieveMatrixRequest;
import io.dhara.proto.v1.RetrieveMatrixResponse;
import io.dhara.stores.read.StoreReadException;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The wire of a matrix, through an in-process gRPC server. */
class MatrixServiceTest {
    private final GraphBed bed = new GraphBed(PlanBuilder.exampleSchemas());
    private final Map<String, GraphPlan> plans = new ConcurrentHashMap<>();
    private final Map<String, String> problems = new ConcurrentHashMap<>();
    private final AtomicInteger late = new AtomicInteger();
    private Server server;
    private ManagedChannel channel;
    private MatrixGrpc.MatrixBlockingStub stub;

    @BeforeEach
    void start() throws IOException {
        String name = InProcessServerBuilder.generateName();
        server =
                InProcessServerBuilder.forName(name)
                        .directExecutor()
                        .intercept(new Caller())
                        .addService(
                                new MatrixService(
                                        new Graphs(plans, problems),
                                        bed.executor,
                                        late::incrementAndGet))
                        .build()
                        .start();
        channel = InProcessChannelBuilder.forName(name).directExecutor().build();
        stub = MatrixGrpc.newBlockingStub(channel);
        plans.put("m1", PlanBuilder.example().build());
        bed.put("user", "profile", List.of("u1"), e -> e.putLong(0, 33));
        bed.put("product", "attrs", List.of("p1"), e -> e.putLong(0, 55));
        bed.put("product", "price", List.of("p1"), e -> e.putDouble(0, 9.5));
        bed.put("user_category", "affinity", List.of("u1", "55"), e -> e.putDouble(0, 0.25));
    }

    @AfterEach
    void close() {
        channel.shutdownNow();
        server.shutdownNow();
        bed.close();
    }

    private final class Caller implements ServerInterceptor {
        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
            return Contexts.interceptCall(
                    bed.caller().attachTo(Context.current()), call, headers, next);
        }
    }

    private record Graphs(Map<String, GraphPlan> plans, Map<String, String> problems)
            implements GraphRegistry {
        @Override
        public @Nullable GraphPlan plan(String model) {
            return plans.get(model);
        }

        @Override
        public void close() {}
    }

    private static RetrieveMatrixRequest.Builder request(String... products) {
        return RetrieveMatrixRequest.newBuilder()
                .setModel("m1")
                .addInputs(column("user_id", "u1"))
                .addInputs(column("product_id", products));
    }

    private static InputColumn column(String name, String... values) {
        return InputColumn.newBuilder().setName(name).addAllValues(List.of(values)).build();
    }

    private Status refused(RetrieveMatrixRequest.Builder request) {
        try {
            stub.retrieveMatrix(request.build());
            throw new AssertionError("not refused");
        } catch (StatusRuntimeException e) {
            return e.getStatus();
        }
    }

    @Test
    void statuses_haveTheNumbersOfTheWireEnum() {
        for (io.dhara.serving.inferflow.CellStatus status :
                io.dhara.serving.inferflow.CellStatus.values()) {
            String name = CellStatus.forNumber(status.code()).name();
            assertThat(name)
                    .isEqualTo(
                            "CELL_STATUS_" + (status.code() == 0 ? "UNSPECIFIED" : status.name()));
        }
    }

    @Test
    void retrieveMatrix_example_isPackedRowByRow() {
        RetrieveMatrixResponse response = stub.retrieveMatrix(request("p1", "p2").build());

        assertThat(response.getRows()).isEqualTo(2);
        assertThat(response.getPlanDigest()).isEqualTo("digest");
        assertThat(response.getColumnsList())
                .containsExactly(
                        wire("product_id", DataType.STRING, 0, ""),
                        wire("user_id", DataType.STRING, 0, ""),
                        wire("user:profile:age", DataType.INT32, 4, "user"),
                        wire("product:attrs:category_id", DataType.INT32, 4, "product"),
                        wire("product:price:mrp", DataType.FP32, 4, "product"),
                        wire("user_category_id", DataType.STRING, 0, "user_category"),
                        wire(
                                "user_category:affinity:clicks_7d",
                                DataType.FP32,
                                4,
                                "user_category"));
        ByteBuffer values = values(response);
        assertThat(text(values)).isEqualTo("p1");
        assertThat(text(values)).isEqualTo("u1");
        assertThat(values.getInt()).isEqualTo(33);
        assertThat(values.getInt()).isEqualTo(55);
        assertThat(values.getFloat()).isEqualTo(9.5f);
        assertThat(text(values)).isEqualTo("u1|55");
        assertThat(values.getFloat()).isEqualTo(0.25f);
        assertThat(text(values)).isEqualTo("p2");
        assertThat(text(values)).isEqualTo("u1");
        assertThat(values.getInt()).isEqualTo(33);
        assertThat(values.getInt()).isEqualTo(7);
        assertThat(values.getFloat()).isEqualTo(7f);
        assertThat(text(values)).isEmpty();
        assertThat(values.getFloat()).isEqualTo(7f);
        assertThat(values.hasRemaining()).isFalse();
        assertThat(response.getStatuses().toByteArray())
                .containsExactly(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 4, 4, 7, 7);
        assertThat(response.getNodesList())
                .extracting(NodeReport::getName, NodeReport::getOutcome, NodeReport::getAsked)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("user", NodeReport.Outcome.OK, 1),
                        org.assertj.core.groups.Tuple.tuple("product", NodeReport.Outcome.OK, 2),
                        org.assertj.core.groups.Tuple.tuple(
                                "user_category", NodeReport.Outcome.OK, 1));
    }

    private static MatrixColumn wire(String name, DataType type, int width, String node) {
        return MatrixColumn.newBuilder()
                .setName(name)
                .setDataType(type.wireName())
                .setWidth(width)
                .setNode(node)
                .build();
    }

    private static ByteBuffer values(RetrieveMatrixResponse response) {
        return response.getValues().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    private static String text(ByteBuffer values) {
        byte[] bytes = new byte[values.getInt()];
        values.get(bytes);
        return new String(bytes, java.nio.charset.StandardCharsets.UTF_8);
    }

    @Test
    void retrieveMatrix_namedColumns_areAnsweredInThatOrder() {
        RetrieveMatrixResponse response =
                stub.retrieveMatrix(
                        request("p1", "p1")
                                .addColumns("product:price:mrp")
                                .addColumns("product:attrs:category_id")
                                .addColumns("user:profile:age")
                                .addColumns("product:attrs:category_id")
                                .addColumns("product:price:mrp")
                                .build());

        ByteBuffer values = values(response);
        for (int row = 0; row < 2; row++) {
            assertThat(values.getFloat()).isEqualTo(9.5f);
            assertThat(values.getInt()).isEqualTo(55);
            assertThat(values.getInt()).isEqualTo(33);
            assertThat(values.getInt()).isEqualTo(55);
            assertThat(values.getFloat()).isEqualTo(9.5f);
        }
        assertThat(values.hasRemaining()).isFalse();
    }

    @Test
    void retrieveMatrix_arrow_isAStreamAndNothingElse() {
        RetrieveMatrixResponse response =
                stub.retrieveMatrix(
                        request("p1").setFormat(MatrixFormat.MATRIX_FORMAT_ARROW).build());

        assertThat(response.getArrow().size()).isGreaterThan(100);
        assertThat(response.getValues().isEmpty()).isTrue();
        assertThat(response.getStatuses().isEmpty()).isTrue();
        assertThat(response.getColumnsCount()).isEqualTo(7);
    }

    @Test
    void retrieveMatrix_badRequests_areRefusedByName() {
        problems.put("bad", "node x: waits for itself");

        Status model = refused(request("p1").setModel("other"));
        assertThat(model.getCode()).isEqualTo(Status.Code.NOT_FOUND);
        assertThat(refused(request("p1").setModel("bad")).getDescription())
                .isEqualTo("model bad is refused: node x: waits for itself");
        assertThat(refused(request("p1").addColumns("none")).getDescription())
                .isEqualTo("columns: none is none of model m1");
        assertThat(refused(request("p1").setFormatValue(7)).getDescription())
                .isEqualTo("format: unknown number 7");
        assertThat(refused(request("p1").clearInputs()).getDescription())
                .isEqualTo("input product_id of model m1 is missing");
        Status unknown = refused(request("p1").addInputs(column("color", "red")));
        assertThat(unknown.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void retrieveMatrix_nothingRead_isUnavailable() {
        bed.stores.failStore(GraphBed.STORE, StoreReadException.Kind.UNAVAILABLE);

        Status status = refused(request("p1"));

        assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(status.getDescription())
                .isEqualTo("no node answered; user: no answer from a store for 1 of 1 reads");
    }

    @Test
    void describeModel_example_namesNodesAndColumns() {
        problems.put("m1", "version 2 is refused");

        DescribeModelResponse model =
                stub.describeModel(DescribeModelRequest.newBuilder().setModel("m1").build());

        assertThat(model.getRowColumn()).isEqualTo("product_id");
        assertThat(model.getInputsList()).containsExactly("product_id", "user_id");
        assertThat(model.getProblem()).isEqualTo("version 2 is refused");
        assertThat(model.getNodes(2))
                .isEqualTo(
                        DescribeModelResponse.Node.newBuilder()
                                .setName("user_category")
                                .setKind("feature")
                                .addWaitsFor("product")
                                .addReads("user_id")
                                .addReads("product:attrs:category_id")
                                .addProduces("user_category_id")
                                .addProduces("user_category:affinity:clicks_7d")
                                .setDetail(
                                        "user_category[user_id=user_id,"
                                                + " category_id=product:attrs:category_id]:"
                                                + " affinity@v1")
                                .build());
        assertThatThrownBy(() -> stub.describeModel(DescribeModelRequest.getDefaultInstance()))
                .hasMessageContaining("not found");
    }

    @Test
    void packed_largerThanTheLimit_isRefused() {
        FeatureMatrix matrix =
                new FeatureMatrix(
                        List.of(
                                new PlanColumn(
                                        0,
                                        "a",
                                        DataType.FP32,
                                        0,
                                        PlanColumn.Kind.SCORE,
                                        new byte[4])),
                        3);
        PackedMatrix packed = new PackedMatrix(matrix, new int[] {0});

        assertThat(packed.values(12)).hasSize(12);
        assertThatThrownBy(() -> packed.values(11))
                .hasMessageContaining("larger than 11 bytes (inferflow.max-response-size)");
    }
}
