package io.dhara.realtime.source;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;

/**
 * The primitives of Avro's binary encoding. Every length is checked against the bytes that are left
 * before anything is allocated, which Avro's own decoder does not do. For one thread.
 */
final class AvroBytes {
    private static final int MAX_SHIFT = 63;
    private static final int PAYLOAD = 0b0111_1111;

    private final CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();
    private byte[] bytes = new byte[0];
    private int position;

    /** Begins with another record. */
    void reset(byte[] record) {
        bytes = record;
        position = 0;
    }

    int left() {
        return bytes.length - position;
    }

    /** An int or long: zigzag varint of at most ten bytes. */
    long readLong() {
        long zigzag = 0;
        for (int shift = 0; shift <= MAX_SHIFT; shift += 7) {
            byte next = readByte();
            zigzag |= (long) (next & PAYLOAD) << shift;
            if (next >= 0) {
                return (zigzag >>> 1) ^ -(zigzag & 1);
            }
        }
        throw RejectedException.malformed(
                "no Avro of this schema: number longer than ten bytes at " + position);
    }

    boolean readBoolean() {
        byte value = readByte();
        if (value != 0 && value != 1) {
            throw RejectedException.malformed(
                    "no Avro of this schema: boolean must be 0 or 1: got "
                            + value
                            + " at "
                            + (position - 1));
        }
        return value == 1;
    }

    float readFloat() {
        return Float.intBitsToFloat((int) littleEndian(Float.BYTES));
    }

    double readDouble() {
        return Double.longBitsToDouble(littleEndian(Double.BYTES));
    }

    /**
     * A string.
     *
     * @param field for the rejection
     */
    String readText(String field) {
        int length = readLength();
        try {
            String text = utf8.decode(ByteBuffer.wrap(bytes, position, length)).toString();
            position += length;
            return text;
        } catch (CharacterCodingException e) {
            throw RejectedException.badField(field, "UTF-8", "other bytes at " + position);
        }
    }

    /** A string or bytes, passed over. */
    void skipText() {
        skip(readLength());
    }

    void skip(long count) {
        if (count < 0 || count > left()) {
            throw RejectedException.malformed(
                    "no Avro of this schema: need "
                            + count
                            + " bytes at "
                            + position
                            + ", have "
                            + left());
        }
        position += (int) count;
    }

    private int readLength() {
        long length = readLong();
        if (length < 0 || length > left()) {
            throw RejectedException.malformed(
                    "no Avro of this schema: text of "
                            + length
                            + " bytes at "
                            + position
                            + ", have "
                            + left());
        }
        return (int) length;
    }

    private long littleEndian(int count) {
        int start = position;
        skip(count);
        long bits = 0;
        for (int i = count - 1; i >= 0; i--) {
            bits = bits << Byte.SIZE | (bytes[start + i] & 0xFF);
        }
        return bits;
    }

    private byte readByte() {
        if (position == bytes.length) {
            throw RejectedException.malformed(
                    "no Avro of this schema: the record ends at " + position);
        }
        return bytes[position++];
    }
}
