package io.dhara.core.psdb;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.lang.ref.Cleaner;
import org.jspecify.annotations.Nullable;

/**
 * Zstd in one shot with contexts that are made on first use, reused, and freed after their owner is
 * unreachable. One per thread.
 */
public final class ZstdFrames {
    /** libzstd's ZSTD_error_dstSize_tooSmall. */
    private static final long DST_SIZE_TOO_SMALL = 70;

    /** Result of {@link #decompress}: the frame holds more than there is room for. */
    public static final int NO_ROOM = -1;

    private static final int LEVEL = 3;
    private static final Cleaner CLEANER = Cleaner.create();

    private @Nullable ZstdCompressCtx compressor;
    private @Nullable ZstdDecompressCtx decompressor;

    public static int bound(int length) {
        return (int) Zstd.compressBound(length);
    }

    /**
     * Writes one frame with a content checksum.
     *
     * @param dst with {@link #bound} bytes of room
     * @return length of the frame
     */
    public int compress(byte[] src, int offset, int length, byte[] dst) {
        if (compressor == null) {
            ZstdCompressCtx created = new ZstdCompressCtx();
            created.setLevel(LEVEL).setChecksum(true);
            CLEANER.register(this, created::close);
            compressor = created;
        }
        return compressor.compressByteArray(dst, 0, dst.length, src, offset, length);
    }

    /**
     * @param limit most bytes to write at the start of {@code dst}; what the frame says about its
     *     size is not believed
     * @return bytes written, or {@link #NO_ROOM}
     * @throws PsdbFormatException if it is not a whole zstd frame, naming {@code offsetInBlock}
     */
    public int decompress(
            byte[] src, int offset, int length, byte[] dst, int limit, int offsetInBlock) {
        if (decompressor == null) {
            ZstdDecompressCtx created = new ZstdDecompressCtx();
            CLEANER.register(this, created::close);
            decompressor = created;
        }
        try {
            return decompressor.decompressByteArray(dst, 0, limit, src, offset, length);
        } catch (ZstdException e) {
            if (e.getErrorCode() == DST_SIZE_TOO_SMALL) {
                return NO_ROOM;
            }
            throw new PsdbFormatException(
                    offsetInBlock, "payload is not a zstd frame: " + e.getMessage());
        }
    }
}
