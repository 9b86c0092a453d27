package io.dhara.sessionizer.state;

import io.dhara.flink.serde.ValueSerializer;
import io.dhara.flink.serde.ValueSerializerSnapshot;
import io.dhara.sessionizer.session.SessionEvent;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;

/** Serializer of {@link SessionEvent} by {@link SessionEventFormat}. */
public final class SessionEventSerializer extends ValueSerializer<SessionEvent> {
    public SessionEventSerializer() {
        this(SessionEventFormat.INSTANCE.version());
    }

    private SessionEventSerializer(int readVersion) {
        super(SessionEventFormat.INSTANCE, readVersion);
    }

    @Override
    public TypeSerializerSnapshot<SessionEvent> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Kept in checkpoints; its name is part of the state format. */
    public static final class Snapshot extends ValueSerializerSnapshot<SessionEvent> {
        public Snapshot() {
            super("SessionEvent", SessionEventFormat.INSTANCE, SessionEventSerializer::new);
        }
    }
}
