package io.dhara.flink.serde;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The fields every format of this package is made of: an int32 byte count, big-endian, before the
 * bytes; -1 for null. Strings are UTF-8 and, unlike {@link DataOutput#writeUTF}, of any length.
 */
public final class BinaryFields {
    private static final int NULL = -1;

    private BinaryFields() {}

    public static void writeBytes(byte @Nullable [] bytes, DataOutput out) throws IOException {
        if (bytes == null) {
            out.writeInt(NULL);
            return;
        }
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    public static byte @Nullable [] readNullableBytes(DataInput in) throws IOException {
        int length = in.readInt();
        if (length == NULL) {
            return null;
        }
        if (length < 0) {
            throw new IOException("byte count must be -1 or more: got " + length);
        }
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        return bytes;
    }

    /**
     * @throws IOException also if the field is null
     */
    public static byte[] readBytes(DataInput in) throws IOException {
        byte[] bytes = readNullableBytes(in);
        if (bytes == null) {
            throw new IOException("field must not be null");
        }
        return bytes;
    }

    public static void writeString(String text, DataOutput out) throws IOException {
        writeBytes(text.getBytes(StandardCharsets.UTF_8), out);
    }

    public static String readString(DataInput in) throws IOException {
        return new String(readBytes(in), StandardCharsets.UTF_8);
    }

    /**
     * @throws IOException also if the count is negative
     */
    public static int readCount(DataInput in) throws IOException {
        int count = in.readInt();
        if (count < 0) {
            throw new IOException("element count must be 0 or more: got " + count);
        }
        return count;
    }
}
