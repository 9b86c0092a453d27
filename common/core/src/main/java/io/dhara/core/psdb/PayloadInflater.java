package io.dhara.core.psdb;

/**
 * Decompresses payloads into a buffer of its own, which grows with what is needed and not with what
 * a frame claims. For one thread.
 */
public final class PayloadInflater {
    private final ZstdFrames zstd = new ZstdFrames();
    private byte[] buffer = new byte[0];

    /** Where the payload is after {@link #inflate}, from index 0. */
    public byte[] buffer() {
        return buffer;
    }

    /**
     * Decompresses the payload of a block.
     *
     * @param headerLength where the payload starts in the block, for error texts
     * @param limit most bytes the payload may have
     * @return length of the payload
     * @throws PsdbFormatException if it is not a zstd frame or holds more than the limit
     */
    public int inflate(byte[] src, int offset, int length, int headerLength, int limit) {
        int room = Math.min(limit, Math.max(buffer.length, PsdbFormat.MAX_BLOCK_LENGTH));
        while (true) {
            if (buffer.length < room) {
                buffer = new byte[room];
            }
            int written = zstd.decompress(src, offset, length, buffer, room, headerLength);
            if (written != ZstdFrames.NO_ROOM) {
                return written;
            }
            if (room == limit) {
                throw new PsdbFormatException(
                        headerLength,
                        "compressed payload holds more than the " + limit + " bytes allowed");
            }
            room = (int) Math.min(limit, room * 4L);
        }
    }
}
