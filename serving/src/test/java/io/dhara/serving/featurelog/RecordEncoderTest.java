package io.dhara.serving.featurelog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.InvalidProtocolBufferException;
import io.dhara.core.model.DataType;
import io.dhara.graph.GraphPlan;
import io.dhara.proto.inferflowlog.DharaServed;
import io.dhara.proto.inferflowlog.InferflowLog;
import io.dhara.proto.inferflowlog.KafkaRequest;
import io.dhara.serving.inferflow.FeatureMatrix;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecordEncoderTest {
    private static final HexFormat HEX = HexFormat.ofDelimiter(" ");
    private static final int MAX_BYTES = 1 << 20;
    private static final long CREATED_AT = 1_767_225_600;

    private static List<byte[]> records(
            GraphPlan plan, FeatureMatrix matrix, boolean served, int maxBytes) {
        List<byte[]> records = new ArrayList<>();
        new RecordEncoder(LogSchema.of(plan), served, maxBytes)
                .encode(
                        new LoggedRun(plan, matrix, "t1", "u1", CREATED_AT, 0),
                        (record, rows) -> records.add(record));
        return records;
    }

    private static InferflowLog log(byte[] record) throws InvalidProtocolBufferException {
        return InferflowLog.parseFrom(
                KafkaRequest.parseFrom(record).getValue().getProperties().getValue());
    }

    @Test
    void record_ofThePeersExample_isItsBytes() throws Exception {
        GraphPlan plan = LoggedPlan.example(100);
        FeatureMatrix one = new FeatureMatrix(plan.columns(), 1);
        LoggedPlan.put(one, 0, 0, "p1");
        LoggedPlan.put(one, 1, 0, 0x37);
        LoggedPlan.put(one, 2, 0, 0.5);
        String log =
                "0a 02 75 31 12 02 74 31 1a 02 6d 31 22 02 70 31 2a 0f 0a 0d 01 02 00 70 31 37"
                        + " 00 00 00 00 00 00 3f 32 01 04";

        List<byte[]> records = records(plan, one, false, MAX_BYTES);

        assertThat(records).hasSize(1);
        assertThat(HEX.formatHex(records.get(0)))
                .isEqualTo(
                        "0a 72 0a 18 69 6e 66 65 72 66 6c 6f 77 5f 69 6e 66 65 72 65 6e 63 65 5f 6c"
                                + " 6f 67 73 12 02 74 31 18 80 f2 d6 ca 06 22 48 0a 20 74 79 70 65"
                                + " 2e 67 6f 6f 67 6c 65 61 70 69 73 2e 63 6f 6d 2f 49 6e 66 65 72"
                                + " 66 6c 6f 77 4c 6f 67 12 24 "
                                + log
                                + " 2a 02 75 31");
    }

    @Test
    void f23_metadata_hasTheVersionInFourBits_andNothingElse() {
        assertThat(RecordEncoder.metadata(1)).isEqualTo((byte) 0x04);
        assertThat(RecordEncoder.metadata(15)).isEqualTo((byte) 0x3c);
        for (int version = 0; version <= 15; version++) {
            assertThat(RecordEncoder.metadata(version) & 0b1100_0011).isZero();
        }
        GraphPlan sixteen = new LoggedPlan().column("a", DataType.STRING).build(16, 100, 500);
        assertThatThrownBy(() -> LogSchema.of(sixteen))
                .hasMessage("a logged model's version must be 0..15: got 16 of m1");
    }

    @Test
    void served_saysStatusesAndEventTimes_whereThePeersReadersDoNotLook() throws Exception {
        GraphPlan plan = LoggedPlan.example(100);
        FeatureMatrix matrix = LoggedPlan.exampleRows(plan);
        matrix.eventTimes(new int[] {1}, new long[] {2_000_000, 1_500_000});

        byte[] bare = records(plan, matrix, false, MAX_BYTES).get(0);
        InferflowLog log = log(records(plan, matrix, true, MAX_BYTES).get(0));

        assertThat(log.toBuilder().clearDhara().build()).isEqualTo(log(bare));
        DharaServed served = log.getDhara();
        assertThat(served.getStatuses().toByteArray()).containsExactly(1, 1, 1, 1, 1, 8);
        assertThat(served.getEventTimesList())
                .containsExactly(
                        DharaServed.EventTimes.newBuilder()
                                .addColumns(1)
                                .addMicros(2_000_000)
                                .addMicros(-500_000)
                                .build());
        assertThat(served.getPlanDigest()).isEqualTo("plan-digest");
        assertThat(served.getSchemaDigest()).isEqualTo(LogSchema.of(plan).digest());
    }

    @Test
    void rows_areCutIntoBatches_byNumberAndBySize() throws Exception {
        GraphPlan plan =
                new LoggedPlan()
                        .column("product_id", DataType.STRING)
                        .column("a", DataType.INT32)
                        .column("b", DataType.FP32)
                        .build(1, 100, 4);
        FeatureMatrix matrix = LoggedPlan.rows(plan, 10);

        List<byte[]> byNumber = records(plan, matrix, true, MAX_BYTES);
        List<byte[]> bySize = records(plan, matrix, true, 600);

        assertThat(byNumber).hasSize(3);
        assertThat(log(byNumber.get(2)).getEntitiesList()).containsExactly("p8", "p9");
        assertThat(bySize)
                .hasSizeGreaterThan(3)
                .allSatisfy(r -> assertThat(r).hasSizeLessThan(600));
        List<String> entities = new ArrayList<>();
        for (byte[] record : bySize) {
            entities.addAll(log(record).getEntitiesList());
        }
        assertThat(entities).hasSize(10).doesNotHaveDuplicates();
    }

    @Test
    void f22_schema_listsTheColumnsInTheirOrder_andItsDigestChangesWithThem() {
        LogSchema schema = LogSchema.of(LoggedPlan.example(100));
        LogSchema other =
                LogSchema.of(
                        new LoggedPlan()
                                .column("product_id", DataType.STRING)
                                .column("pctr", DataType.FP32)
                                .column("product:attrs:category_id", DataType.INT32)
                                .build(1, 100, 500));

        assertThat(new String(schema.json(), java.nio.charset.StandardCharsets.UTF_8))
                .isEqualTo(
                        "{\"model\":\"m1\",\"version\":1,\"digest\":\""
                                + schema.digest()
                                + "\",\"columns\":["
                                + "{\"name\":\"product_id\",\"type\":\"DataTypeString\",\"vector_length\":0},"
                                + "{\"name\":\"product:attrs:category_id\",\"type\":\"DataTypeInt32\",\"vector_length\":0},"
                                + "{\"name\":\"pctr\",\"type\":\"DataTypeFP32\",\"vector_length\":0}]}");
        assertThat(LogSchema.of(LoggedPlan.example(5)).digest()).isEqualTo(schema.digest());
        assertThat(other.digest()).isNotEqualTo(schema.digest());
        assertThat(other.key()).isNotEqualTo(schema.key());
    }
}
