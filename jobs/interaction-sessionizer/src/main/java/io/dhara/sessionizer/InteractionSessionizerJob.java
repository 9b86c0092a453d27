package io.dhara.sessionizer;

import io.dhara.core.config.Settings;
import io.dhara.sessionizer.event.ReadRecord;
import io.dhara.sessionizer.event.UserEvent;
import io.dhara.sessionizer.operator.ReadFunction;
import io.dhara.sessionizer.operator.SessionizeOperatorFactory;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Interactions from Kafka, gathered to sessions by user: while a session is open its events are in
 * the hot tier, when it closes they go to the cold tier and as a record to Kafka. At-least-once,
 * and every event has an identity: the same events in any order and any number of times leave the
 * same history.
 */
public final class InteractionSessionizerJob {
    /** Name of the job on a cluster. */
    public static final String NAME = "interaction-sessionizer";

    private static final Logger LOG = LoggerFactory.getLogger(InteractionSessionizerJob.class);

    private InteractionSessionizerJob() {}

    /** The whole pipeline. */
    public static void build(
            StreamExecutionEnvironment env, InteractionSessionizerConfig config, Endpoints io) {
        List<SingleOutputStreamOperator<UserEvent>> read =
                io.sources().keySet().stream().map(name -> read(env, config, io, name)).toList();
        union(read)
                .keyBy(UserEvent::userId, Types.STRING)
                .transform(
                        "sessionize",
                        Types.VOID,
                        new SessionizeOperatorFactory(config.sessionize(), io.tiers()))
                .uid("sessionize");
        union(read.stream().map(one -> one.getSideOutput(ReadFunction.REJECTED)).toList())
                .sinkTo(io.rejected())
                .name("rejected")
                .uid("sink-rejected");
    }

    /** One source's good events, its rejected records at the side. */
    private static SingleOutputStreamOperator<UserEvent> read(
            StreamExecutionEnvironment env,
            InteractionSessionizerConfig config,
            Endpoints io,
            String name) {
        return env.fromSource(
                        io.sources().get(name),
                        config.watermarks().strategy(),
                        "source-" + name,
                        ReadRecord.TYPE)
                .uid("source-" + name)
                .process(new ReadFunction(), UserEvent.TYPE)
                .name("read-" + name)
                .uid("read-" + name);
    }

    private static <T> DataStream<T> union(List<? extends DataStream<T>> streams) {
        DataStream<T> all = streams.get(0);
        for (DataStream<T> next : streams.subList(1, streams.size())) {
            all = all.union(next);
        }
        return all;
    }

    /** Builds the pipeline on the parts of the config and submits it without waiting. */
    public static JobClient submit(
            StreamExecutionEnvironment env, InteractionSessionizerConfig config) throws Exception {
        build(env, config, Endpoints.of(config));
        return env.executeAsync(NAME);
    }

    /**
     * {@code --config FILE} and any number of {@code key=value}, which win over the file. Runs on
     * the cluster it was submitted to.
     */
    public static void main(String[] args) throws Exception {
        Settings settings = Settings.ofCommandLine(args);
        InteractionSessionizerConfig config = InteractionSessionizerConfig.from(settings);
        settings.finish();
        LOG.info("settings: {}", settings.effective());
        submit(StreamExecutionEnvironment.getExecutionEnvironment(), config);
    }
}
