package io.dhara.flink.source;

import io.dhara.flink.serde.BinaryFields;
import io.dhara.flink.serde.ValueFormat;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Bytes of a {@link RawRecord}, layout 1: topic, int32 partition, int64 offset, int64 timestamp,
 * key, value, int32 header count, then name and value of each header.
 */
public final class RawRecordFormat implements ValueFormat<RawRecord> {
    public static final RawRecordFormat INSTANCE = new RawRecordFormat();
    private static final int VERSION = 1;

    private RawRecordFormat() {}

    @Override
    public int version() {
        return VERSION;
    }

    @Override
    public void write(RawRecord record, DataOutput out) throws IOException {
        BinaryFields.writeString(record.topic(), out);
        out.writeInt(record.partition());
        out.writeLong(record.offset());
        out.writeLong(record.timestampMillis());
        BinaryFields.writeBytes(record.key(), out);
        BinaryFields.writeBytes(record.value(), out);
        out.writeInt(record.headers().size());
        for (RecordHeader header : record.headers()) {
            BinaryFields.writeString(header.name(), out);
            BinaryFields.writeBytes(header.value(), out);
        }
    }

    @Override
    public RawRecord read(int version, DataInput in) throws IOException {
        String topic = BinaryFields.readString(in);
        int partition = in.readInt();
        long offset = in.readLong();
        long timestampMillis = in.readLong();
        byte[] key = BinaryFields.readNullableBytes(in);
        byte[] value = BinaryFields.readNullableBytes(in);
        int count = BinaryFields.readCount(in);
        List<RecordHeader> headers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            headers.add(
                    new RecordHeader(
                            BinaryFields.readString(in), BinaryFields.readNullableBytes(in)));
        }
        return new RawRecord(topic, partition, offset, timestampMillis, key, value, headers);
    }

    private Object readResolve() {
        return INSTANCE;
    }
}
