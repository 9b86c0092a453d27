package io.dhara.realtime.source;

import io.dhara.flink.serde.ValueSerializer;
import io.dhara.flink.serde.ValueSerializerSnapshot;
import io.dhara.flink.serde.ValueTypeInfo;
import io.dhara.realtime.domain.event.FeatureEvent;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;

/** Serializer of {@link FeatureEvent} by {@link FeatureEventFormat}. */
public final class FeatureEventSerializer extends ValueSerializer<FeatureEvent> {
    /** The domain knows no Flink, so the type does not name it: streams are given it. */
    public static final TypeInformation<FeatureEvent> TYPE =
            new ValueTypeInfo<>(FeatureEvent.class, new FeatureEventSerializer());

    public FeatureEventSerializer() {
        this(FeatureEventFormat.INSTANCE.version());
    }

    private FeatureEventSerializer(int readVersion) {
        super(FeatureEventFormat.INSTANCE, readVersion);
    }

    @Override
    public TypeSerializerSnapshot<FeatureEvent> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Kept in checkpoints; its name is part of the state format. */
    public static final class Snapshot extends ValueSerializerSnapshot<FeatureEvent> {
        public Snapshot() {
            super("FeatureEvent", FeatureEventFormat.INSTANCE, FeatureEventSerializer::new);
        }
    }
}
