package io.dhara.sessionizer.state;

import io.dhara.flink.serde.CompactFields;
import io.dhara.flink.serde.ValueFormat;
import io.dhara.sessionizer.session.CloseReason;
import io.dhara.sessionizer.session.ClosedSession;
import io.dhara.sessionizer.session.Erasure;
import io.dhara.sessionizer.session.SessionEvent;
import io.dhara.sessionizer.session.UserWork;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Bytes of a {@link UserWork}, layout 1. An erasure: byte 0, signed varint of its time. A closed
 * session: byte {@code 1 + reason}, signed varints of start and end, varint count, events in layout
 * 1 of {@link SessionEventFormat}.
 */
final class UserWorkFormat implements ValueFormat<UserWork> {
    static final UserWorkFormat INSTANCE = new UserWorkFormat();
    private static final long serialVersionUID = 1L;
    private static final int VERSION = 1;
    private static final int EVENT_VERSION = 1;
    private static final int ERASURE = 0;
    private static final CloseReason[] REASONS = CloseReason.values();

    private UserWorkFormat() {}

    @Override
    public int version() {
        return VERSION;
    }

    @Override
    public void write(UserWork work, DataOutput out) throws IOException {
        if (work instanceof Erasure erasure) {
            out.writeByte(ERASURE);
            CompactFields.writeSigned(erasure.throughMillis(), out);
        } else if (work instanceof ClosedSession session) {
            out.writeByte(1 + session.reason().ordinal());
            CompactFields.writeSigned(session.startMillis(), out);
            CompactFields.writeSigned(session.endMillis(), out);
            CompactFields.writeVarint(session.events().size(), out);
            for (SessionEvent event : session.events()) {
                SessionEventFormat.INSTANCE.write(event, out);
            }
        }
    }

    @Override
    public UserWork read(int version, DataInput in) throws IOException {
        int kind = in.readUnsignedByte();
        if (kind == ERASURE) {
            return new Erasure(CompactFields.readSigned(in));
        }
        if (kind > REASONS.length) {
            throw new IOException("kind of work must be 0.." + REASONS.length + ": got " + kind);
        }
        long start = CompactFields.readSigned(in);
        long end = CompactFields.readSigned(in);
        int count = CompactFields.readCount(in);
        List<SessionEvent> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            events.add(SessionEventFormat.INSTANCE.read(EVENT_VERSION, in));
        }
        if (events.isEmpty()) {
            throw new IOException("a session must have at least one event");
        }
        return new ClosedSession(REASONS[kind - 1], start, end, events);
    }

    private Object readResolve() {
        return INSTANCE;
    }
}
