package io.dhara.flink.sink;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dhara.flink.source.RawRecord;
import io.dhara.flink.source.RecordHeader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * Turns rejected records into records of the dead-letter topic: key, value and headers as they
 * came, in the headers' order, and after them the {@code dhara-dlq-} headers, which say why and
 * whence. Those of an earlier dead letter, from a record put back with them, are replaced.
 * Thread-safe.
 *
 * <p>A dead letter never fails for its size: what does not fit {@code maxRecordBytes} is left out,
 * first the rows' details, then the value; {@link #CONTENT} then says so, and {@link #SOURCE} where
 * the whole record is.
 */
public final class DeadLetters {
    /** Prefix of every header a dead letter adds. */
    public static final String PREFIX = "dhara-dlq-";

    /** Code of the first rejection. */
    public static final String REASON = PREFIX + "reason";

    /** Text of the first rejection. */
    public static final String DETAIL = PREFIX + "detail";

    /** JSON array of {@code {row, group, reason, detail}}. */
    public static final String ROWS = PREFIX + "rows";

    /** Number of rejected rows, decimal. */
    public static final String REJECTED = PREFIX + "rejected";

    /** {@code topic/partition/offset}. */
    public static final String SOURCE = PREFIX + "source";

    /** Event time of the record, decimal epoch milliseconds. */
    public static final String EVENT_TIME_MS = PREFIX + "event-time-ms";

    /**
     * Only if the value is not the record's own: {@link #CONTENT_BLOCK} or {@link #CONTENT_CUT}.
     */
    public static final String CONTENT = PREFIX + "content";

    /** The value is the refused block: the record is gone from its topic. */
    public static final String CONTENT_BLOCK = "block";

    /** The value is left out: the record is larger than the dead-letter topic takes. */
    public static final String CONTENT_CUT = "cut";

    private static final int ROOM_BYTES = 1 << 20;
    private static final int MAX_DETAIL_CHARS = 500;

    /** Varints, offsets and batch header that Kafka adds, at most. */
    private static final int RECORD_OVERHEAD_BYTES = 128;

    private static final int HEADER_OVERHEAD_BYTES = 10;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String topic;
    private final int maxRecordBytes;

    /**
     * How long dead letters of records up to a length may become, in bytes: there is room for what
     * is wrong with their rows.
     */
    public static int maxBytes(int maxRecordBytes) {
        return (int) Math.min(Integer.MAX_VALUE, (long) maxRecordBytes + ROOM_BYTES);
    }

    /**
     * @param maxRecordBytes what producer ({@code max.request.size}) and topic ({@code
     *     max.message.bytes}) both take
     */
    public DeadLetters(String topic, int maxRecordBytes) {
        this.topic = requireNonNull(topic, "topic is null");
        this.maxRecordBytes = maxRecordBytes;
    }

    public ProducerRecord<byte[], byte[]> toRecord(RejectedRecord rejected) {
        RawRecord record = rejected.record();
        List<Rejection> rows = rejected.rejections();
        ProducerRecord<byte[], byte[]> whole = build(record, record.value(), rejected, rows);
        if (fits(whole)) {
            return whole;
        }
        ProducerRecord<byte[], byte[]> brief =
                build(record, record.value(), rejected, rows.subList(0, 1));
        if (fits(brief)) {
            return brief;
        }
        RawRecord bare =
                new RawRecord(
                        record.topic(),
                        record.partition(),
                        record.offset(),
                        record.timestampMillis(),
                        null,
                        null,
                        List.of(new RecordHeader(CONTENT, utf8(CONTENT_CUT))));
        return build(bare, null, rejected, rows.subList(0, 1));
    }

    private ProducerRecord<byte[], byte[]> build(
            RawRecord record,
            byte @Nullable [] value,
            RejectedRecord rejected,
            List<Rejection> rows) {
        Rejection first = rows.get(0);
        RecordHeaders headers = new RecordHeaders();
        for (RecordHeader header : record.headers()) {
            if (!header.name().startsWith(PREFIX) || header.name().equals(CONTENT)) {
                headers.add(header.name(), header.value());
            }
        }
        headers.add(REASON, utf8(first.reason()));
        headers.add(DETAIL, utf8(shortened(first.detail())));
        headers.add(ROWS, json(rows));
        headers.add(REJECTED, utf8(Integer.toString(rejected.rejected())));
        headers.add(SOURCE, utf8(record.position().toString()));
        headers.add(EVENT_TIME_MS, utf8(Long.toString(rejected.eventTimeMillis())));
        return new ProducerRecord<>(topic, null, null, record.key(), value, headers);
    }

    private boolean fits(ProducerRecord<byte[], byte[]> record) {
        long size = RECORD_OVERHEAD_BYTES + length(record.key()) + length(record.value());
        for (Header header : record.headers()) {
            size +=
                    HEADER_OVERHEAD_BYTES
                            + utf8(header.key()).length
                            + (long) length(header.value());
        }
        return size <= maxRecordBytes;
    }

    private static int length(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    private static byte[] json(List<Rejection> rows) {
        List<Rejection> brief = new ArrayList<>(rows.size());
        for (Rejection row : rows) {
            brief.add(new Rejection(row.row(), row.group(), row.reason(), shortened(row.detail())));
        }
        try {
            return JSON.writeValueAsBytes(brief);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("four plain fields must have a JSON form", e);
        }
    }

    private static String shortened(String text) {
        return text.length() <= MAX_DETAIL_CHARS
                ? text
                : text.substring(0, MAX_DETAIL_CHARS - 1) + "…";
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
