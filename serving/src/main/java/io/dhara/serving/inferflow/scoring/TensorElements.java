package io.dhara.serving.inferflow.scoring;

import io.dhara.core.model.DataType;
import io.dhara.core.model.DataType.Kind;
import io.dhara.core.psdb.Elements;
import io.dhara.core.psdb.LittleEndian;
import io.dhara.serving.inferflow.scoring.CellElements.Slice;
import org.jspecify.annotations.Nullable;

/** Where the elements of a tensor lie. */
final class TensorElements {
    private final Tensor tensor;

    /** Of strings: where each begins, and where one behind the last would. */
    private final int @Nullable [] starts;

    private TensorElements(Tensor tensor, int @Nullable [] starts) {
        this.tensor = tensor;
        this.starts = starts;
    }

    /**
     * Finds them.
     *
     * @param count how many there must be
     * @return null if the tensor's bytes do not hold exactly that many
     */
    static @Nullable TensorElements of(Tensor tensor, int count) {
        byte[] raw = tensor.raw();
        if (tensor.type().kind() != Kind.STRING) {
            return raw.length == (long) count * Elements.width(tensor.type())
                    ? new TensorElements(tensor, null)
                    : null;
        }
        if ((long) count * Tensor.STRING_LENGTH_BYTES > raw.length) {
            return null;
        }
        int[] starts = new int[count + 1];
        int at = 0;
        for (int i = 0; i < count; i++) {
            if (raw.length - at < Tensor.STRING_LENGTH_BYTES) {
                return null;
            }
            int length = LittleEndian.int32(raw, at);
            if (length < 0 || length > raw.length - at - Tensor.STRING_LENGTH_BYTES) {
                return null;
            }
            starts[i] = at + Tensor.STRING_LENGTH_BYTES;
            at += Tensor.STRING_LENGTH_BYTES + length;
        }
        starts[count] = at + Tensor.STRING_LENGTH_BYTES;
        return at == raw.length ? new TensorElements(tensor, starts) : null;
    }

    /** {@code count} numbers or booleans as one cell, or one string. */
    Slice slice(int first, int count) {
        if (starts != null) {
            int end = starts[first + 1] - Tensor.STRING_LENGTH_BYTES;
            return new Slice(tensor.raw(), starts[first], end - starts[first]);
        }
        int width = Elements.width(tensor.type());
        return new Slice(tensor.raw(), first * width, count * width);
    }

    /**
     * The elements as a cell of a column.
     *
     * @return null if they have no value of that type
     */
    byte @Nullable [] cell(int first, int count, DataType to) {
        if (to.kind() == Kind.STRING) {
            byte[][] texts = new byte[count][];
            for (int i = 0; i < count; i++) {
                byte @Nullable [][] one =
                        CellElements.strings(tensor.type(), slice(first + i, 1), 1);
                if (one == null) {
                    return null;
                }
                texts[i] = one[0];
            }
            return to.isVector() ? CellElements.storedForm(texts) : texts[0];
        }
        int width = Elements.width(to);
        byte[] cell = new byte[count * width];
        if (starts == null) {
            return CellElements.cast(tensor.type(), slice(first, count), count, to, cell, 0)
                    ? cell
                    : null;
        }
        for (int i = 0; i < count; i++) {
            Slice one = slice(first + i, 1);
            if (!CellElements.cast(tensor.type(), one, 1, to, cell, i * width)) {
                return null;
            }
        }
        return cell;
    }
}
