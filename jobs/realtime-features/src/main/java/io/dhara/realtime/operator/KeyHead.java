package io.dhara.realtime.operator;

import io.dhara.realtime.domain.bytes.ByteReader;
import io.dhara.realtime.domain.bytes.ByteWriter;

/**
 * What is read and written with every batch of a key's events. Bytes, layout 1: a version byte; the
 * timer as a signed number; a byte that says whether a row was given, and then 8 bytes of its hash;
 * the history's own bytes.
 *
 * @param timerMillis when the key's timer is due; {@link #NO_TIMER} if it has none
 * @param given whether a row of the key was given
 * @param valuesHash hash of the last row's values; 0 if none was given
 * @param history as {@link io.dhara.realtime.domain.tile.KeyHistory#save} gave it
 */
record KeyHead(long timerMillis, boolean given, long valuesHash, byte[] history) {
    static final long NO_TIMER = Long.MAX_VALUE;
    private static final int VERSION = 1;

    byte[] toBytes() {
        ByteWriter out = new ByteWriter();
        out.writeByte(VERSION);
        out.writeSigned(timerMillis);
        out.writeByte(given ? 1 : 0);
        if (given) {
            out.writeInt((int) (valuesHash >>> 32));
            out.writeInt((int) valuesHash);
        }
        out.writeBytes(history);
        return out.toBytes();
    }

    /**
     * @throws io.dhara.realtime.domain.bytes.MalformedStateException if the bytes are none, or of
     *     another version
     */
    static KeyHead of(byte[] bytes) {
        ByteReader in = new ByteReader(bytes);
        int version = in.readByte();
        if (version != VERSION) {
            throw in.malformed("key state version " + version + ", this release reads " + VERSION);
        }
        long timer = in.readSigned();
        boolean given = in.readByte() != 0;
        long hash = given ? (long) in.readInt() << 32 | in.readInt() & 0xFFFF_FFFFL : 0;
        KeyHead head = new KeyHead(timer, given, hash, in.readBytes());
        in.finish();
        return head;
    }
}
