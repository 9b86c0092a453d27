package io.dhara.serving.featurelog;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.model.DataType;
import io.dhara.graph.GraphPlan;
import io.dhara.serving.inferflow.CellStatus;
import io.dhara.serving.inferflow.FeatureMatrix;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class RowEncoderTest {
    private static final HexFormat HEX = HexFormat.ofDelimiter(" ");

    private static String hex(GraphPlan plan, FeatureMatrix matrix, int row) {
        return HEX.formatHex(new RowEncoder(plan.columns()).encode(matrix, row));
    }

    @Test
    void rows_ofThePeersExample_areItsBytes() {
        GraphPlan plan = LoggedPlan.example(100);
        FeatureMatrix matrix = LoggedPlan.exampleRows(plan);

        assertThat(hex(plan, matrix, 0)).isEqualTo("01 02 00 70 31 37 00 00 00 00 00 00 3f");
        assertThat(hex(plan, matrix, 1)).isEqualTo("00 02 00 70 32 42 00 00 00 00 00 00 00");
    }

    @Test
    void f23_halfPrecision_isIeee_andVectorsAreBinary() {
        GraphPlan plan =
                new LoggedPlan()
                        .column("h", DataType.FP16)
                        .column("v", DataType.FP16_VECTOR, 2)
                        .column("b", DataType.BOOL)
                        .column("f8", DataType.FP8_E4M3)
                        .column("i", DataType.INT32_VECTOR, 1)
                        .build(1, 100, 500);
        FeatureMatrix matrix = new FeatureMatrix(plan.columns(), 1);
        LoggedPlan.put(matrix, 0, 0, 1.0 / 3);
        // 1.0 and -2.0
        matrix.put(1, 0, HEX.parseHex("00 3c 00 c0"), CellStatus.PRESENT);
        matrix.put(2, 0, new byte[] {1}, CellStatus.PRESENT);
        LoggedPlan.put(matrix, 3, 0, 448);
        matrix.put(4, 0, HEX.parseHex("ff ff ff ff"), CellStatus.PRESENT);

        assertThat(hex(plan, matrix, 0))
                .isEqualTo("01 55 35 04 00 00 3c 00 c0 01 7e 04 00 ff ff ff ff");
    }

    @Test
    void cells_thatNothingFilled_areZerosNoTextAndAnEmptyVector() {
        GraphPlan plan =
                new LoggedPlan()
                        .column("s", DataType.STRING)
                        .column("n", DataType.INT64)
                        .column("v", DataType.FP32_VECTOR, 3)
                        .build(1, 100, 500);

        assertThat(hex(plan, new FeatureMatrix(plan.columns(), 1), 0))
                .isEqualTo("00 03 00 30 2e 30 00 00 00 00 00 00 00 00 00 00");
    }

    @Test
    void cells_answeredWithADefault_areLoggedWithIt_andTheRowSaysSo() {
        GraphPlan plan =
                new LoggedPlan()
                        .column("s", DataType.STRING)
                        .column("n", DataType.INT16)
                        .column("v", DataType.UINT8_VECTOR, 2)
                        .build(1, 100, 500);
        FeatureMatrix matrix = new FeatureMatrix(plan.columns(), 1);
        matrix.put(0, 0, new byte[] {'d'}, CellStatus.MISSING);
        matrix.put(1, 0, new byte[] {7, 0}, CellStatus.DEFAULT);
        matrix.put(2, 0, new byte[] {8, 9}, CellStatus.EXPIRED);

        assertThat(hex(plan, matrix, 0)).isEqualTo("00 01 00 64 07 00 02 00 08 09");
    }

    @Test
    void emptyText_thatIsAValue_staysEmpty() {
        GraphPlan plan = new LoggedPlan().column("s", DataType.STRING).build(1, 100, 500);
        FeatureMatrix matrix = new FeatureMatrix(plan.columns(), 1);
        LoggedPlan.put(matrix, 0, 0, "");

        assertThat(hex(plan, matrix, 0)).isEqualTo("01 00 00");
    }

    @Test
    void f23_cellTooLongToLog_isAbsentAndCounted_andOtherRowsAreLogged() {
        GraphPlan plan =
                new LoggedPlan()
                        .column("s", DataType.STRING)
                        .column("n", DataType.INT8)
                        .build(1, 100, 500);
        FeatureMatrix matrix = new FeatureMatrix(plan.columns(), 2);
        LoggedPlan.put(matrix, 0, 0, "x".repeat(65_536));
        LoggedPlan.put(matrix, 1, 0, 5);
        LoggedPlan.put(matrix, 0, 1, "x".repeat(65_535));
        LoggedPlan.put(matrix, 1, 1, 6);
        RowEncoder encoder = new RowEncoder(plan.columns());

        assertThat(HEX.formatHex(encoder.encode(matrix, 0))).isEqualTo("00 03 00 30 2e 30 05");
        assertThat(encoder.encode(matrix, 1)).hasSize(1 + 2 + 65_535 + 1).startsWith(1, 255, 255);
        assertThat(encoder.tooLong()).isEqualTo(1);
    }
}
