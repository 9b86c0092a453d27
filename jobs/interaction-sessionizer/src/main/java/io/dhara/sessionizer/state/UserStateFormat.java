package io.dhara.sessionizer.state;

import io.dhara.flink.serde.CompactFields;
import io.dhara.flink.serde.ValueFormat;
import io.dhara.sessionizer.session.UserState;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * Bytes of a {@link UserState}, layout 1: a byte of flags, varint epoch, then what the flags say is
 * there: signed varints of the times closed through, erased through and of the timer; with pending
 * events varint counts of events and of events to look at, signed varint of the start, and the end
 * and the close time as distances from it. With an open session some 35 bytes.
 */
final class UserStateFormat implements ValueFormat<UserState> {
    static final UserStateFormat INSTANCE = new UserStateFormat();
    private static final long serialVersionUID = 1L;
    private static final int VERSION = 1;
    private static final int CLOSED = 0b1;
    private static final int ERASED = 0b10;
    private static final int TIMER = 0b100;
    private static final int PENDING = 0b1000;
    private static final int ALL = CLOSED | ERASED | TIMER | PENDING;

    private UserStateFormat() {}

    @Override
    public int version() {
        return VERSION;
    }

    @Override
    public void write(UserState user, DataOutput out) throws IOException {
        int flags =
                flag(CLOSED, user.closedThroughMillis() != UserState.NEVER)
                        | flag(ERASED, user.erasedThroughMillis() != UserState.NEVER)
                        | flag(TIMER, user.timerMillis() != UserState.NO_TIMER)
                        | flag(PENDING, user.hasPending());
        out.writeByte(flags);
        CompactFields.writeVarint(user.epoch(), out);
        if ((flags & CLOSED) != 0) {
            CompactFields.writeSigned(user.closedThroughMillis(), out);
        }
        if ((flags & ERASED) != 0) {
            CompactFields.writeSigned(user.erasedThroughMillis(), out);
        }
        if ((flags & TIMER) != 0) {
            CompactFields.writeSigned(user.timerMillis(), out);
        }
        if ((flags & PENDING) != 0) {
            CompactFields.writeVarint(user.pending(), out);
            CompactFields.writeVarint(user.lookAt(), out);
            CompactFields.writeSigned(user.startMillis(), out);
            CompactFields.writeVarint(user.endMillis() - user.startMillis(), out);
            CompactFields.writeVarint(user.closeMillis() - user.startMillis(), out);
        }
    }

    private static int flag(int bit, boolean set) {
        return set ? bit : 0;
    }

    @Override
    public UserState read(int version, DataInput in) throws IOException {
        int flags = in.readUnsignedByte();
        if ((flags & ~ALL) != 0) {
            throw new IOException("flags of a user must be 0.." + ALL + ": got " + flags);
        }
        long epoch = CompactFields.readVarint(in);
        long closed = (flags & CLOSED) == 0 ? UserState.NEVER : CompactFields.readSigned(in);
        long erased = (flags & ERASED) == 0 ? UserState.NEVER : CompactFields.readSigned(in);
        long timer = (flags & TIMER) == 0 ? UserState.NO_TIMER : CompactFields.readSigned(in);
        if ((flags & PENDING) == 0) {
            return new UserState(epoch, closed, erased, timer, 0, 0, 0, 0, UserState.NO_TIMER);
        }
        int pending = CompactFields.readCount(in);
        int lookAt = CompactFields.readCount(in);
        long start = CompactFields.readSigned(in);
        return new UserState(
                epoch,
                closed,
                erased,
                timer,
                pending,
                lookAt,
                start,
                start + CompactFields.readVarint(in),
                start + CompactFields.readVarint(in));
    }

    private Object readResolve() {
        return INSTANCE;
    }
}
