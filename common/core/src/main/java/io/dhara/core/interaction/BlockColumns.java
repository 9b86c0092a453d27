package io.dhara.core.interaction;

import io.dhara.core.interaction.InteractionBlock.Body;
import io.dhara.core.interaction.InteractionType.Shape;
import io.dhara.core.psdb.LittleEndian;
import io.dhara.core.psdb.PsdbFormatException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** Columns of a body: written by static methods, read one after another by an instance. */
final class BlockColumns {
    private static final int INT_BYTES = 4;
    private static final int LONG_BYTES = 8;
    private static final int NUMBERS_OF_LAYOUT_1 = 2 * INT_BYTES + LONG_BYTES;

    private final byte[] bytes;
    private final int end;

    /** Add to an index into {@link #bytes} for the offset in the decompressed block. */
    private final int shift;

    private int at;

    /**
     * @param bodyOffset where the body begins in the block, for error texts
     */
    BlockColumns(Body body, int bodyOffset) {
        this.bytes = body.bytes();
        this.at = body.offset();
        this.end = body.offset() + body.length();
        this.shift = bodyOffset - body.offset();
    }

    static byte[] layout1(Shape shape, List<Interaction> events) {
        byte[][] metadata = utf8(events, Interaction::metadata);
        byte[][] subOrders =
                shape == Shape.ORDER ? utf8(events, Interaction::subOrder) : new byte[0][];
        int n = events.size();
        byte[] body =
                new byte
                        [n * NUMBERS_OF_LAYOUT_1
                                + stringsLength(subOrders)
                                + stringsLength(metadata)];
        for (int i = 0; i < n; i++) {
            Interaction event = events.get(i);
            LittleEndian.put32(body, i * INT_BYTES, (int) event.catalogId());
            LittleEndian.put32(body, (n + i) * INT_BYTES, (int) event.productId());
            LittleEndian.put64(body, 2 * n * INT_BYTES + i * LONG_BYTES, event.eventTimeMillis());
        }
        int at = putStrings(body, n * NUMBERS_OF_LAYOUT_1, subOrders);
        putStrings(body, at, metadata);
        return body;
    }

    /** Most bytes that a body of so many events can have. */
    static int maxLayout1(Shape shape, int count) {
        int strings = shape == Shape.ORDER ? 2 : 1;
        return count * (NUMBERS_OF_LAYOUT_1 + strings * maxString());
    }

    /** Bytes of a string of the greatest length, with its length. */
    static int maxString() {
        return InteractionFormat.STRING_LENGTH_BYTES + InteractionFormat.MAX_STRING_LENGTH;
    }

    List<Interaction> readLayout1(String userId, InteractionType type, int count) {
        long[] catalogIds = int32s("catalog ids", count);
        long[] productIds = int32s("product ids", count);
        long[] times = int64s("event times", count);
        String[] subOrders =
                type.shape() == Shape.ORDER ? strings("sub-orders", count) : empty(count);
        String[] metadata = strings("metadata", count);
        finish();
        return interactions(userId, type, productIds, catalogIds, times, subOrders, metadata);
    }

    static List<Interaction> interactions(
            String userId,
            InteractionType type,
            long[] productIds,
            long[] catalogIds,
            long[] times,
            String[] subOrders,
            String[] metadata) {
        List<Interaction> events = new ArrayList<>(times.length);
        for (int i = 0; i < times.length; i++) {
            events.add(
                    new Interaction(
                            userId,
                            type.name(),
                            productIds[i],
                            catalogIds[i],
                            times[i],
                            subOrders[i],
                            metadata[i]));
        }
        return events;
    }

    static String[] empty(int count) {
        String[] values = new String[count];
        Arrays.fill(values, "");
        return values;
    }

    static byte[][] utf8(List<Interaction> events, Function<Interaction, String> column) {
        byte[][] values = new byte[events.size()][];
        for (int i = 0; i < values.length; i++) {
            values[i] = column.apply(events.get(i)).getBytes(StandardCharsets.UTF_8);
        }
        return values;
    }

    static int stringsLength(byte[][] values) {
        int length = values.length * InteractionFormat.STRING_LENGTH_BYTES;
        for (byte[] value : values) {
            length = Math.addExact(length, value.length);
        }
        return length;
    }

    /** All lengths, then all strings; returns the offset behind them. */
    static int putStrings(byte[] dst, int offset, byte[][] values) {
        int at = offset + values.length * InteractionFormat.STRING_LENGTH_BYTES;
        for (int i = 0; i < values.length; i++) {
            LittleEndian.put16(
                    dst, offset + i * InteractionFormat.STRING_LENGTH_BYTES, values[i].length);
            System.arraycopy(values[i], 0, dst, at, values[i].length);
            at += values[i].length;
        }
        return at;
    }

    private long[] int32s(String column, int count) {
        int from = take(column, count * INT_BYTES);
        long[] values = new long[count];
        for (int i = 0; i < count; i++) {
            values[i] = LittleEndian.int32(bytes, from + i * INT_BYTES);
        }
        return values;
    }

    long[] int64s(String column, int count) {
        int from = take(column, count * LONG_BYTES);
        long[] values = new long[count];
        for (int i = 0; i < count; i++) {
            values[i] = LittleEndian.int64(bytes, from + i * LONG_BYTES);
        }
        return values;
    }

    String[] strings(String column, int count) {
        int lengths = take("lengths of " + column, count * InteractionFormat.STRING_LENGTH_BYTES);
        String[] values = new String[count];
        for (int i = 0; i < count; i++) {
            int length =
                    LittleEndian.uint16(bytes, lengths + i * InteractionFormat.STRING_LENGTH_BYTES);
            values[i] = length == 0 ? "" : text(column, take(column, length), length);
        }
        return values;
    }

    /** Bytes that are no UTF-8 would be other bytes when written again. */
    private String text(String column, int from, int length) {
        String value = new String(bytes, from, length, StandardCharsets.UTF_8);
        if (value.indexOf('\uFFFD') >= 0) {
            byte[] again = value.getBytes(StandardCharsets.UTF_8);
            if (!Arrays.equals(again, 0, again.length, bytes, from, from + length)) {
                throw new PsdbFormatException(from + shift, column + " are not UTF-8");
            }
        }
        return value;
    }

    private int take(String column, int length) {
        if (length > end - at) {
            throw new PsdbFormatException(
                    at + shift, column + " take " + length + " bytes, " + (end - at) + " are left");
        }
        int from = at;
        at += length;
        return from;
    }

    /** Where the next column begins, in the decompressed block. */
    int offset() {
        return at + shift;
    }

    /** Bytes to spare are a torn write or lengths that overflowed. */
    void finish() {
        if (at != end) {
            throw new PsdbFormatException(at + shift, (end - at) + " bytes follow the last column");
        }
    }
}
