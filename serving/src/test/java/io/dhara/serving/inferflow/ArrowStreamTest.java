package io.dhara.serving.inferflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dhara.core.model.DataType;
import io.dhara.core.psdb.Elements;
import io.dhara.graph.PlanColumn;
import io.dhara.serving.grpc.ServingException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float2Vector;
import org.apache.arrow.vector.UInt1Vector;
import org.apache.arrow.vector.ValueVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.junit.jupiter.api.Test;

/** Streams read back by Arrow's own reader. */
class ArrowStreamTest {
    private static final int VECTOR = 3;
    private static final String[] TEXTS = {"", "köln", "p|1", "日本"};

    @Test
    void of_everyType_isReadBackAsWritten() throws IOException {
        Random random = new Random(42);
        List<PlanColumn> columns = new ArrayList<>();
        for (DataType type : DataType.values()) {
            columns.add(column(columns.size(), type));
        }
        FeatureMatrix matrix = new FeatureMatrix(columns, 11);
        for (PlanColumn column : columns) {
            for (int row = 0; row < matrix.rows(); row++) {
                matrix.put(column.index(), row, cell(column, random), status(column, row));
            }
        }
        int[] all = IntStream.range(0, columns.size()).toArray();

        byte[] stream = ArrowStream.of(matrix, all, 1 << 20);

        try (RootAllocator allocator = new RootAllocator();
                ArrowStreamReader reader =
                        new ArrowStreamReader(new ByteArrayInputStream(stream), allocator)) {
            assertThat(reader.loadNextBatch()).isTrue();
            VectorSchemaRoot root = reader.getVectorSchemaRoot();
            assertThat(root.getRowCount()).isEqualTo(matrix.rows());
            assertThat(root.getFieldVectors()).hasSize(2 * columns.size());
            for (PlanColumn column : columns) {
                FieldVector values = root.getVector(column.name());
                UInt1Vector statuses = (UInt1Vector) root.getVector(column.name() + "#status");
                assertThat(values.getField().getMetadata())
                        .containsEntry("dhara.type", column.type().wireName());
                for (int row = 0; row < matrix.rows(); row++) {
                    assertThat(read(column, values, row))
                            .as("%s of row %d", column.name(), row)
                            .isEqualTo(expected(column, matrix, row));
                    assertThat(statuses.get(row)).isEqualTo(status(column, row).code());
                }
            }
            assertThat(reader.loadNextBatch()).isFalse();
            assertThat(reader.bytesRead()).isEqualTo(stream.length);
        }
    }

    @Test
    void of_noRows_isAStreamOfNoRows() throws IOException {
        FeatureMatrix matrix =
                new FeatureMatrix(
                        List.of(column(0, DataType.STRING), column(1, DataType.FP32_VECTOR)), 0);

        byte[] stream = ArrowStream.of(matrix, new int[] {1, 0}, 1000);

        try (RootAllocator allocator = new RootAllocator();
                ArrowStreamReader reader =
                        new ArrowStreamReader(new ByteArrayInputStream(stream), allocator)) {
            assertThat(reader.loadNextBatch()).isTrue();
            assertThat(reader.getVectorSchemaRoot().getRowCount()).isZero();
            assertThat(reader.getVectorSchemaRoot().getSchema().getFields())
                    .extracting(field -> field.getName())
                    .containsExactly(
                            "cFP32_VECTOR", "cSTRING", "cFP32_VECTOR#status", "cSTRING#status");
        }
    }

    @Test
    void of_moreThanTheLimit_isRefused() {
        FeatureMatrix matrix = new FeatureMatrix(List.of(column(0, DataType.FP64)), 10);

        assertThat(ArrowStream.of(matrix, new int[] {0}, 96)).isNotEmpty();
        assertThatThrownBy(() -> ArrowStream.of(matrix, new int[] {0}, 95))
                .isInstanceOf(ServingException.class)
                .hasMessageContaining("inferflow.max-response-size");
    }

    private static PlanColumn column(int index, DataType type) {
        return new PlanColumn(
                index,
                "c" + type,
                type,
                type.isVector() ? VECTOR : 0,
                PlanColumn.Kind.SCORE,
                new byte[0]);
    }

    private static CellStatus status(PlanColumn column, int row) {
        return CellStatus.ofCode((byte) (1 + (column.index() + row) % 9));
    }

    private static byte[] cell(PlanColumn column, Random random) {
        if (column.type() == DataType.STRING) {
            return text(random);
        }
        if (column.type() == DataType.STRING_VECTOR) {
            byte[] cell = new byte[VECTOR * 2];
            for (int i = 0; i < VECTOR; i++) {
                byte[] text = text(random);
                int length = cell.length;
                cell = java.util.Arrays.copyOf(cell, length + text.length);
                cell[2 * i] = (byte) text.length;
                System.arraycopy(text, 0, cell, length, text.length);
            }
            return cell;
        }
        byte[] cell = new byte[column.width()];
        int width = Elements.width(column.type().scalar());
        for (int at = 0; at < cell.length; at += width) {
            Elements.write(column.type().scalar(), cell, at, random.nextInt(100));
        }
        return cell;
    }

    private static byte[] text(Random random) {
        return TEXTS[random.nextInt(TEXTS.length)].getBytes(StandardCharsets.UTF_8);
    }

    private static List<Object> expected(PlanColumn column, FeatureMatrix matrix, int row) {
        byte[] cell = matrix.array(column.index(), row);
        int start = matrix.start(column.index(), row);
        List<Object> elements = new ArrayList<>();
        if (column.type() == DataType.STRING) {
            return List.of(new String(cell, StandardCharsets.UTF_8));
        }
        if (column.type() == DataType.STRING_VECTOR) {
            int at = VECTOR * 2;
            for (int i = 0; i < VECTOR; i++) {
                elements.add(new String(cell, at, cell[2 * i], StandardCharsets.UTF_8));
                at += cell[2 * i];
            }
            return elements;
        }
        DataType scalar = column.type().scalar();
        int width = Elements.width(scalar);
        for (int at = 0; at < column.width(); at += width) {
            elements.add(
                    isFp8(scalar)
                            ? (Object) (double) (cell[start + at] & 0xFF)
                            : (Object) Elements.read(scalar, cell, start + at));
        }
        return elements;
    }

    private static boolean isFp8(DataType scalar) {
        return scalar == DataType.FP8_E4M3 || scalar == DataType.FP8_E5M2;
    }

    private static List<Object> read(PlanColumn column, FieldVector vector, int row) {
        if (!column.type().isVector()) {
            return List.of(element(vector, row));
        }
        FixedSizeListVector list = (FixedSizeListVector) vector;
        List<Object> elements = new ArrayList<>();
        for (int i = list.getElementStartIndex(row); i < list.getElementEndIndex(row); i++) {
            elements.add(element(list.getDataVector(), i));
        }
        return elements;
    }

    private static Object element(ValueVector vector, int index) {
        if (vector instanceof Float2Vector half) {
            return (double) half.getValueAsFloat(index);
        }
        if (vector instanceof UInt1Vector bytes) {
            return (double) (bytes.get(index) & 0xFF);
        }
        Object value = vector.getObject(index);
        if (value instanceof Boolean bool) {
            return bool ? 1.0 : 0.0;
        }
        if (value instanceof Character code) {
            return (double) code;
        }
        return value instanceof Number number ? (Object) number.doubleValue() : value.toString();
    }
}
