package io.dhara.core.hash;

import java.nio.charset.StandardCharsets;

/**
 * MurmurHash3_x86_32, as BharatMLStack selects users with it. Stateless. See <a
 * href="https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp">the reference</a>.
 */
public final class Murmur3 {
    private static final int C1 = 0xcc9e2d51;
    private static final int C2 = 0x1b873593;
    private static final int BLOCK_BYTES = 4;

    private Murmur3() {}

    /** The hash of the text's UTF-8 bytes, seed 0. */
    public static int hash32(String text) {
        return hash32(text.getBytes(StandardCharsets.UTF_8), 0);
    }

    /** The hash of all bytes. */
    public static int hash32(byte[] bytes, int seed) {
        int hash = seed;
        int blocksEnd = bytes.length - bytes.length % BLOCK_BYTES;
        for (int at = 0; at < blocksEnd; at += BLOCK_BYTES) {
            hash ^= scrambled(word(bytes, at, BLOCK_BYTES));
            hash = Integer.rotateLeft(hash, 13) * 5 + 0xe6546b64;
        }
        hash ^= scrambled(word(bytes, blocksEnd, bytes.length - blocksEnd));
        return finished(hash ^ bytes.length);
    }

    /**
     * A share of one hundred for the text: the same text always has the same, so a text is within a
     * share of n percent for every n above it. The remainder of the hash's magnitude, as the peer
     * takes it.
     */
    public static int percentile(String text) {
        return (int) (Math.abs((long) hash32(text)) % 100);
    }

    private static int word(byte[] bytes, int at, int count) {
        int word = 0;
        for (int i = 0; i < count; i++) {
            word |= (bytes[at + i] & 0xff) << (8 * i);
        }
        return word;
    }

    private static int scrambled(int word) {
        return Integer.rotateLeft(word * C1, 15) * C2;
    }

    private static int finished(int hash) {
        int mixed = (hash ^ (hash >>> 16)) * 0x85ebca6b;
        mixed = (mixed ^ (mixed >>> 13)) * 0xc2b2ae35;
        return mixed ^ (mixed >>> 16);
    }
}
