package io.dhara.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import io.dhara.proto.v1.DescribeModelRequest;
import io.dhara.proto.v1.DescribeModelResponse;
import io.dhara.proto.v1.DescribeModelResponse.Node;
import io.dhara.proto.v1.MatrixColumn;
import io.dhara.proto.v1.MatrixGrpc;
import io.dhara.proto.v1.NodeReport;
import io.dhara.proto.v1.RetrieveMatrixRequest;
import io.dhara.proto.v1.RetrieveMatrixResponse;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The matrix commands against a server that answers what it is told to. */
class MatrixCommandTest {
    private final AtomicReference<RetrieveMatrixRequest> asked = new AtomicReference<>();
    private Server server;

    @BeforeEach
    void start() throws IOException {
        server =
                NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
                        .addService(new Answers())
                        .build()
                        .start();
    }

    @AfterEach
    void stop() {
        server.shutdownNow();
    }

    private final class Answers extends MatrixGrpc.MatrixImplBase {
        @Override
        public void retrieveMatrix(
                RetrieveMatrixRequest request, StreamObserver<RetrieveMatrixResponse> observer) {
            asked.set(request);
            observer.onNext(matrix());
            observer.onCompleted();
        }

        @Override
        public void describeModel(
                DescribeModelRequest request, StreamObserver<DescribeModelResponse> observer) {
            if (!request.getModel().equals("m1")) {
                observer.onError(
                        Status.NOT_FOUND
                                .withDescription("model " + request.getModel() + " not found")
                                .asRuntimeException());
                return;
            }
            observer.onNext(model());
            observer.onCompleted();
        }
    }

    private static RetrieveMatrixResponse matrix() {
        ByteBuffer values = ByteBuffer.allocate(100).order(ByteOrder.LITTLE_ENDIAN);
        for (String id : List.of("p,1", "p2")) {
            byte[] text = id.getBytes(StandardCharsets.UTF_8);
            values.putInt(text.length).put(text).putFloat(0.5f);
        }
        return RetrieveMatrixResponse.newBuilder()
                .addColumns(
                        MatrixColumn.newBuilder()
                                .setName("product_id")
                                .setDataType("DataTypeString"))
                .addColumns(
                        MatrixColumn.newBuilder()
                                .setName("product:price:mrp")
                                .setDataType("DataTypeFP32")
                                .setWidth(4)
                                .setNode("product"))
                .setRows(2)
                .setValues(ByteString.copyFrom(values.array(), 0, values.position()))
                .setStatuses(ByteString.copyFrom(new byte[] {1, 1, 1, 4}))
                .addNodes(
                        NodeReport.newBuilder()
                                .setName("product")
                                .setOutcome(NodeReport.Outcome.PARTIAL)
                                .setMessage("no answer from a store for 1 of 2 reads")
                                .setStartedUs(120)
                                .setTookUs(1500)
                                .setAttempts(2)
                                .setAsked(2))
                .setPlanDigest("abc")
                .build();
    }

    private static DescribeModelResponse model() {
        return DescribeModelResponse.newBuilder()
                .setModel("m1")
                .setPlanDigest("abc")
                .setRowColumn("product_id")
                .addInputs("product_id")
                .addAnswer("product_id")
                .addNodes(
                        Node.newBuilder()
                                .setName("product")
                                .setKind("feature")
                                .setDetail("product[product_id=product_id]: price@v1"))
                .addNodes(
                        Node.newBuilder()
                                .setName("rank")
                                .setKind("expression")
                                .addWaitsFor("product")
                                .setDetail("mrp > 1 && \"x\" < y"))
                .build();
    }

    private CommandRun run(String... args) {
        String[] all = java.util.Arrays.copyOf(args, args.length + 2);
        all[args.length] = "--serving";
        all[args.length + 1] = "127.0.0.1:" + server.getPort();
        return CommandRun.of(all);
    }

    @Test
    void matrix_table_marksWhatIsNotPresent() {
        CommandRun run =
                run(
                        "matrix",
                        "m1",
                        "--ids",
                        "product_id=p1,p2",
                        "--ids",
                        "user_id=u1",
                        "-c",
                        "a,b");

        assertThat(run.err()).contains("node product: partial, no answer from a store");
        assertThat(run.exitCode()).isZero();
        assertThat(run.out().lines())
                .containsExactly(
                        "product_id  product:price:mrp",
                        "p,1         0.5",
                        "p2          0.5 (missing)");
        assertThat(asked.get().getModel()).isEqualTo("m1");
        assertThat(asked.get().getColumnsList()).containsExactly("a", "b");
        assertThat(asked.get().getInputsList())
                .extracting(input -> input.getName() + input.getValuesList())
                .containsExactlyInAnyOrder("product_id[p1, p2]", "user_id[u1]");
    }

    @Test
    void matrix_csv_hasAStatusColumnForEach() {
        CommandRun run = run("matrix", "m1", "--ids", "product_id=p1,p2", "-o", "csv");

        assertThat(run.out().lines())
                .containsExactly(
                        "product_id,product:price:mrp,product_id#status,product:price:mrp#status",
                        "\"p,1\",0.5,present,present",
                        "p2,0.5,present,missing");
    }

    @Test
    void matrix_json_tellsCellsAndNodes() throws IOException {
        CommandRun run = run("matrix", "m1", "--ids", "product_id=p1,p2", "-o", "json");

        JsonNode document = new ObjectMapper().readTree(run.out());
        assertThat(document.at("/rows/1/product:price:mrp/status").asText()).isEqualTo("missing");
        assertThat(document.at("/rows/0/product:price:mrp/value").asText()).isEqualTo("0.5");
        assertThat(document.at("/nodes/0/outcome").asText()).isEqualTo("partial");
        assertThat(document.at("/nodes/0/took_us").asInt()).isEqualTo(1500);
        assertThat(document.at("/plan_digest").asText()).isEqualTo("abc");
    }

    @Test
    void matrix_withoutIds_isWrongUsage() {
        assertThat(run("matrix", "m1").exitCode()).isEqualTo(2);
        assertThat(run("matrix").exitCode()).isEqualTo(2);
    }

    @Test
    void explain_text_showsLayersAndWhatNodesWaitFor() {
        CommandRun run = run("matrix", "explain", "m1");

        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .contains("model m1, plan abc")
                .contains("inputs: product_id; rows by product_id")
                .containsSubsequence("layer 1", "product", "layer 2", "rank", "answers: product_id")
                .doesNotContain("RUN");
    }

    @Test
    void explain_withIds_showsHowEachNodeWent() {
        CommandRun run = run("matrix", "explain", "m1", "--ids", "product_id=p1");

        assertThat(run.out()).contains("partial in 1.50 ms from 0.12 ms, 2 asked, 2 attempts");
    }

    @Test
    void explain_svg_isAWellFormedDrawing(@TempDir Path dir) throws Exception {
        Path file = dir.resolve("m1.svg");

        CommandRun run =
                run("matrix", "explain", "m1", "--ids", "product_id=p1", "--svg", file.toString());

        assertThat(run.err()).contains("drawn into " + file);
        assertThat(
                        DocumentBuilderFactory.newInstance()
                                .newDocumentBuilder()
                                .parse(file.toFile())
                                .getElementsByTagName("rect")
                                .getLength())
                .isEqualTo(4);
        assertThat(Files.readString(file)).contains("mrp &gt; 1 &amp;&amp;");
    }

    @Test
    void explain_unknownModel_fails() {
        CommandRun run = run("matrix", "explain", "none");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("model none not found");
    }
}
