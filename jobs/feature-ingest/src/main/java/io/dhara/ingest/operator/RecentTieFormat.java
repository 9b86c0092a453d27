package io.dhara.ingest.operator;

import io.dhara.core.model.EntityKey;
import io.dhara.flink.serde.BinaryFields;
import io.dhara.flink.serde.ValueFormat;
import io.dhara.ingest.domain.RecentTie;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Bytes of a {@link RecentTie}, layout 1: entity, int32 count and key values, int32 group id, int32
 * partition, int64 event time in ms, int64 offset, int32 slot.
 */
final class RecentTieFormat implements ValueFormat<RecentTie> {
    static final RecentTieFormat INSTANCE = new RecentTieFormat();
    private static final int VERSION = 1;

    private RecentTieFormat() {}

    @Override
    public int version() {
        return VERSION;
    }

    @Override
    public void write(RecentTie tie, DataOutput out) throws IOException {
        BinaryFields.writeString(tie.key().entity(), out);
        out.writeInt(tie.key().values().size());
        for (String value : tie.key().values()) {
            BinaryFields.writeString(value, out);
        }
        out.writeInt(tie.groupId());
        out.writeInt(tie.partition());
        out.writeLong(tie.eventMillis());
        out.writeLong(tie.offset());
        out.writeInt(tie.slot());
    }

    @Override
    public RecentTie read(int version, DataInput in) throws IOException {
        String entity = BinaryFields.readString(in);
        int count = BinaryFields.readCount(in);
        List<String> values = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            values.add(BinaryFields.readString(in));
        }
        return new RecentTie(
                new EntityKey(entity, values),
                in.readInt(),
                in.readInt(),
                in.readLong(),
                in.readLong(),
                in.readInt());
    }

    private Object readResolve() {
        return INSTANCE;
    }
}
