package io.dhara.ingest.operator;

import static java.util.Objects.requireNonNull;

import io.dhara.flink.config.RegistryFactory;
import io.dhara.flink.config.SharedRegistry;
import io.dhara.flink.sink.PendingWrite;
import io.dhara.flink.sink.RejectedRecord;
import io.dhara.flink.source.RawRecord;
import io.dhara.ingest.domain.FeatureMessageReader;
import io.dhara.ingest.domain.IngestRules;
import io.dhara.ingest.domain.Notice;
import io.dhara.ingest.domain.ReadResult;
import io.dhara.ingest.invalidation.Invalidations;
import java.util.UUID;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns a message into the writes of its good rows. Messages with rejected rows go to {@link
 * #REJECTED}, units whose sender waits and that never reach a store to {@link #NOTICES}.
 */
public final class ReadMessageFunction extends ProcessFunction<RawRecord, PendingWrite> {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(ReadMessageFunction.class);

    public static final OutputTag<RejectedRecord> REJECTED =
            new OutputTag<>("rejected", RejectedRecord.TYPE);

    /** Serialized {@code dhara.v1.Invalidation}s. */
    public static final OutputTag<byte[]> NOTICES =
            new OutputTag<>("notices", PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO);

    private final IngestRules rules;
    private final RegistryFactory registries;

    private transient @Nullable SharedRegistry registry;
    private transient FeatureMessageReader reader;
    private transient IngestMetrics metrics;

    @SuppressWarnings("NullAway.Init") // open sets the rest
    public ReadMessageFunction(IngestRules rules, RegistryFactory registries) {
        this.rules = requireNonNull(rules, "rules is null");
        this.registries = requireNonNull(registries, "registries is null");
    }

    @Override
    public void open(OpenContext context) {
        SharedRegistry opened = SharedRegistry.acquire(registries);
        registry = opened;
        reader = new FeatureMessageReader(rules, opened, System::currentTimeMillis);
        metrics = new IngestMetrics(getRuntimeContext().getMetricGroup());
    }

    @Override
    public void processElement(RawRecord record, Context context, Collector<PendingWrite> out) {
        ReadResult result = read(record);
        metrics.count(result);
        for (PendingWrite write : result.writes()) {
            out.collect(write);
        }
        RejectedRecord rejected = result.rejected();
        if (rejected != null) {
            context.output(REJECTED, rejected);
        }
        for (Notice notice : result.notices()) {
            context.output(NOTICES, Invalidations.of(notice).toByteArray());
        }
    }

    /** A message must never stop the stream: a defect of ours costs that message only. */
    private ReadResult read(RawRecord record) {
        try {
            return reader.read(record);
        } catch (RuntimeException e) {
            String id = UUID.randomUUID().toString();
            LOG.error("message {} could not be read, defect {}", record.position(), id, e);
            return FeatureMessageReader.failed(record, "defect " + id + "; see the job's log");
        }
    }

    @Override
    public void close() {
        if (registry != null) {
            registry.close();
        }
    }
}
