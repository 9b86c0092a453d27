package io.dhara.core.interaction;

import io.dhara.core.psdb.LittleEndian;
import io.dhara.core.psdb.PayloadInflater;
import io.dhara.core.psdb.PsdbFormatException;
import io.dhara.core.psdb.ZstdFrames;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Writes and reads interaction blocks of both layouts. The same interactions always give the same
 * bytes, in whatever order they are given. Thread-safe.
 */
public final class InteractionBlock {
    /**
     * Most bytes of a body that a merge leaves, before compression. One UPDATE of all eight slots
     * of a table then stays under the 16 MiB that Cassandra and Scylla take; a larger one would
     * fail for ever.
     */
    public static final int MERGED_BODY_LENGTH =
            (16 << 20) / WeekSlots.SLOTS_PER_TABLE - (64 << 10);

    private static final ThreadLocal<ZstdFrames> ZSTD = ThreadLocal.withInitial(ZstdFrames::new);
    private static final ThreadLocal<PayloadInflater> INFLATER =
            ThreadLocal.withInitial(PayloadInflater::new);

    /** A thread that met a larger body does not hold on to its buffer. */
    private static final int KEPT_BUFFER_LENGTH = 1 << 20;

    private InteractionBlock() {}

    /** Most interactions a block of this type can hold. */
    public static int maxEvents(InteractionType type) {
        return InteractionFormat.maxEvents(type.layout());
    }

    /**
     * Why an interaction cannot be stored, if it cannot: a 64-bit id or a sub-order where the
     * type's blocks have no room for it, a text that is too long or no text. Asked before it is
     * taken in.
     *
     * @return text with field, value and limit
     */
    public static Optional<String> refusal(InteractionType type, Interaction interaction) {
        return InteractionLimits.refusal(type, interaction);
    }

    /**
     * Encodes in the type's layout.
     *
     * @param newestFirst of one user and this type, at least one; sorted here if they are not in
     *     order
     * @throws InteractionRefusedException if one of them has a {@link #refusal}, or they are none
     *     or more than the block can hold
     */
    public static byte[] encode(InteractionType type, List<Interaction> newestFirst) {
        List<Interaction> events = inOrder(newestFirst);
        InteractionLimits.check(type, events);
        return type.layout() == InteractionFormat.LAYOUT_1
                ? encode1(type, events)
                : encode2(events);
    }

    /**
     * Reads either layout, whatever the type's is.
     *
     * @param userId whose row it was; not in the block
     * @param type whose column it was; not in the block
     * @return as stored: newest first if Dhara wrote it, by event time alone if BharatMLStack did
     * @throws PsdbFormatException if the bytes are anything but a whole block. Its offset is
     *     counted in the block as it is after decompression
     */
    public static List<Interaction> decode(String userId, InteractionType type, byte[] block) {
        if (block.length < InteractionFormat.HEADER_LENGTH) {
            throw new PsdbFormatException(
                    block.length, "block has " + block.length + " bytes, its header alone has 2");
        }
        int layout = block[0] & InteractionFormat.LAYOUT_MASK;
        if (layout == InteractionFormat.LAYOUT_1) {
            return decode1(userId, type, block);
        }
        if (layout == InteractionFormat.LAYOUT_2) {
            return decode2(userId, type, block);
        }
        throw new PsdbFormatException(0, "layout " + layout + " is not known, only 1 and 2 are");
    }

    private static List<Interaction> inOrder(List<Interaction> events) {
        for (int i = 1; i < events.size(); i++) {
            if (Interaction.NEWEST_FIRST.compare(events.get(i - 1), events.get(i)) > 0) {
                List<Interaction> sorted = new ArrayList<>(events);
                sorted.sort(Interaction.NEWEST_FIRST);
                return sorted;
            }
        }
        return events;
    }

    private static byte[] encode1(InteractionType type, List<Interaction> events) {
        byte[] body = BlockColumns.layout1(type.shape(), events);
        byte[] frame = compressed(body);
        byte[] stored = frame.length < body.length ? frame : body;
        byte[] block = new byte[InteractionFormat.HEADER_LENGTH + stored.length];
        block[0] =
                (byte)
                        (events.size() >> 8 << InteractionFormat.COUNT_HIGH_SHIFT
                                | compression(stored == frame)
                                | InteractionFormat.LAYOUT_1);
        block[1] = (byte) events.size();
        System.arraycopy(stored, 0, block, InteractionFormat.HEADER_LENGTH, stored.length);
        return block;
    }

    private static List<Interaction> decode1(String userId, InteractionType type, byte[] block) {
        int count = (block[0] >> InteractionFormat.COUNT_HIGH_SHIFT & 1) << 8 | block[1] & 0xFF;
        int start = InteractionFormat.HEADER_LENGTH;
        Body body = body(block, start, BlockColumns.maxLayout1(type.shape(), count));
        BlockColumns columns = new BlockColumns(body, start);
        return columns.readLayout1(userId, type, count);
    }

    private static byte[] encode2(List<Interaction> events) {
        BlockSections sections = BlockSections.of(events);
        byte[] body = sections.body();
        byte[] frame = compressed(body);
        byte[] stored = frame.length < body.length ? frame : body;
        int bodyOffset = InteractionFormat.bodyOffset(sections.count());
        byte[] block = new byte[bodyOffset + stored.length];
        block[0] = (byte) (compression(stored == frame) | InteractionFormat.LAYOUT_2);
        block[InteractionFormat.SECTIONS_OFFSET] = (byte) sections.count();
        LittleEndian.put16(block, InteractionFormat.COUNT_OFFSET, events.size());
        sections.putTable(block, InteractionFormat.TABLE_OFFSET);
        System.arraycopy(stored, 0, block, bodyOffset, stored.length);
        LittleEndian.put32(block, InteractionFormat.CHECKSUM_OFFSET, checksum(block));
        return block;
    }

    private static List<Interaction> decode2(String userId, InteractionType type, byte[] block) {
        if (block.length < InteractionFormat.TABLE_OFFSET) {
            throw new PsdbFormatException(
                    block.length,
                    "block of layout 2 has "
                            + block.length
                            + " bytes, its header alone has "
                            + InteractionFormat.TABLE_OFFSET);
        }
        if (block[0] < 0) {
            throw new PsdbFormatException(0, "the highest bit of layout 2 must be 0");
        }
        int stated = LittleEndian.int32(block, InteractionFormat.CHECKSUM_OFFSET);
        int actual = checksum(block);
        if (stated != actual) {
            throw new PsdbFormatException(
                    InteractionFormat.CHECKSUM_OFFSET,
                    String.format("checksum is %08x, the bytes give %08x", stated, actual));
        }
        int count = LittleEndian.uint16(block, InteractionFormat.COUNT_OFFSET);
        BlockSections sections = BlockSections.read(block, count);
        int start = InteractionFormat.bodyOffset(sections.count());
        Body body = body(block, start, sections.bodyLength());
        return sections.read(userId, type, body, start);
    }

    /** CRC32C over all of a layout 2 block but the checksum itself. */
    private static int checksum(byte[] block) {
        CRC32C crc = new CRC32C();
        crc.update(block, 0, InteractionFormat.CHECKSUM_OFFSET);
        crc.update(
                block,
                InteractionFormat.TABLE_OFFSET,
                block.length - InteractionFormat.TABLE_OFFSET);
        return (int) crc.getValue();
    }

    private static int compression(boolean zstd) {
        return (zstd ? InteractionFormat.COMPRESSION_ZSTD : InteractionFormat.COMPRESSION_NONE)
                << InteractionFormat.COMPRESSION_SHIFT;
    }

    private static byte[] compressed(byte[] body) {
        byte[] frame = new byte[ZstdFrames.bound(body.length)];
        return Arrays.copyOf(frame, ZSTD.get().compress(body, 0, body.length, frame));
    }

    /** Body bytes, where they are and how many. */
    record Body(byte[] bytes, int offset, int length) {}

    private static Body body(byte[] block, int start, int limit) {
        int compression =
                block[0] >> InteractionFormat.COMPRESSION_SHIFT
                        & InteractionFormat.COMPRESSION_MASK;
        int length = block.length - start;
        if (compression == InteractionFormat.COMPRESSION_NONE) {
            return new Body(block, start, length);
        }
        if (compression != InteractionFormat.COMPRESSION_ZSTD) {
            throw new PsdbFormatException(
                    0, "compression " + compression + " is not known, only 0 and 1 are");
        }
        PayloadInflater inflater = INFLATER.get();
        try {
            int inflated = inflater.inflate(block, start, length, start, limit);
            return new Body(inflater.buffer(), 0, inflated);
        } finally {
            if (inflater.buffer().length > KEPT_BUFFER_LENGTH) {
                INFLATER.remove();
            }
        }
    }
}
