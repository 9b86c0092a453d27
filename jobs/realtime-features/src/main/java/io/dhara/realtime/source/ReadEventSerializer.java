package io.dhara.realtime.source;

import io.dhara.flink.serde.ValueFormat;
import io.dhara.flink.serde.ValueSerializer;
import io.dhara.flink.serde.ValueSerializerSnapshot;
import io.dhara.flink.sink.RejectedRecord;
import io.dhara.flink.sink.RejectedRecordFormat;
import io.dhara.realtime.domain.event.FeatureEvent;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;

/** Serializer of {@link ReadEvent}; used only where source and reader are not chained. */
public final class ReadEventSerializer extends ValueSerializer<ReadEvent> {
    public ReadEventSerializer() {
        this(Format.INSTANCE.version());
    }

    private ReadEventSerializer(int readVersion) {
        super(Format.INSTANCE, readVersion);
    }

    @Override
    public TypeSerializerSnapshot<ReadEvent> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Kept in checkpoints; its name is part of the state format. */
    public static final class Snapshot extends ValueSerializerSnapshot<ReadEvent> {
        public Snapshot() {
            super("ReadEvent", Format.INSTANCE, ReadEventSerializer::new);
        }
    }

    /**
     * Layout 1: a boolean; if it is true the event in layout 1 of {@link FeatureEventFormat}, else
     * the rejected record in layout 1 of {@link RejectedRecordFormat}.
     */
    private static final class Format implements ValueFormat<ReadEvent> {
        static final Format INSTANCE = new Format();
        private static final long serialVersionUID = 1L;
        private static final int VERSION = 1;
        private static final int PARTS_VERSION = 1;

        @Override
        public int version() {
            return VERSION;
        }

        @Override
        public void write(ReadEvent read, DataOutput out) throws IOException {
            FeatureEvent event = read.event();
            RejectedRecord rejected = read.rejected();
            out.writeBoolean(event != null);
            if (event != null) {
                FeatureEventFormat.INSTANCE.write(event, out);
            }
            if (rejected != null) {
                RejectedRecordFormat.INSTANCE.write(rejected, out);
            }
        }

        @Override
        public ReadEvent read(int version, DataInput in) throws IOException {
            return in.readBoolean()
                    ? ReadEvent.good(FeatureEventFormat.INSTANCE.read(PARTS_VERSION, in))
                    : ReadEvent.rejected(RejectedRecordFormat.INSTANCE.read(PARTS_VERSION, in));
        }

        private Object readResolve() {
            return INSTANCE;
        }
    }
}
