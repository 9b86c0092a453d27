package io.dhara.flink.sink;

import io.dhara.flink.serde.ValueSerializer;
import io.dhara.flink.serde.ValueSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;

/** Serializer of {@link PendingWrite} by {@link PendingWriteFormat}. */
public final class PendingWriteSerializer extends ValueSerializer<PendingWrite> {
    public PendingWriteSerializer() {
        this(PendingWriteFormat.INSTANCE.version());
    }

    private PendingWriteSerializer(int readVersion) {
        super(PendingWriteFormat.INSTANCE, readVersion);
    }

    @Override
    public TypeSerializerSnapshot<PendingWrite> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Kept in checkpoints; its name is part of the state format. */
    public static final class Snapshot extends ValueSerializerSnapshot<PendingWrite> {
        public Snapshot() {
            super("PendingWrite", PendingWriteFormat.INSTANCE, PendingWriteSerializer::new);
        }
    }
}
