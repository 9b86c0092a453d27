package io.dhara.ingest;

import io.dhara.core.config.Settings;
import io.dhara.flink.sink.PendingWrite;
import io.dhara.flink.source.RawRecord;
import io.dhara.ingest.operator.CombineOperator;
import io.dhara.ingest.operator.EntityKeySelector;
import io.dhara.ingest.operator.ReadMessageFunction;
import io.dhara.ingest.operator.RouteFunction;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Feature messages from Kafka, checked against the registry and written as blocks to the stores.
 * At-least-once, and every write ordered by event time inside its store: the same messages in any
 * order and any number of times leave the same bytes.
 */
public final class FeatureIngestJob {
    /** Name of the job on a cluster. */
    public static final String NAME = "feature-ingest";

    private static final Logger LOG = LoggerFactory.getLogger(FeatureIngestJob.class);

    private FeatureIngestJob() {}

    /** The whole pipeline. */
    public static void build(
            StreamExecutionEnvironment env, FeatureIngestConfig config, Endpoints io) {
        SingleOutputStreamOperator<PendingWrite> read =
                env.fromSource(
                                io.messages(),
                                WatermarkStrategy.noWatermarks(),
                                "feature-messages",
                                RawRecord.TYPE)
                        .uid("source-feature-messages")
                        .process(
                                new ReadMessageFunction(config.rules(), config.registry()),
                                PendingWrite.TYPE)
                        .name("read")
                        .uid("read");
        SingleOutputStreamOperator<PendingWrite> routed =
                read.keyBy(new EntityKeySelector(), Types.STRING)
                        .transform(
                                "combine", PendingWrite.TYPE, new CombineOperator(config.combine()))
                        .uid("combine")
                        .process(new RouteFunction(config.registry()), PendingWrite.TYPE)
                        .name("route")
                        .uid("route");
        routed.sinkTo(io.scylla()).name("scylla").uid("sink-scylla");
        routed.getSideOutput(RouteFunction.REDIS)
                .sinkTo(io.redis())
                .name("redis")
                .uid("sink-redis");
        read.getSideOutput(ReadMessageFunction.REJECTED)
                .sinkTo(io.rejected())
                .name("rejected")
                .uid("sink-rejected");
        read.getSideOutput(ReadMessageFunction.NOTICES)
                .sinkTo(io.notices())
                .name("notices")
                .uid("sink-notices");
    }

    /** Builds the pipeline on the parts of the config and submits it without waiting. */
    public static JobClient submit(StreamExecutionEnvironment env, FeatureIngestConfig config)
            throws Exception {
        build(env, config, Endpoints.of(config));
        return env.executeAsync(NAME);
    }

    /**
     * {@code --config FILE} and any number of {@code key=value}, which win over the file. Runs on
     * the cluster it was submitted to.
     */
    public static void main(String[] args) throws Exception {
        Settings settings = Settings.ofCommandLine(args);
        FeatureIngestConfig config = FeatureIngestConfig.from(settings);
        settings.finish();
        LOG.info("settings: {}", settings.effective());
        submit(StreamExecutionEnvironment.getExecutionEnvironment(), config);
    }
}
