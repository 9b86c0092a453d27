package io.dhara.serving.featurelog;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.dhara.graph.PlanColumn;
import io.dhara.proto.inferflowlog.DharaServed;
import io.dhara.proto.inferflowlog.InferflowLog;
import io.dhara.proto.inferflowlog.KafkaEventValue;
import io.dhara.proto.inferflowlog.KafkaRequest;
import io.dhara.proto.inferflowlog.PerEntityFeatures;
import io.dhara.serving.inferflow.FeatureMatrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ObjIntConsumer;

/**
 * Runs of one model version as BharatMLStack's Kafka records, in proto form, with what its form has
 * no room for in a field that its readers skip. Reused; not thread-safe.
 */
final class RecordEncoder {
    private static final String EVENT_NAME = "inferflow_inference_logs";
    private static final String TYPE_URL = "type.googleapis.com/InferflowLog";
    private static final int VERSION_SHIFT = 2;
    private static final int VERSION_MASK = 0b1111;

    /** Room for all of a record but its rows: names, ids, digests, tags and lengths. */
    private static final int OVERHEAD = 512;

    /** Of a row, beside its bytes and its id. */
    private static final int ROW_OVERHEAD = 16;

    /** Longest varint of a time, of which there are seldom more than a few a row. */
    private static final int TIME_BYTES = 10;

    private final LogSchema schema;
    private final boolean served;
    private final int maxBytes;
    private final RowEncoder rows;
    private final ByteString metadata;

    /**
     * @param served whether the status and event time of each cell are told
     * @param maxBytes about the largest record
     */
    RecordEncoder(LogSchema schema, boolean served, int maxBytes) {
        this.schema = schema;
        this.served = served;
        this.maxBytes = maxBytes;
        this.rows = new RowEncoder(schema.columns());
        this.metadata = ByteString.copyFrom(new byte[] {metadata(schema.version())});
    }

    /** Bit 0 compression: none. Bits 2 to 5 the version. Bits 6 and 7 the format: proto, 0. */
    static byte metadata(int version) {
        return (byte) ((version & VERSION_MASK) << VERSION_SHIFT);
    }

    /** Cells so far that were too long to log. */
    long tooLong() {
        return rows.tooLong();
    }

    /**
     * @param record takes each record and how many rows it holds
     */
    void encode(LoggedRun run, ObjIntConsumer<byte[]> record) {
        FeatureMatrix matrix = run.matrix();
        int rowColumn = run.plan().rowColumn();
        int batchRows = Math.max(1, run.plan().log().batchRows());
        int from = 0;
        while (from < matrix.rows()) {
            InferflowLog.Builder log =
                    InferflowLog.newBuilder()
                            .setUserId(run.userId())
                            .setTrackingId(run.trackingId())
                            .setModelConfigId(schema.model())
                            .setMetadata(metadata);
            long bytes = OVERHEAD + run.userId().length() * 2L + run.trackingId().length() * 2L;
            int row = from;
            while (row < matrix.rows() && row - from < batchRows) {
                byte[] encoded = rows.encode(matrix, row);
                String entity = matrix.text(rowColumn, row);
                bytes += rowBytes(encoded, entity);
                if (row > from && bytes > maxBytes) {
                    break;
                }
                log.addEntities(entity);
                log.addFeatures(
                        PerEntityFeatures.newBuilder()
                                .setEncodedFeatures(UnsafeByteOperations.unsafeWrap(encoded)));
                row++;
            }
            if (served) {
                log.setDhara(served(run, from, row));
            }
            record.accept(request(run, log.build()), row - from);
            from = row;
        }
    }

    private long rowBytes(byte[] encoded, String entity) {
        long bytes = ROW_OVERHEAD + encoded.length + 3L * entity.length();
        return served ? bytes + schema.columns().size() * (1L + TIME_BYTES) : bytes;
    }

    private static byte[] request(LoggedRun run, InferflowLog log) {
        return KafkaRequest.newBuilder()
                .setValue(
                        KafkaEventValue.newBuilder()
                                .setEventName(EVENT_NAME)
                                .setEventId(run.trackingId())
                                .setCreatedAt(run.createdAtSeconds())
                                .setProperties(
                                        Any.newBuilder()
                                                .setTypeUrl(TYPE_URL)
                                                .setValue(log.toByteString()))
                                .setUserId(run.userId()))
                .build()
                .toByteArray();
    }

    private DharaServed served(LoggedRun run, int from, int to) {
        FeatureMatrix matrix = run.matrix();
        List<PlanColumn> columns = schema.columns();
        byte[] statuses = new byte[(to - from) * columns.size()];
        int at = 0;
        for (int row = from; row < to; row++) {
            for (PlanColumn column : columns) {
                statuses[at++] = matrix.status(column.index(), row).code();
            }
        }
        DharaServed.Builder served =
                DharaServed.newBuilder()
                        .setSchemaDigest(schema.digest())
                        .setPlanDigest(run.plan().digest())
                        .setStatuses(UnsafeByteOperations.unsafeWrap(statuses));
        byTimes(matrix, from, to)
                .forEach(
                        (times, positions) ->
                                served.addEventTimes(
                                        DharaServed.EventTimes.newBuilder()
                                                .addAllColumns(positions)
                                                .addAllMicros(deltas(times))));
        return served.build();
    }

    /** Columns of one group have the same times, which are told once. */
    private Map<List<Long>, List<Integer>> byTimes(FeatureMatrix matrix, int from, int to) {
        Map<List<Long>, List<Integer>> byTimes = new LinkedHashMap<>();
        for (int position = 0; position < schema.columns().size(); position++) {
            int column = schema.columns().get(position).index();
            Long[] times = new Long[to - from];
            boolean some = false;
            for (int row = from; row < to; row++) {
                long micros = matrix.eventTimeMicros(column, row);
                times[row - from] = micros;
                some |= micros != 0;
            }
            if (some) {
                byTimes.computeIfAbsent(Arrays.asList(times), same -> new ArrayList<>())
                        .add(position);
            }
        }
        return byTimes;
    }

    private static List<Long> deltas(List<Long> times) {
        List<Long> deltas = new ArrayList<>(times.size());
        long before = 0;
        for (long time : times) {
            deltas.add(time - before);
            before = time;
        }
        return deltas;
    }
}
