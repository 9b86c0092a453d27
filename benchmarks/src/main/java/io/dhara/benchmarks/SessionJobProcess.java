package io.dhara.benchmarks;

import static java.util.Objects.requireNonNull;

import io.dhara.core.config.Settings;
import io.dhara.localstack.LocalFlink;
import io.dhara.sessionizer.Endpoints;
import io.dhara.sessionizer.InteractionSessionizerConfig;
import io.dhara.sessionizer.InteractionSessionizerJob;
import io.dhara.sessionizer.event.ReadRecord;
import io.dhara.sessionizer.operator.EventDeserializer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.jspecify.annotations.Nullable;

/**
 * The process that is measured: a Flink cluster with the settings of {@code flink-conf}, and jobs
 * one after another, so that the second finds its code compiled.
 *
 * <p>Arguments: folder of {@code flink-conf}, folder of state. Commands: {@code run FILE} and
 * {@code drain FILE} submit the job with these settings, the second one to the end of its topic;
 * {@code bare FILE} a job that only reads the topic; {@code savepoint FORMAT FOLDER}; {@code await}
 * the end of the job; {@code cancel}; {@code statements}.
 */
final class SessionJobProcess implements MeasuredProcess.Command {
    /** Checkpoints as often as in production; a local stack's are more frequent. */
    private static final String CHECKPOINT_INTERVAL = "10 s";

    private final LocalFlink flink;
    private @Nullable JobClient job;

    private SessionJobProcess(LocalFlink flink) {
        this.flink = flink;
    }

    /** Starts the process with its log and its state below the servers' folder. */
    static MeasuredProcess start(Path home, SessionServers servers) throws IOException {
        return MeasuredProcess.start(
                servers.folder.resolve("job.log"),
                SessionJobProcess.class,
                List.of("-Xms1g", "-Xmx1g", "-Ddhara.log=" + servers.folder.resolve("flink.log")),
                List.of(
                        home.resolve("flink-conf").toString(),
                        servers.folder.resolve("flink").toString()));
    }

    public static void main(String[] args) throws Exception {
        Path state = Files.createDirectories(Path.of(args[1]));
        try (LocalFlink flink = LocalFlink.start(Path.of(args[0]), state, 2, 0)) {
            MeasuredProcess.serve(new SessionJobProcess(flink));
        }
    }

    @Override
    public String perform(List<String> words) throws Exception {
        return switch (words.get(0)) {
            case "run" -> run(config(words.get(1)));
            case "drain" -> drain(config(words.get(1)));
            case "bare" -> bare(config(words.get(1)));
            case "savepoint" ->
                    job().triggerSavepoint(words.get(2), SavepointFormatType.valueOf(words.get(1)))
                            .get();
            case "await" -> "in ms: " + job().getJobExecutionResult().get().getNetRuntime();
            case "cancel" -> cancel();
            case "statements" ->
                    CountingTiers.BLOCK_UPDATES.sum()
                            + " "
                            + CountingTiers.COUNT_UPDATES.sum()
                            + " "
                            + CountingTiers.SELECTS.sum();
            default -> throw new IllegalArgumentException("unknown command " + words);
        };
    }

    private JobClient job() {
        return requireNonNull(job, "no job was submitted");
    }

    private String cancel() throws Exception {
        job().cancel().get();
        while (!job().getJobStatus().get().isGloballyTerminalState()) {
            Thread.onSpinWait();
        }
        return "cancelled";
    }

    private static InteractionSessionizerConfig config(String file) {
        Settings settings = Settings.ofYaml(Path.of(file));
        InteractionSessionizerConfig config = InteractionSessionizerConfig.from(settings);
        settings.finish();
        return config;
    }

    /** Every job begins without state. */
    private StreamExecutionEnvironment environment() throws IOException {
        Configuration settings = flink.jobSettings(InteractionSessionizerJob.NAME);
        settings.removeKey("execution.state-recovery.path");
        settings.setString("execution.checkpointing.interval", CHECKPOINT_INTERVAL);
        return new StreamExecutionEnvironment(settings);
    }

    private String run(InteractionSessionizerConfig config) throws Exception {
        job = InteractionSessionizerJob.submit(environment(), config);
        return "submitted";
    }

    private String drain(InteractionSessionizerConfig config) throws Exception {
        StreamExecutionEnvironment env = environment();
        Endpoints kafka = Endpoints.of(config);
        InteractionSessionizerJob.build(
                env,
                config,
                new Endpoints(
                        Map.of("events", toEnd(config)),
                        new CountingTiers(config),
                        kafka.rejected()));
        job = env.executeAsync("drain");
        return "submitted";
    }

    private String bare(InteractionSessionizerConfig config) throws Exception {
        StreamExecutionEnvironment env = environment();
        env.fromSource(toEnd(config), WatermarkStrategy.noWatermarks(), "source", ReadRecord.TYPE)
                .uid("source")
                .sinkTo(new DiscardingSink<>())
                .uid("discard");
        job = env.executeAsync("bare");
        return "submitted";
    }

    private static KafkaSource<ReadRecord> toEnd(InteractionSessionizerConfig config) {
        return KafkaSource.<ReadRecord>builder()
                .setBootstrapServers(config.kafka().bootstrapServers())
                .setTopics(config.sources().get(0).topic())
                .setStartingOffsets(OffsetsInitializer.earliest())
                .setBounded(OffsetsInitializer.latest())
                .setDeserializer(
                        new EventDeserializer(config.sources().get(0).format(), config.rules()))
                .build();
    }
}
