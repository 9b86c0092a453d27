package io.dhara.flink.sink;

import io.dhara.flink.serde.ValueSerializer;
import io.dhara.flink.serde.ValueSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;

/** Serializer of {@link RejectedRecord} by {@link RejectedRecordFormat}. */
public final class RejectedRecordSerializer extends ValueSerializer<RejectedRecord> {
    public RejectedRecordSerializer() {
        this(RejectedRecordFormat.INSTANCE.version());
    }

    private RejectedRecordSerializer(int readVersion) {
        super(RejectedRecordFormat.INSTANCE, readVersion);
    }

    @Override
    public TypeSerializerSnapshot<RejectedRecord> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Kept in checkpoints; its name is part of the state format. */
    public static final class Snapshot extends ValueSerializerSnapshot<RejectedRecord> {
        public Snapshot() {
            super("RejectedRecord", RejectedRecordFormat.INSTANCE, RejectedRecordSerializer::new);
        }
    }
}
