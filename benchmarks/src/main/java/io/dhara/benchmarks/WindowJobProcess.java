package io.dhara.benchmarks;

import io.dhara.flink.feature.FeatureRow;
import io.dhara.localstack.LocalFlink;
import io.dhara.realtime.DefinitionFile;
import io.dhara.realtime.domain.event.FeatureEvent;
import io.dhara.realtime.operator.FeatureLimits;
import io.dhara.realtime.operator.FeatureOperatorFactory;
import io.dhara.realtime.source.FeatureEventSerializer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.AggregateFunction;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.streaming.api.windowing.assigners.SlidingEventTimeWindows;
import org.apache.flink.util.OutputTag;

/**
 * The process that is measured: a Flink cluster with the settings of {@code flink-conf}, and one
 * bounded job after another over made-up events, in which every key has one each {@code
 * everyMillis} of event time.
 *
 * <p>Arguments: folder of {@code flink-conf}, folder of state. Commands, each waits for the end of
 * its job: {@code bare EVENTS KEYS EVERY} only makes the events and parts them by key; {@code tiles
 * EVENTS KEYS EVERY WINDOW} counts with the operator of realtime-features; {@code sliding EVENTS
 * KEYS EVERY} with Flink's window of an hour that slides by a minute.
 */
final class WindowJobProcess implements MeasuredProcess.Command {
    private static final String JOB = "realtime-features";
    private static final String CHECKPOINT_INTERVAL = "10 s";

    /** Days of events go by in seconds: so time still moves in steps of minutes. */
    private static final long WATERMARK_MILLIS = 1;

    private static final long BEGIN = 1_767_225_600_000L;

    /** Nothing is held, so that events of a key are not combined: each costs all it can. */
    private static final FeatureLimits LIMITS =
            new FeatureLimits(
                    FeatureLimits.DEFAULT.flushInterval(),
                    1,
                    FeatureLimits.DEFAULT.maxBytes(),
                    FeatureLimits.DEFAULT.tick(),
                    FeatureLimits.DEFAULT.timerSpread());

    private static final OutputTag<FeatureEvent> LATE =
            new OutputTag<>("late", FeatureEventSerializer.TYPE);

    private static final String DEFINITION =
            """
            name: windows
            sources:
              s: {topic: t, format: json, fields: {k: string}}
            groups:
              - entity: e
                group: g
                key: [k]
                lateness: 0 s
                features: [{name: n, aggregate: count, windows: [%s]}]
            """;

    private final LocalFlink flink;

    private WindowJobProcess(LocalFlink flink) {
        this.flink = flink;
    }

    static MeasuredProcess start(Path home, Path folder) throws IOException {
        return MeasuredProcess.start(
                folder.resolve("process.log"),
                WindowJobProcess.class,
                List.of("-Xms1g", "-Xmx1g", "-Ddhara.log=" + folder.resolve("flink.log")),
                List.of(home.resolve("flink-conf").toString(), folder.resolve("flink").toString()));
    }

    public static void main(String[] args) throws Exception {
        Path state = Files.createDirectories(Path.of(args[1]));
        try (LocalFlink flink = LocalFlink.start(Path.of(args[0]), state, 1, 0)) {
            MeasuredProcess.serve(new WindowJobProcess(flink));
        }
    }

    @Override
    public String perform(List<String> words) throws Exception {
        StreamExecutionEnvironment env = environment();
        KeyedStream<FeatureEvent, String> events =
                events(
                                env,
                                Long.parseLong(words.get(1)),
                                Integer.parseInt(words.get(2)),
                                Long.parseLong(words.get(3)))
                        .keyBy(event -> (String) event.values().get(0), Types.STRING);
        switch (words.get(0)) {
            case "bare" -> events.sinkTo(new DiscardingSink<>()).uid("discard");
            case "tiles" -> tiles(events, String.join(" ", words.subList(4, words.size())));
            case "sliding" -> sliding(events);
            default -> throw new IllegalArgumentException("unknown command " + words);
        }
        JobClient job = env.executeAsync(words.get(0));
        return "in ms: " + job.getJobExecutionResult().get().getNetRuntime();
    }

    private StreamExecutionEnvironment environment() throws IOException {
        Configuration settings = flink.jobSettings(JOB);
        settings.removeKey("execution.state-recovery.path");
        settings.setString("execution.checkpointing.interval", CHECKPOINT_INTERVAL);
        StreamExecutionEnvironment env = new StreamExecutionEnvironment(settings);
        env.setParallelism(1);
        env.getConfig().setAutoWatermarkInterval(WATERMARK_MILLIS);
        return env;
    }

    private static DataStream<FeatureEvent> events(
            StreamExecutionEnvironment env, long count, int keys, long everyMillis) {
        return env.fromSource(
                        new NumberSequenceSource(0, count - 1),
                        WatermarkStrategy.<Long>forMonotonousTimestamps()
                                .withTimestampAssigner(
                                        (number, time) -> time(number, keys, everyMillis)),
                        "numbers")
                .uid("numbers")
                .map(
                        number ->
                                new FeatureEvent(
                                        time(number, keys, everyMillis),
                                        List.of("key-" + number % keys)))
                .returns(FeatureEventSerializer.TYPE)
                .uid("events");
    }

    private static long time(long number, int keys, long everyMillis) {
        return BEGIN + number / keys * everyMillis + number % keys * everyMillis / keys;
    }

    private static void tiles(KeyedStream<FeatureEvent, String> events, String window) {
        DefinitionFile definition = new DefinitionFile("windows", DEFINITION.formatted(window), "");
        events.transform(
                        "features",
                        FeatureRow.TYPE,
                        new FeatureOperatorFactory(definition, "e/g", LIMITS, LATE))
                .uid("features")
                .sinkTo(new DiscardingSink<>())
                .uid("discard");
    }

    private static void sliding(KeyedStream<FeatureEvent, String> events) {
        events.window(SlidingEventTimeWindows.of(Duration.ofHours(1), Duration.ofMinutes(1)))
                .aggregate(new Count(), Types.LONG, Types.LONG)
                .uid("sliding")
                .sinkTo(new DiscardingSink<>())
                .uid("discard");
    }

    private static final class Count implements AggregateFunction<FeatureEvent, Long, Long> {
        private static final long serialVersionUID = 1L;

        @Override
        public Long createAccumulator() {
            return 0L;
        }

        @Override
        public Long add(FeatureEvent event, Long count) {
            return count + 1;
        }

        @Override
        public Long getResult(Long count) {
            return count;
        }

        @Override
        public Long merge(Long a, Long b) {
            return a + b;
        }
    }
}
