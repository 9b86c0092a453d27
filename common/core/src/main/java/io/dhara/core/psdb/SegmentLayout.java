package io.dhara.core.psdb;

import io.dhara.core.psdb.BlockRefusedException.Reason;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a block lies in a group's blob columns: cut into chunks over the column names sorted as
 * strings ({@code seg_10} before {@code seg_2}), the rest of the columns empty. Immutable.
 *
 * @param columns sorted by the constructor
 * @param maxColumnSizeBytes size of every chunk but the last
 */
public record SegmentLayout(List<String> columns, int maxColumnSizeBytes) {
    public SegmentLayout {
        columns = columns.stream().sorted().toList();
        if (columns.isEmpty()) {
            throw new IllegalArgumentException("a group needs at least one segment column");
        }
        if (maxColumnSizeBytes < 1) {
            throw new IllegalArgumentException(
                    "max-column-size-in-bytes must be positive: got " + maxColumnSizeBytes);
        }
    }

    /** Longest block that fits. */
    public long capacityBytes() {
        return (long) columns.size() * maxColumnSizeBytes;
    }

    /**
     * A chunk per column, in the order of {@link #columns}; every column gets one, past the end
     * empty ones. The chunks are views of {@code block}.
     *
     * @throws BlockRefusedException if the block does not fit
     */
    public ByteBuffer[] split(byte[] block, int offset, int length) {
        if (length > capacityBytes()) {
            throw new BlockRefusedException(
                    Reason.BLOCK_TOO_LARGE,
                    "block has "
                            + length
                            + " bytes, its "
                            + columns.size()
                            + " segment columns hold "
                            + capacityBytes()
                            + ": add a segment column to the feature group");
        }
        ByteBuffer[] chunks = new ByteBuffer[columns.size()];
        int at = 0;
        for (int i = 0; i < chunks.length; i++) {
            int size = Math.min(maxColumnSizeBytes, length - at);
            chunks[i] = ByteBuffer.wrap(block, offset + at, size).slice();
            at += size;
        }
        return chunks;
    }

    /**
     * The block of these chunks, in the order of {@link #columns}; null when all are null or empty.
     * The chunks' positions do not move.
     */
    public static byte @Nullable [] join(List<? extends @Nullable ByteBuffer> chunks) {
        int length = 0;
        for (ByteBuffer chunk : chunks) {
            length += chunk == null ? 0 : chunk.remaining();
        }
        if (length == 0) {
            return null;
        }
        byte[] block = new byte[length];
        int at = 0;
        for (ByteBuffer chunk : chunks) {
            if (chunk != null) {
                int size = chunk.remaining();
                chunk.get(chunk.position(), block, at, size);
                at += size;
            }
        }
        return block;
    }
}
