package io.dhara.flink.serde;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Fields of formats that are written often or kept in great number: varints (seven bits a byte,
 * lowest first, the top bit says that more follow) and texts (varint byte count, then UTF-8).
 */
public final class CompactFields {
    private static final int MORE = 0b1000_0000;
    private static final int PAYLOAD = 0b0111_1111;
    private static final int LAST_SHIFT = 63;

    private CompactFields() {}

    /** Any int64, short when near zero: zigzag, then a varint. */
    public static void writeSigned(long value, DataOutput out) throws IOException {
        writeVarint((value << 1) ^ (value >> 63), out);
    }

    public static long readSigned(DataInput in) throws IOException {
        long zigzag = readVarint(in);
        return (zigzag >>> 1) ^ -(zigzag & 1);
    }

    /** An int64 taken as unsigned. */
    public static void writeVarint(long value, DataOutput out) throws IOException {
        long rest = value;
        while ((rest & ~PAYLOAD) != 0) {
            out.writeByte((int) (rest & PAYLOAD) | MORE);
            rest >>>= 7;
        }
        out.writeByte((int) rest);
    }

    /**
     * @throws IOException also if it does not end after ten bytes, or does not fit 64 bits
     */
    public static long readVarint(DataInput in) throws IOException {
        long value = 0;
        for (int shift = 0; shift <= LAST_SHIFT; shift += 7) {
            int next = in.readByte();
            value |= (long) (next & PAYLOAD) << shift;
            if ((next & MORE) == 0) {
                if (shift == LAST_SHIFT && next > 1) {
                    break;
                }
                return value;
            }
        }
        throw new IOException("varint must fit 64 bits");
    }

    /**
     * @throws IOException also if the count is not 0..2^31-1
     */
    public static int readCount(DataInput in) throws IOException {
        long count = readVarint(in);
        if (count < 0 || count > Integer.MAX_VALUE) {
            throw new IOException("count must be 0.." + Integer.MAX_VALUE + ": got " + count);
        }
        return (int) count;
    }

    public static void writeText(String text, DataOutput out) throws IOException {
        if (text.isEmpty()) {
            out.writeByte(0);
            return;
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        writeVarint(bytes.length, out);
        out.write(bytes);
    }

    public static String readText(DataInput in) throws IOException {
        int length = readCount(in);
        if (length == 0) {
            return "";
        }
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
