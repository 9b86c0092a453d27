package io.dhara.core.interaction;

import io.dhara.core.interaction.InteractionBlock.Body;
import io.dhara.core.psdb.LittleEndian;
import io.dhara.core.psdb.PsdbFormatException;
import java.util.List;

/** The sections of a layout 2 body: which there are, how long they are, what is in them. */
final class BlockSections {
    /** In the order they are written; the id is the position from 1. */
    private enum Section {
        PRODUCT_IDS,
        EVENT_TIMES,
        CATALOG_IDS,
        SUB_ORDERS,
        METADATA;

        static final Section[] ALL = values();

        int id() {
            return ordinal() + 1;
        }

        boolean ofNumbers() {
            return this == PRODUCT_IDS || this == EVENT_TIMES || this == CATALOG_IDS;
        }

        /** Others are left out when all their values are 0 or empty. */
        boolean always() {
            return this == PRODUCT_IDS || this == EVENT_TIMES;
        }
    }

    private static final int LONG_BYTES = 8;

    private final int events;
    private final int[] lengths;
    private final byte[] body;

    private BlockSections(int events, int[] lengths, byte[] body) {
        this.events = events;
        this.lengths = lengths;
        this.body = body;
    }

    static BlockSections of(List<Interaction> events) {
        byte[][] subOrders = BlockColumns.utf8(events, Interaction::subOrder);
        byte[][] metadata = BlockColumns.utf8(events, Interaction::metadata);
        int numbers = events.size() * LONG_BYTES;
        int[] lengths = new int[Section.ALL.length];
        lengths[Section.PRODUCT_IDS.ordinal()] = numbers;
        lengths[Section.EVENT_TIMES.ordinal()] = numbers;
        if (events.stream().anyMatch(event -> event.catalogId() != 0)) {
            lengths[Section.CATALOG_IDS.ordinal()] = numbers;
        }
        lengths[Section.SUB_ORDERS.ordinal()] = lengthUnlessEmpty(subOrders);
        lengths[Section.METADATA.ordinal()] = lengthUnlessEmpty(metadata);

        byte[] body = new byte[checkedSum(lengths)];
        int at = 0;
        for (Section section : Section.ALL) {
            if (lengths[section.ordinal()] > 0) {
                switch (section) {
                    case SUB_ORDERS -> BlockColumns.putStrings(body, at, subOrders);
                    case METADATA -> BlockColumns.putStrings(body, at, metadata);
                    case PRODUCT_IDS, EVENT_TIMES, CATALOG_IDS ->
                            putNumbers(body, at, section, events);
                }
                at += lengths[section.ordinal()];
            }
        }
        return new BlockSections(events.size(), lengths, body);
    }

    private static int lengthUnlessEmpty(byte[][] values) {
        int length = BlockColumns.stringsLength(values);
        return length == values.length * InteractionFormat.STRING_LENGTH_BYTES ? 0 : length;
    }

    private static int checkedSum(int[] lengths) {
        long sum = 0;
        for (int length : lengths) {
            sum += length;
        }
        if (sum > InteractionFormat.MAX_BODY_LENGTH) {
            throw new InteractionRefusedException(
                    "a block's body has at most "
                            + InteractionFormat.MAX_BODY_LENGTH
                            + " bytes: got "
                            + sum);
        }
        return (int) sum;
    }

    private static void putNumbers(
            byte[] dst, int offset, Section section, List<Interaction> events) {
        for (int i = 0; i < events.size(); i++) {
            Interaction event = events.get(i);
            long value =
                    switch (section) {
                        case PRODUCT_IDS -> event.productId();
                        case EVENT_TIMES -> event.eventTimeMillis();
                        case CATALOG_IDS -> event.catalogId();
                        case SUB_ORDERS, METADATA ->
                                throw new IllegalArgumentException(section + " are no numbers");
                    };
            LittleEndian.put64(dst, offset + i * LONG_BYTES, value);
        }
    }

    /** Reads the table of a block whose checksum is right. */
    static BlockSections read(byte[] block, int events) {
        int count = block[InteractionFormat.SECTIONS_OFFSET] & 0xFF;
        if (InteractionFormat.bodyOffset(count) > block.length) {
            throw new PsdbFormatException(
                    InteractionFormat.SECTIONS_OFFSET,
                    "table of " + count + " sections ends behind the block");
        }
        int[] lengths = new int[Section.ALL.length];
        int before = 0;
        long sum = 0;
        for (int i = 0; i < count; i++) {
            int at = InteractionFormat.bodyOffset(i);
            int id = block[at] & 0xFF;
            if (id <= before || id > Section.ALL.length) {
                throw new PsdbFormatException(
                        at, "section " + id + " is not known here, after section " + before);
            }
            Section section = Section.ALL[id - 1];
            long length = Integer.toUnsignedLong(LittleEndian.int32(block, at + 1));
            checkLength(section, length, events, at + 1);
            lengths[section.ordinal()] = (int) length;
            sum += length;
            before = id;
        }
        for (Section section : Section.ALL) {
            if (section.always() && events > 0 && lengths[section.ordinal()] == 0) {
                throw new PsdbFormatException(
                        InteractionFormat.TABLE_OFFSET, "section " + section.id() + " is missing");
            }
        }
        if (sum > InteractionFormat.MAX_BODY_LENGTH) {
            throw new PsdbFormatException(
                    InteractionFormat.TABLE_OFFSET,
                    "sections have "
                            + sum
                            + " bytes, at most "
                            + InteractionFormat.MAX_BODY_LENGTH
                            + " are allowed");
        }
        return new BlockSections(events, lengths, new byte[0]);
    }

    private static void checkLength(Section section, long length, int events, int offset) {
        long least = (long) events * (section.ofNumbers() ? LONG_BYTES : 2);
        long most = section.ofNumbers() ? least : (long) events * BlockColumns.maxString();
        if (length < least || length > most || length == 0) {
            throw new PsdbFormatException(
                    offset,
                    "section "
                            + section.id()
                            + " has "
                            + length
                            + " bytes, "
                            + events
                            + " events take "
                            + least
                            + ".."
                            + most);
        }
    }

    /** How many sections there are. */
    int count() {
        int count = 0;
        for (int length : lengths) {
            count += length > 0 ? 1 : 0;
        }
        return count;
    }

    int bodyLength() {
        int sum = 0;
        for (int length : lengths) {
            sum += length;
        }
        return sum;
    }

    byte[] body() {
        return body;
    }

    void putTable(byte[] dst, int offset) {
        int at = offset;
        for (Section section : Section.ALL) {
            if (lengths[section.ordinal()] > 0) {
                dst[at] = (byte) section.id();
                LittleEndian.put32(dst, at + 1, lengths[section.ordinal()]);
                at += InteractionFormat.TABLE_ENTRY_LENGTH;
            }
        }
    }

    List<Interaction> read(String userId, InteractionType type, Body stored, int bodyOffset) {
        BlockColumns columns = new BlockColumns(stored, bodyOffset);
        long[] productIds = numbers(columns, Section.PRODUCT_IDS);
        long[] times = numbers(columns, Section.EVENT_TIMES);
        long[] catalogIds = numbers(columns, Section.CATALOG_IDS);
        String[] subOrders = strings(columns, Section.SUB_ORDERS);
        String[] metadata = strings(columns, Section.METADATA);
        columns.finish();
        return BlockColumns.interactions(
                userId, type, productIds, catalogIds, times, subOrders, metadata);
    }

    private long[] numbers(BlockColumns columns, Section section) {
        return lengths[section.ordinal()] == 0
                ? new long[events]
                : columns.int64s("section " + section.id(), events);
    }

    private String[] strings(BlockColumns columns, Section section) {
        int length = lengths[section.ordinal()];
        if (length == 0) {
            return BlockColumns.empty(events);
        }
        int from = columns.offset();
        String[] values = columns.strings("section " + section.id(), events);
        if (columns.offset() - from != length) {
            throw new PsdbFormatException(
                    from,
                    "section "
                            + section.id()
                            + " has "
                            + length
                            + " bytes, its strings "
                            + (columns.offset() - from));
        }
        return values;
    }
}
