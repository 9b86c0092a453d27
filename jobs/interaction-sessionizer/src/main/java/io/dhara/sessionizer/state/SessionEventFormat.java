package io.dhara.sessionizer.state;

import io.dhara.flink.serde.CompactFields;
import io.dhara.flink.serde.ValueFormat;
import io.dhara.sessionizer.session.SessionEvent;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;

/**
 * Bytes of a {@link SessionEvent}, layout 1: one byte {@code type number * 2 + stored}, the type's
 * text if its number is 0, signed varints of product, catalogue and event time, text of sub-order
 * and metadata. A click on a product below 2^20 is 13 bytes.
 */
final class SessionEventFormat implements ValueFormat<SessionEvent> {
    static final SessionEventFormat INSTANCE = new SessionEventFormat();
    private static final long serialVersionUID = 1L;
    private static final int VERSION = 1;
    private static final int STORED = 0b1;

    /** Types that are a number, from 1; part of the layout. */
    private static final List<String> NUMBERED =
            List.of("CLICK", "ORDER", "ADD_TO_CART", "WISHLIST", "SHARE", "APP_OPEN");

    private SessionEventFormat() {}

    @Override
    public int version() {
        return VERSION;
    }

    @Override
    public void write(SessionEvent event, DataOutput out) throws IOException {
        int number = NUMBERED.indexOf(event.type()) + 1;
        out.writeByte(number << 1 | (event.stored() ? STORED : 0));
        if (number == 0) {
            CompactFields.writeText(event.type(), out);
        }
        CompactFields.writeSigned(event.productId(), out);
        CompactFields.writeSigned(event.catalogId(), out);
        CompactFields.writeSigned(event.eventTimeMillis(), out);
        CompactFields.writeText(event.subOrder(), out);
        CompactFields.writeText(event.metadata(), out);
    }

    @Override
    public SessionEvent read(int version, DataInput in) throws IOException {
        int head = in.readUnsignedByte();
        int number = head >>> 1;
        if (number > NUMBERED.size()) {
            throw new IOException("type number must be 0.." + NUMBERED.size() + ": got " + number);
        }
        String type = number == 0 ? CompactFields.readText(in) : NUMBERED.get(number - 1);
        return new SessionEvent(
                (head & STORED) != 0,
                type,
                CompactFields.readSigned(in),
                CompactFields.readSigned(in),
                CompactFields.readSigned(in),
                CompactFields.readText(in),
                CompactFields.readText(in));
    }

    private Object readResolve() {
        return INSTANCE;
    }
}
