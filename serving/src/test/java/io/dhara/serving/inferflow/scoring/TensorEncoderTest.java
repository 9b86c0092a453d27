package io.dhara.serving.inferflow.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dhara.core.model.DataType;
import io.dhara.graph.ModelNode;
import io.dhara.graph.PlanColumn.Kind;
import io.dhara.serving.inferflow.CellStatus;
import io.dhara.serving.inferflow.FeatureMatrix;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TensorEncoderTest {
    private static final int[] TWO_ROWS = {0, 1};

    @Test
    void encode_intAndFloatColumns_castsThemSideBySide() {
        Plans plans = new Plans().input("age", DataType.INT32).input("mrp", DataType.FP32);
        FeatureMatrix matrix = plans.matrix(2);
        matrix.put(0, 0, Plans.bytes(DataType.INT32, 30), CellStatus.PRESENT);
        matrix.put(0, 1, Plans.bytes(DataType.INT32, 40), CellStatus.PRESENT);
        matrix.put(1, 0, Plans.bytes(DataType.FP32, 9.5), CellStatus.PRESENT);
        matrix.put(1, 1, Plans.bytes(DataType.FP32, 1.5), CellStatus.PRESENT);

        Tensor tensor =
                new TensorEncoder(matrix, TWO_ROWS)
                        .encode(plans.input(DataType.FP32, List.of("age", "mrp")));

        assertThat(tensor.shape()).containsExactly(2, 2);
        assertThat(tensor.raw()).isEqualTo(Plans.bytes(DataType.FP32, 30, 9.5, 40, 1.5));
    }

    @Test
    void f7_sameTextForInputsOfTwoTypes_isConvertedForEach() {
        Plans plans = new Plans().input("id", DataType.STRING);
        FeatureMatrix matrix = plans.matrix(2);
        matrix.put(0, 0, Plans.text("1"), CellStatus.PRESENT);
        matrix.put(0, 1, Plans.text("1"), CellStatus.PRESENT);
        TensorEncoder encoder = new TensorEncoder(matrix, TWO_ROWS);

        assertThat(encoder.encode(plans.input(DataType.INT64, List.of("id"))).raw())
                .isEqualTo(Plans.bytes(DataType.INT64, 1, 1));
        assertThat(encoder.encode(plans.input(DataType.FP32, List.of("id"))).raw())
                .isEqualTo(Plans.bytes(DataType.FP32, 1, 1));
        assertThat(encoder.isIncomplete(0)).isFalse();
    }

    @Test
    void encode_cellsThatAreNotPresent_goInAsFallbackAndAreTold() {
        Plans plans =
                new Plans()
                        .input("a", DataType.FP32)
                        .input("b", DataType.STRING)
                        .input("c", DataType.FP32);
        FeatureMatrix matrix = plans.matrix(3);
        for (int row = 0; row < 3; row++) {
            matrix.put(0, row, Plans.bytes(DataType.FP32, 5), CellStatus.PRESENT);
            matrix.put(1, row, Plans.text("2"), CellStatus.PRESENT);
        }
        matrix.put(0, 0, Plans.bytes(DataType.FP32, 7), CellStatus.MISSING);
        matrix.put(1, 1, Plans.text("x"), CellStatus.PRESENT);
        TensorEncoder encoder = new TensorEncoder(matrix, new int[] {0, 1, 2});

        byte[] raw = encoder.encode(plans.input(DataType.FP32, List.of("a", "b"))).raw();

        assertThat(raw).isEqualTo(Plans.bytes(DataType.FP32, 7, 2, 5, 0, 5, 2));
        assertThat(encoder.isIncomplete(0)).isTrue();
        assertThat(encoder.isIncomplete(1)).isTrue();
        assertThat(encoder.isIncomplete(2)).isFalse();
        encoder.encode(plans.input(DataType.FP32, List.of("c")));
        assertThat(encoder.isIncomplete(2)).isTrue();
    }

    @Test
    void encode_vectorsAndTextOfVectors_areTakenElementByElement() {
        Plans plans =
                new Plans()
                        .column("v", DataType.INT16_VECTOR, 2, Kind.FEATURE)
                        .input("t", DataType.STRING);
        FeatureMatrix matrix = plans.matrix(2);
        for (int row = 0; row < 2; row++) {
            matrix.put(0, row, Plans.bytes(DataType.INT16, 3, -4), CellStatus.PRESENT);
            matrix.put(1, row, Plans.text(row == 0 ? "1:2,3" : "1"), CellStatus.PRESENT);
        }
        TensorEncoder encoder = new TensorEncoder(matrix, TWO_ROWS);

        assertThat(encoder.encode(plans.input(DataType.FP64, List.of("v"))).raw())
                .isEqualTo(Plans.bytes(DataType.FP64, 3, -4, 3, -4));
        ModelNode.Input three =
                new ModelNode.Input("x", DataType.FP32, new int[] {3}, new int[] {1});
        assertThat(encoder.encode(three).raw())
                .isEqualTo(Plans.bytes(DataType.FP32, 1, 2, 3, 0, 0, 0));
        assertThat(encoder.isIncomplete(0)).isFalse();
        assertThat(encoder.isIncomplete(1)).isTrue();
    }

    @Test
    void encode_strings_haveTheirLengthBeforeThem() {
        Plans plans = new Plans().input("s", DataType.STRING).input("n", DataType.INT8);
        FeatureMatrix matrix = plans.matrix(1);
        matrix.put(0, 0, Plans.text("ab"), CellStatus.PRESENT);
        matrix.put(1, 0, Plans.bytes(DataType.INT8, -1), CellStatus.PRESENT);

        Tensor tensor =
                new TensorEncoder(matrix, new int[] {0})
                        .encode(plans.input(DataType.STRING, List.of("s", "n")));

        assertThat(Tensor.nameOf(tensor.type())).isEqualTo("BYTES");
        assertThat(tensor.raw()).containsExactly(2, 0, 0, 0, 'a', 'b', 2, 0, 0, 0, '-', '1');
    }

    @Test
    void encode_shapeOfOtherSize_isRefused() {
        Plans plans = new Plans().input("a", DataType.FP32);
        ModelNode.Input three =
                new ModelNode.Input("x", DataType.FP32, new int[] {3}, new int[] {0});
        assertThatThrownBy(() -> new TensorEncoder(plans.matrix(1), new int[] {0}).encode(three))
                .hasMessage("input x takes 3 elements a row, its columns have 1");
    }

    @Test
    void f29_manyRowsAndColumns_needNoFurtherThread() {
        Plans plans = new Plans();
        List<String> names = IntStream.range(0, 50).mapToObj(i -> "c" + i).toList();
        names.forEach(name -> plans.input(name, DataType.INT32));
        FeatureMatrix matrix = plans.matrix(2_000);
        int[] rows = IntStream.range(0, 2_000).toArray();
        long before = ManagementFactory.getThreadMXBean().getTotalStartedThreadCount();

        byte[] raw =
                new TensorEncoder(matrix, rows).encode(plans.input(DataType.FP32, names)).raw();

        assertThat(raw).hasSize(2_000 * 50 * Float.BYTES);
        assertThat(ManagementFactory.getThreadMXBean().getTotalStartedThreadCount() - before)
                .isLessThan(50);
    }
}
