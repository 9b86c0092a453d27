package io.dhara.realtime.domain.bytes;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads what {@link ByteWriter} wrote. Every length is checked before it is used.
 *
 * <p>Each method throws {@link MalformedStateException} if the bytes end too early or make no
 * sense. One thread.
 */
public final class ByteReader {
    private final byte[] bytes;
    private int offset;

    public ByteReader(byte[] bytes) {
        this.bytes = bytes;
    }

    public int offset() {
        return offset;
    }

    public boolean atEnd() {
        return offset == bytes.length;
    }

    public int readByte() {
        need(1);
        return bytes[offset++] & 0xFF;
    }

    public long readUnsigned() {
        long value = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            int next = readByte();
            value |= (long) (next & 0x7F) << shift;
            if (next < 0x80) {
                return value;
            }
        }
        throw malformed("a number of more than 10 bytes");
    }

    public long readSigned() {
        long value = readUnsigned();
        return (value >>> 1) ^ -(value & 1);
    }

    /**
     * A number of things that follow, each at least one byte long.
     *
     * @throws MalformedStateException also if there are fewer bytes left than things
     */
    public int readCount() {
        long count = readUnsigned();
        if (count < 0 || count > bytes.length - offset) {
            throw malformed("a count of " + count + " with " + (bytes.length - offset) + " left");
        }
        return (int) count;
    }

    public int readInt() {
        need(4);
        int value = 0;
        for (int i = 0; i < 4; i++) {
            value = value << 8 | bytes[offset++] & 0xFF;
        }
        return value;
    }

    public double readDouble() {
        need(8);
        long value = 0;
        for (int i = 0; i < 8; i++) {
            value = value << 8 | bytes[offset++] & 0xFF;
        }
        return Double.longBitsToDouble(value);
    }

    public byte[] readBytes() {
        int length = readCount();
        byte[] value = Arrays.copyOfRange(bytes, offset, offset + length);
        offset += length;
        return value;
    }

    public String readText() {
        return new String(readBytes(), StandardCharsets.UTF_8);
    }

    /**
     * @throws MalformedStateException if anything is left
     */
    public void finish() {
        if (!atEnd()) {
            throw malformed((bytes.length - offset) + " bytes too many");
        }
    }

    public MalformedStateException malformed(String reason) {
        return new MalformedStateException(offset, reason);
    }

    private void need(int count) {
        if (bytes.length - offset < count) {
            throw malformed("need " + count + " bytes, have " + (bytes.length - offset));
        }
    }
}
