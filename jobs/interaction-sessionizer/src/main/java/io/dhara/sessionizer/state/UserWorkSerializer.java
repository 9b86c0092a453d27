package io.dhara.sessionizer.state;

import io.dhara.flink.serde.ValueSerializer;
import io.dhara.flink.serde.ValueSerializerSnapshot;
import io.dhara.sessionizer.session.UserWork;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;

/** Serializer of {@link UserWork} by {@link UserWorkFormat}. */
public final class UserWorkSerializer extends ValueSerializer<UserWork> {
    public UserWorkSerializer() {
        this(UserWorkFormat.INSTANCE.version());
    }

    private UserWorkSerializer(int readVersion) {
        super(UserWorkFormat.INSTANCE, readVersion);
    }

    @Override
    public TypeSerializerSnapshot<UserWork> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Kept in checkpoints; its name is part of the state format. */
    public static final class Snapshot extends ValueSerializerSnapshot<UserWork> {
        public Snapshot() {
            super("UserWork", UserWorkFormat.INSTANCE, UserWorkSerializer::new);
        }
    }
}
