package io.dhara.serving.inferflow.scoring;

import io.dhara.core.model.DataType;
import io.dhara.core.model.DataType.Kind;
import io.dhara.core.psdb.Elements;
import io.dhara.core.psdb.LittleEndian;
import io.dhara.graph.ModelNode;
import io.dhara.graph.PlanColumn;
import io.dhara.serving.inferflow.CellStatus;
import io.dhara.serving.inferflow.FeatureMatrix;
import io.dhara.serving.inferflow.scoring.CellElements.Slice;
import org.jspecify.annotations.Nullable;

/**
 * Columns of a matrix as a tensor, column by column on the calling thread. Cells that are not
 * present go in as their fallback, and so does a present one that has no value of the tensor's type
 * (as zeros); the row is then marked as incomplete.
 */
final class TensorEncoder {
    private final FeatureMatrix matrix;
    private final int[] rows;
    private final boolean[] incomplete;

    /**
     * @param rows of the matrix, in the order in which they go into the tensors
     */
    TensorEncoder(FeatureMatrix matrix, int[] rows) {
        this.matrix = matrix;
        this.rows = rows;
        this.incomplete = new boolean[rows.length];
    }

    /** Whether a value was lacking for the row at this place, in any tensor encoded so far. */
    boolean isIncomplete(int place) {
        return incomplete[place];
    }

    /**
     * @throws IllegalArgumentException if the columns do not have as many elements as the shape
     */
    Tensor encode(ModelNode.Input input) {
        int perRow = 1;
        long[] shape = new long[input.shape().length + 1];
        shape[0] = rows.length;
        for (int i = 0; i < input.shape().length; i++) {
            shape[i + 1] = input.shape()[i];
            perRow = Math.multiplyExact(perRow, input.shape()[i]);
        }
        int[] slots = slots(input, perRow);
        byte[] raw =
                input.type().kind() == Kind.STRING
                        ? strings(input, slots, perRow)
                        : numbers(input, slots, perRow);
        return new Tensor(input.name(), input.type(), shape, raw);
    }

    /** Elements that each column gives to a row: a lone string column gives all. */
    private int[] slots(ModelNode.Input input, int perRow) {
        int[] slots = new int[input.columns().length];
        int sum = 0;
        for (int i = 0; i < slots.length; i++) {
            PlanColumn column = matrix.columns().get(input.columns()[i]);
            boolean open = column.width() == 0 && column.vectorLength() == 0;
            slots[i] =
                    open && slots.length == 1
                            ? perRow
                            : column.type().isVector() ? column.vectorLength() : 1;
            sum += slots[i];
        }
        if (sum != perRow) {
            throw new IllegalArgumentException(
                    "input %s takes %d elements a row, its columns have %d"
                            .formatted(input.name(), perRow, sum));
        }
        return slots;
    }

    private byte[] numbers(ModelNode.Input input, int[] slots, int perRow) {
        DataType type = input.type();
        int width = Elements.width(type);
        int stride = perRow * width;
        byte[] raw = new byte[Math.multiplyExact(rows.length, stride)];
        int offset = 0;
        for (int i = 0; i < slots.length; i++) {
            PlanColumn column = matrix.columns().get(input.columns()[i]);
            for (int place = 0; place < rows.length; place++) {
                Slice cell = cell(column, place);
                int at = place * stride + offset;
                if (!CellElements.cast(column.type(), cell, slots[i], type, raw, at)) {
                    incomplete[place] = true;
                }
            }
            offset += slots[i] * width;
        }
        return raw;
    }

    private byte[] strings(ModelNode.Input input, int[] slots, int perRow) {
        byte[][] elements = new byte[Math.multiplyExact(rows.length, perRow)][];
        int offset = 0;
        for (int i = 0; i < slots.length; i++) {
            PlanColumn column = matrix.columns().get(input.columns()[i]);
            for (int place = 0; place < rows.length; place++) {
                byte @Nullable [][] texts =
                        CellElements.strings(column.type(), cell(column, place), slots[i]);
                if (texts == null) {
                    incomplete[place] = true;
                    texts = new byte[slots[i]][0];
                }
                System.arraycopy(texts, 0, elements, place * perRow + offset, slots[i]);
            }
            offset += slots[i];
        }
        return joined(elements);
    }

    private static byte[] joined(byte[][] elements) {
        int size = Tensor.STRING_LENGTH_BYTES * elements.length;
        for (byte[] element : elements) {
            size = Math.addExact(size, element.length);
        }
        byte[] raw = new byte[size];
        int at = 0;
        for (byte[] element : elements) {
            LittleEndian.put32(raw, at, element.length);
            System.arraycopy(element, 0, raw, at + Tensor.STRING_LENGTH_BYTES, element.length);
            at += Tensor.STRING_LENGTH_BYTES + element.length;
        }
        return raw;
    }

    private Slice cell(PlanColumn column, int place) {
        int row = rows[place];
        CellStatus status = matrix.status(column.index(), row);
        if (status != CellStatus.PRESENT) {
            incomplete[place] = true;
            if (status == CellStatus.EMPTY) {
                return Slice.of(column.fallback());
            }
        }
        return new Slice(
                matrix.array(column.index(), row),
                matrix.start(column.index(), row),
                matrix.length(column.index(), row));
    }
}
