package io.dhara.flink.feature;

import io.dhara.flink.serde.ValueSerializer;
import io.dhara.flink.serde.ValueSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;

/** Serializer of {@link FeatureRow} by {@link FeatureRowFormat}. */
public final class FeatureRowSerializer extends ValueSerializer<FeatureRow> {
    public FeatureRowSerializer() {
        this(FeatureRowFormat.INSTANCE.version());
    }

    private FeatureRowSerializer(int readVersion) {
        super(FeatureRowFormat.INSTANCE, readVersion);
    }

    @Override
    public TypeSerializerSnapshot<FeatureRow> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Kept in checkpoints; its name is part of the state format. */
    public static final class Snapshot extends ValueSerializerSnapshot<FeatureRow> {
        public Snapshot() {
            super("FeatureRow", FeatureRowFormat.INSTANCE, FeatureRowSerializer::new);
        }
    }
}
