package io.dhara.flink.sink;

import io.dhara.core.model.EntityKey;
import io.dhara.flink.serde.BinaryFields;
import io.dhara.flink.serde.ValueFormat;
import io.dhara.flink.source.SourcePosition;
import io.dhara.stores.write.BlockWrite;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Bytes of a {@link PendingWrite}, layout 1: entity, int32 count and key values, group, int32 group
 * id, store id, int64 write time, int64 expiry, block, topic, int32 partition, int64 offset, int32
 * count of waits, then request id, int32 unit, int32 units of each.
 */
final class PendingWriteFormat implements ValueFormat<PendingWrite> {
    static final PendingWriteFormat INSTANCE = new PendingWriteFormat();
    private static final int VERSION = 1;

    private PendingWriteFormat() {}

    @Override
    public int version() {
        return VERSION;
    }

    @Override
    public void write(PendingWrite pending, DataOutput out) throws IOException {
        BlockWrite write = pending.write();
        BinaryFields.writeString(write.key().entity(), out);
        out.writeInt(write.key().values().size());
        for (String value : write.key().values()) {
            BinaryFields.writeString(value, out);
        }
        BinaryFields.writeString(write.group(), out);
        out.writeInt(write.groupId());
        BinaryFields.writeString(write.storeId(), out);
        out.writeLong(write.writeTimeMicros());
        out.writeLong(write.expiryEpochSeconds());
        BinaryFields.writeBytes(write.block(), out);
        BinaryFields.writeString(pending.source().topic(), out);
        out.writeInt(pending.source().partition());
        out.writeLong(pending.source().offset());
        out.writeInt(pending.waits().size());
        for (WaitUnit wait : pending.waits()) {
            BinaryFields.writeString(wait.requestId(), out);
            out.writeInt(wait.unit());
            out.writeInt(wait.units());
        }
    }

    @Override
    public PendingWrite read(int version, DataInput in) throws IOException {
        EntityKey key = readKey(in);
        BlockWrite write =
                new BlockWrite(
                        key,
                        BinaryFields.readString(in),
                        in.readInt(),
                        BinaryFields.readString(in),
                        in.readLong(),
                        in.readLong(),
                        BinaryFields.readBytes(in));
        SourcePosition source =
                new SourcePosition(BinaryFields.readString(in), in.readInt(), in.readLong());
        int count = BinaryFields.readCount(in);
        List<WaitUnit> waits = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            waits.add(new WaitUnit(BinaryFields.readString(in), in.readInt(), in.readInt()));
        }
        return new PendingWrite(write, source, waits);
    }

    private static EntityKey readKey(DataInput in) throws IOException {
        String entity = BinaryFields.readString(in);
        int count = BinaryFields.readCount(in);
        List<String> values = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            values.add(BinaryFields.readString(in));
        }
        return new EntityKey(entity, values);
    }

    private Object readResolve() {
        return INSTANCE;
    }
}
