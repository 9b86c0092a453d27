package io.dhara.flink.sink;

import io.dhara.flink.serde.BinaryFields;
import io.dhara.flink.serde.ValueFormat;
import io.dhara.flink.source.RawRecord;
import io.dhara.flink.source.RawRecordFormat;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Bytes of a {@link RejectedRecord}, layout 1: the record in layout 1 of {@link RawRecordFormat},
 * int64 event time, int32 rejected, int32 count, then int32 row, group, reason, detail of each.
 */
public final class RejectedRecordFormat implements ValueFormat<RejectedRecord> {
    public static final RejectedRecordFormat INSTANCE = new RejectedRecordFormat();
    private static final int VERSION = 1;
    private static final int RECORD_VERSION = 1;

    private RejectedRecordFormat() {}

    @Override
    public int version() {
        return VERSION;
    }

    @Override
    public void write(RejectedRecord rejected, DataOutput out) throws IOException {
        RawRecordFormat.INSTANCE.write(rejected.record(), out);
        out.writeLong(rejected.eventTimeMillis());
        out.writeInt(rejected.rejected());
        out.writeInt(rejected.rejections().size());
        for (Rejection rejection : rejected.rejections()) {
            out.writeInt(rejection.row());
            BinaryFields.writeString(rejection.group(), out);
            BinaryFields.writeString(rejection.reason(), out);
            BinaryFields.writeString(rejection.detail(), out);
        }
    }

    @Override
    public RejectedRecord read(int version, DataInput in) throws IOException {
        RawRecord record = RawRecordFormat.INSTANCE.read(RECORD_VERSION, in);
        long eventTimeMillis = in.readLong();
        int rejected = in.readInt();
        int count = BinaryFields.readCount(in);
        List<Rejection> rejections = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            rejections.add(
                    new Rejection(
                            in.readInt(),
                            BinaryFields.readString(in),
                            BinaryFields.readString(in),
                            BinaryFields.readString(in)));
        }
        return new RejectedRecord(record, eventTimeMillis, rejected, rejections);
    }

    private Object readResolve() {
        return INSTANCE;
    }
}
