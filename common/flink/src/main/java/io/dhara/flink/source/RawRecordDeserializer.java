package io.dhara.flink.source;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.TimestampType;

/** Hands on every record whole, tombstones included; never fails on a record's content. */
public final class RawRecordDeserializer implements KafkaRecordDeserializationSchema<RawRecord> {

    /** The record of a consumer as a {@link RawRecord}. */
    public static RawRecord toRawRecord(ConsumerRecord<byte[], byte[]> record) {
        List<RecordHeader> headers = new ArrayList<>();
        for (Header header : record.headers()) {
            headers.add(new RecordHeader(header.key(), header.value()));
        }
        return new RawRecord(
                record.topic(),
                record.partition(),
                record.offset(),
                record.timestampType() == TimestampType.NO_TIMESTAMP_TYPE
                        ? ConsumerRecord.NO_TIMESTAMP
                        : record.timestamp(),
                record.key(),
                record.value(),
                headers);
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<RawRecord> out) {
        out.collect(toRawRecord(record));
    }

    @Override
    public TypeInformation<RawRecord> getProducedType() {
        return RawRecord.TYPE;
    }
}
