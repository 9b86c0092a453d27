package io.dhara.sessionizer.state;

import io.dhara.flink.serde.ValueSerializer;
import io.dhara.flink.serde.ValueSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;

/** Serializer of {@link SubtaskClocks} by {@link SubtaskClocksFormat}. */
public final class SubtaskClocksSerializer extends ValueSerializer<SubtaskClocks> {
    public SubtaskClocksSerializer() {
        this(SubtaskClocksFormat.INSTANCE.version());
    }

    private SubtaskClocksSerializer(int readVersion) {
        super(SubtaskClocksFormat.INSTANCE, readVersion);
    }

    @Override
    public TypeSerializerSnapshot<SubtaskClocks> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Kept in checkpoints; its name is part of the state format. */
    public static final class Snapshot extends ValueSerializerSnapshot<SubtaskClocks> {
        public Snapshot() {
            super("SubtaskClocks", SubtaskClocksFormat.INSTANCE, SubtaskClocksSerializer::new);
        }
    }
}
