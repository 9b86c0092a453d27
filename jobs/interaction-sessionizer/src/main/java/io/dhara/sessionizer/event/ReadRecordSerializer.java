package io.dhara.sessionizer.event;

import io.dhara.flink.serde.CompactFields;
import io.dhara.flink.serde.ValueFormat;
import io.dhara.flink.serde.ValueSerializer;
import io.dhara.flink.serde.ValueSerializerSnapshot;
import io.dhara.flink.sink.RejectedRecord;
import io.dhara.flink.sink.RejectedRecordFormat;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;

/** Serializer of {@link ReadRecord}; used only where source and reader are not chained. */
public final class ReadRecordSerializer extends ValueSerializer<ReadRecord> {
    public ReadRecordSerializer() {
        this(Format.INSTANCE.version());
    }

    private ReadRecordSerializer(int readVersion) {
        super(Format.INSTANCE, readVersion);
    }

    @Override
    public TypeSerializerSnapshot<ReadRecord> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Kept in checkpoints; its name is part of the state format. */
    public static final class Snapshot extends ValueSerializerSnapshot<ReadRecord> {
        public Snapshot() {
            super("ReadRecord", Format.INSTANCE, ReadRecordSerializer::new);
        }
    }

    /**
     * Layout 1: varint count and events in layout 1 of {@link UserEventFormat}, then a boolean and,
     * if it is true, the rejected record in layout 1 of {@link RejectedRecordFormat}.
     */
    private static final class Format implements ValueFormat<ReadRecord> {
        static final Format INSTANCE = new Format();
        private static final long serialVersionUID = 1L;
        private static final int VERSION = 1;
        private static final int PARTS_VERSION = 1;

        @Override
        public int version() {
            return VERSION;
        }

        @Override
        public void write(ReadRecord read, DataOutput out) throws IOException {
            CompactFields.writeVarint(read.events().size(), out);
            for (UserEvent event : read.events()) {
                UserEventFormat.INSTANCE.write(event, out);
            }
            RejectedRecord rejected = read.rejected();
            out.writeBoolean(rejected != null);
            if (rejected != null) {
                RejectedRecordFormat.INSTANCE.write(rejected, out);
            }
        }

        @Override
        public ReadRecord read(int version, DataInput in) throws IOException {
            int count = CompactFields.readCount(in);
            List<UserEvent> events = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                events.add(UserEventFormat.INSTANCE.read(PARTS_VERSION, in));
            }
            RejectedRecord rejected =
                    in.readBoolean() ? RejectedRecordFormat.INSTANCE.read(PARTS_VERSION, in) : null;
            return new ReadRecord(events, rejected);
        }

        private Object readResolve() {
            return INSTANCE;
        }
    }
}
