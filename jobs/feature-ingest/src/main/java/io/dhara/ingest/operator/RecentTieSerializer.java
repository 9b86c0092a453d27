package io.dhara.ingest.operator;

import io.dhara.flink.serde.ValueSerializer;
import io.dhara.flink.serde.ValueSerializerSnapshot;
import io.dhara.ingest.domain.RecentTie;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;

/** Serializer of {@link RecentTie} by {@link RecentTieFormat}. */
public final class RecentTieSerializer extends ValueSerializer<RecentTie> {
    public RecentTieSerializer() {
        this(RecentTieFormat.INSTANCE.version());
    }

    private RecentTieSerializer(int readVersion) {
        super(RecentTieFormat.INSTANCE, readVersion);
    }

    @Override
    public TypeSerializerSnapshot<RecentTie> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Kept in checkpoints; its name is part of the state format. */
    public static final class Snapshot extends ValueSerializerSnapshot<RecentTie> {
        public Snapshot() {
            super("RecentTie", RecentTieFormat.INSTANCE, RecentTieSerializer::new);
        }
    }
}
