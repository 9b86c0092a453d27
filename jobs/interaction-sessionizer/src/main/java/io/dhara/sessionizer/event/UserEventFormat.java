package io.dhara.sessionizer.event;

import io.dhara.core.interaction.Interaction;
import io.dhara.flink.serde.CompactFields;
import io.dhara.flink.serde.ValueFormat;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * Bytes of a {@link UserEvent}, layout 1: int8 kind, text of user and type, signed varints of
 * product, catalogue and event time, text of sub-order and metadata.
 */
public final class UserEventFormat implements ValueFormat<UserEvent> {
    public static final UserEventFormat INSTANCE = new UserEventFormat();
    private static final long serialVersionUID = 1L;
    private static final int VERSION = 1;
    private static final UserEvent.Kind[] KINDS = UserEvent.Kind.values();

    private UserEventFormat() {}

    @Override
    public int version() {
        return VERSION;
    }

    @Override
    public void write(UserEvent event, DataOutput out) throws IOException {
        Interaction interaction = event.interaction();
        out.writeByte(event.kind().ordinal());
        CompactFields.writeText(interaction.userId(), out);
        CompactFields.writeText(interaction.type(), out);
        CompactFields.writeSigned(interaction.productId(), out);
        CompactFields.writeSigned(interaction.catalogId(), out);
        CompactFields.writeSigned(interaction.eventTimeMillis(), out);
        CompactFields.writeText(interaction.subOrder(), out);
        CompactFields.writeText(interaction.metadata(), out);
    }

    @Override
    public UserEvent read(int version, DataInput in) throws IOException {
        int kind = in.readByte();
        if (kind < 0 || kind >= KINDS.length) {
            throw new IOException(
                    "kind of a user event must be 0.." + (KINDS.length - 1) + ": got " + kind);
        }
        return new UserEvent(
                KINDS[kind],
                new Interaction(
                        CompactFields.readText(in),
                        CompactFields.readText(in),
                        CompactFields.readSigned(in),
                        CompactFields.readSigned(in),
                        CompactFields.readSigned(in),
                        CompactFields.readText(in),
                        CompactFields.readText(in)));
    }

    private Object readResolve() {
        return INSTANCE;
    }
}
