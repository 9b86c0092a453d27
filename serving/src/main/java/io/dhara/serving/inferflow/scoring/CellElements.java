package io.dhara.serving.inferflow.scoring;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dhara.core.model.DataType;
import io.dhara.core.model.DataType.Kind;
import io.dhara.core.psdb.Elements;
import io.dhara.core.psdb.LittleEndian;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The elements of a cell of any type: cast to numbers of another type, or taken as texts. A cell is
 * in the form a stored value is served in: a string vector has the length of each string, two bytes
 * little endian, before all of them. Stateless; casting numbers allocates nothing.
 */
final class CellElements {
    private static final int LENGTH_BYTES = 2;

    private CellElements() {}

    /** Elements in a cell of {@code length} bytes; 1 for a string; 0 for a string vector. */
    static int count(DataType type, int length) {
        if (type.kind() == Kind.STRING) {
            return type.isVector() ? 0 : 1;
        }
        return length / Elements.width(type);
    }

    /**
     * Casts {@code count} elements into a row of numbers or booleans. A string of one element is
     * parsed whole, one of several is split at commas or colons.
     *
     * @return whether the cell has exactly that many and each has a value of the type; otherwise
     *     zeros are written
     */
    static boolean cast(
            DataType from, Slice cell, int count, DataType to, byte[] dst, int toOffset) {
        int toWidth = Elements.width(to);
        if (from.kind() == Kind.STRING) {
            byte @Nullable [][] texts = strings(from, cell, count);
            boolean all = texts != null;
            for (int i = 0; all && i < count; i++) {
                String text = new String(texts[i], UTF_8);
                all = Elements.parse(text, to, dst, toOffset + i * toWidth);
            }
            return all || zeros(dst, toOffset, count * toWidth);
        }
        int fromWidth = Elements.width(from);
        if (cell.length != count * fromWidth) {
            return zeros(dst, toOffset, count * toWidth);
        }
        if (from.scalar() == to.scalar()) {
            System.arraycopy(cell.bytes, cell.start, dst, toOffset, cell.length);
            return true;
        }
        for (int i = 0; i < count; i++) {
            Elements.cast(
                    from, cell.bytes, cell.start + i * fromWidth, to, dst, toOffset + i * toWidth);
        }
        return true;
    }

    private static boolean zeros(byte[] dst, int offset, int length) {
        Arrays.fill(dst, offset, offset + length, (byte) 0);
        return false;
    }

    /**
     * The elements as texts in UTF-8, numbers as the peer prints them; null if the cell has another
     * number of them.
     */
    static byte @Nullable [][] strings(DataType from, Slice cell, int count) {
        if (from == DataType.STRING) {
            return count == 1
                    ? new byte[][] {cell.copy()}
                    : split(new String(cell.bytes, cell.start, cell.length, UTF_8), count);
        }
        if (from == DataType.STRING_VECTOR) {
            return stored(cell, count);
        }
        int width = Elements.width(from);
        if (cell.length != count * width) {
            return null;
        }
        byte[][] texts = new byte[count][];
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.setLength(0);
            Elements.appendText(text, from, cell.bytes, cell.start + i * width);
            texts[i] = text.toString().getBytes(UTF_8);
        }
        return texts;
    }

    private static byte @Nullable [][] split(String text, int count) {
        String[] parts = split(text);
        if (parts.length != count) {
            return null;
        }
        byte[][] texts = new byte[count][];
        for (int i = 0; i < count; i++) {
            texts[i] = parts[i].getBytes(UTF_8);
        }
        return texts;
    }

    /** At every comma and colon: the peer writes the one and reads the other. */
    static String[] split(String text) {
        return text.isEmpty() ? new String[0] : text.replace(':', ',').split(",", -1);
    }

    private static byte @Nullable [][] stored(Slice cell, int count) {
        int at = count * LENGTH_BYTES;
        if (at > cell.length) {
            return null;
        }
        byte[][] texts = new byte[count][];
        for (int i = 0; i < count; i++) {
            int length = LittleEndian.uint16(cell.bytes, cell.start + i * LENGTH_BYTES);
            if (length > cell.length - at) {
                return null;
            }
            texts[i] = Arrays.copyOfRange(cell.bytes, cell.start + at, cell.start + at + length);
            at += length;
        }
        return at == cell.length ? texts : null;
    }

    /** Strings in the stored form of a vector; null if one is too long for it. */
    static byte @Nullable [] storedForm(byte[][] texts) {
        int size = texts.length * LENGTH_BYTES;
        for (byte[] text : texts) {
            if (text.length > 0xFFFF) {
                return null;
            }
            size += text.length;
        }
        byte[] stored = new byte[size];
        int at = texts.length * LENGTH_BYTES;
        for (int i = 0; i < texts.length; i++) {
            LittleEndian.put16(stored, i * LENGTH_BYTES, texts[i].length);
            System.arraycopy(texts[i], 0, stored, at, texts[i].length);
            at += texts[i].length;
        }
        return stored;
    }

    /** Where a cell lies. */
    record Slice(byte[] bytes, int start, int length) {
        static Slice of(byte[] bytes) {
            return new Slice(bytes, 0, bytes.length);
        }

        byte[] copy() {
            return Arrays.copyOfRange(bytes, start, start + length);
        }
    }
}
