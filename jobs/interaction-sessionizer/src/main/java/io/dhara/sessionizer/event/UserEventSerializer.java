package io.dhara.sessionizer.event;

import io.dhara.flink.serde.ValueSerializer;
import io.dhara.flink.serde.ValueSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;

/** Serializer of {@link UserEvent} by {@link UserEventFormat}. */
public final class UserEventSerializer extends ValueSerializer<UserEvent> {
    public UserEventSerializer() {
        this(UserEventFormat.INSTANCE.version());
    }

    private UserEventSerializer(int readVersion) {
        super(UserEventFormat.INSTANCE, readVersion);
    }

    @Override
    public TypeSerializerSnapshot<UserEvent> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Kept in checkpoints; its name is part of the state format. */
    public static final class Snapshot extends ValueSerializerSnapshot<UserEvent> {
        public Snapshot() {
            super("UserEvent", UserEventFormat.INSTANCE, UserEventSerializer::new);
        }
    }
}
