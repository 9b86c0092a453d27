package io.dhara.realtime.source;

import static java.util.Objects.requireNonNull;

import io.dhara.flink.sink.RejectedRecord;
import io.dhara.flink.sink.Rejection;
import io.dhara.flink.source.RawRecord;
import io.dhara.realtime.domain.definition.SourceSpec;
import io.dhara.realtime.domain.event.FeatureEvent;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the records of one source. Every record becomes an event or a rejected record, whatever its
 * bytes. For one thread.
 */
public final class EventReader {
    private static final Logger LOG = LoggerFactory.getLogger(EventReader.class);

    private final ValueParser parser;
    private final EventTimes times;
    private final int maxRecordBytes;
    private final LongSupplier nowMillis;

    /**
     * @param schema content of the source's schema file; of JSON not used
     * @param maxRecordBytes longest value that is read
     * @param nowMillis clock, epoch milliseconds
     * @throws InvalidSourceException if the schema does not give the source's fields
     */
    public EventReader(SourceSpec source, byte[] schema, int maxRecordBytes, LongSupplier nowMillis)
            throws InvalidSourceException {
        this.parser = SourceFormats.parser(source, schema);
        this.maxRecordBytes = maxRecordBytes;
        this.times = new EventTimes(source);
        this.nowMillis = requireNonNull(nowMillis, "nowMillis is null");
    }

    public ReadEvent read(RawRecord record) {
        try {
            byte[] value = record.value();
            if (value == null || value.length == 0) {
                throw new RejectedException(RejectReason.NO_VALUE, "the record has no value");
            }
            if (value.length > maxRecordBytes) {
                throw new RejectedException(
                        RejectReason.OVERSIZED_RECORD,
                        "record must have at most "
                                + maxRecordBytes
                                + " bytes (features.max-record-bytes): got "
                                + value.length);
            }
            @Nullable Object[] row = parser.parse(value);
            long eventTimeMillis = times.of(record, row, nowMillis.getAsLong());
            return ReadEvent.good(new FeatureEvent(eventTimeMillis, Arrays.asList(row)));
        } catch (RejectedException e) {
            return rejected(record, e.reason(), e.detail());
        } catch (RuntimeException e) {
            // A record must never stop the stream: a defect of ours costs that record only.
            String id = UUID.randomUUID().toString();
            LOG.error("record {} could not be read, defect {}", record.position(), id, e);
            return rejected(
                    record, RejectReason.INTERNAL_ERROR, "defect " + id + "; see the job's log");
        }
    }

    private static ReadEvent rejected(RawRecord record, RejectReason reason, String detail) {
        return ReadEvent.rejected(
                new RejectedRecord(
                        record,
                        record.timestampMillis(),
                        1,
                        List.of(
                                new Rejection(
                                        Rejection.WHOLE_MESSAGE, "", reason.code(), detail))));
    }
}
