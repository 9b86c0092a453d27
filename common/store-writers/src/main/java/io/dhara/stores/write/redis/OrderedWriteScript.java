package io.dhara.stores.write.redis;

import io.dhara.stores.write.BlockWrite;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** The script {@code ordered-write.lua}: its text, its digest, its arguments. */
final class OrderedWriteScript {
    private static final String RESOURCE = "ordered-write.lua";
    private static final int ARGUMENTS_BEFORE_GROUPS = 2;
    private static final int ARGUMENTS_PER_GROUP = 3;

    static final byte[] TEXT = load();

    /** What EVALSHA calls it by. */
    static final byte[] SHA = sha1(TEXT);

    /** The answer when the stored value could not be taken apart and was replaced. */
    static final long REPLACED_UNREADABLE = 2;

    private OrderedWriteScript() {}

    /** Key and arguments of one call. */
    static byte[][] parameters(byte[] key, long nowMillis, List<BlockWrite> writes) {
        byte[][] out = new byte[ARGUMENTS_BEFORE_GROUPS + ARGUMENTS_PER_GROUP * writes.size()][];
        int at = 0;
        out[at++] = key;
        out[at++] = ascii(nowMillis);
        for (BlockWrite write : writes) {
            out[at++] = ascii(write.groupId());
            out[at++] =
                    ByteBuffer.allocate(Long.BYTES)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putLong(write.writeTimeMicros())
                            .array();
            out[at++] = write.block();
        }
        return out;
    }

    private static byte[] ascii(long number) {
        return Long.toString(number).getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] load() {
        try (InputStream in = OrderedWriteScript.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(RESOURCE + " is not on the class path");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] sha1(byte[] text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest(text);
            return HexFormat.of().formatHex(digest).getBytes(StandardCharsets.US_ASCII);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }
}
