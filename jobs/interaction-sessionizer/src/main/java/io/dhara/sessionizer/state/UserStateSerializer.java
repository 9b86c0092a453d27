package io.dhara.sessionizer.state;

import io.dhara.flink.serde.ValueSerializer;
import io.dhara.flink.serde.ValueSerializerSnapshot;
import io.dhara.sessionizer.session.UserState;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;

/** Serializer of {@link UserState} by {@link UserStateFormat}. */
public final class UserStateSerializer extends ValueSerializer<UserState> {
    public UserStateSerializer() {
        this(UserStateFormat.INSTANCE.version());
    }

    private UserStateSerializer(int readVersion) {
        super(UserStateFormat.INSTANCE, readVersion);
    }

    @Override
    public TypeSerializerSnapshot<UserState> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Kept in checkpoints; its name is part of the state format. */
    public static final class Snapshot extends ValueSerializerSnapshot<UserState> {
        public Snapshot() {
            super("UserState", UserStateFormat.INSTANCE, UserStateSerializer::new);
        }
    }
}
