package io.dhara.flink.source;

import io.dhara.flink.serde.ValueSerializer;
import io.dhara.flink.serde.ValueSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;

/** Serializer of {@link RawRecord} by {@link RawRecordFormat}. */
public final class RawRecordSerializer extends ValueSerializer<RawRecord> {
    public RawRecordSerializer() {
        this(RawRecordFormat.INSTANCE.version());
    }

    private RawRecordSerializer(int readVersion) {
        super(RawRecordFormat.INSTANCE, readVersion);
    }

    @Override
    public TypeSerializerSnapshot<RawRecord> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Kept in checkpoints; its name is part of the state format. */
    public static final class Snapshot extends ValueSerializerSnapshot<RawRecord> {
        public Snapshot() {
            super("RawRecord", RawRecordFormat.INSTANCE, RawRecordSerializer::new);
        }
    }
}
