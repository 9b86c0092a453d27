package io.dhara.cli;

import io.dhara.core.config.ConfigException;
import io.dhara.core.config.Settings;
import io.dhara.core.registry.SchemaRegistry;
import io.dhara.realtime.RealtimeFeaturesConfig;
import io.dhara.realtime.RealtimeFeaturesJob;
import io.dhara.realtime.domain.definition.RegistryFit;
import io.dhara.realtime.source.InvalidSourceException;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs a definition as a job of its own. */
@Command(
        name = "submit",
        description = {
            "Submits a definition as a job of its own to a Flink cluster.",
            "Refused when the feature groups cannot hold its values. Without --flink to the running stack, whose Kafka and",
            "schemas it then takes. The job's settings are those of --config and --set (docs/realtime-features.md)."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example: ./dhara features submit kitchen.yaml --shadow _next",
            "         ./dhara features submit kitchen.yaml --flink http://flink:8081 --config features.yaml --jar job.jar"
        })
final class FeaturesSubmit implements Runnable {
    @Mixin private Output output;
    @Mixin private StackOptions stack;

    @Parameters(paramLabel = "FILE", description = "The definition.")
    private Path file;

    @Option(
            names = "--flink",
            paramLabel = "URL",
            description =
                    "Base address of the cluster's REST interface; default: the running stack's.")
    private @Nullable URI flink;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Settings of the job: kafka.*, registry.*, features.*.")
    private @Nullable Path config;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "A setting of the job, which wins over --config; may be repeated.")
    private Map<String, String> set = new LinkedHashMap<>();

    @Option(
            names = "--jar",
            paramLabel = "FILE",
            description = "The job's jar, for a cluster that does not have its classes.")
    private @Nullable Path jar;

    @Option(
            names = "--shadow",
            paramLabel = "SUFFIX",
            defaultValue = "",
            description =
                    "Write to groups with this at the end of their labels, side by side with others.")
    private String suffix;

    @Option(
            names = "--from-savepoint",
            paramLabel = "PATH",
            description = "Go on from a savepoint of an earlier definition; see features plan.")
    private @Nullable String savepoint;

    @Override
    public void run() {
        DefinitionFiles.plan(file);
        RealtimeFeaturesConfig job = jobConfig();
        requireFits(job);
        URI cluster = flink != null ? flink : URI.create(stack.flink());
        Configuration settings =
                GlobalConfiguration.loadConfiguration(Home.dir().resolve("flink-conf").toString());
        settings.setString("execution.target", "remote");
        settings.setString("rest.address", cluster.getHost());
        settings.setString("rest.port", String.valueOf(cluster.getPort()));
        if (flink == null) {
            Path folder = stack.dataDir().resolve("flink").resolve(job.jobName()).toAbsolutePath();
            settings.setString("execution.checkpointing.storage", "filesystem");
            settings.setString(
                    "execution.checkpointing.dir",
                    folder.resolve("checkpoints").toUri().toString());
            settings.setString(
                    "execution.checkpointing.savepoint-dir",
                    folder.resolve("savepoints").toUri().toString());
            settings.setString("parallelism.default", "1");
        }
        if (jar != null) {
            settings.setString("pipeline.jars", jar.toUri().toString());
        }
        if (savepoint != null) {
            settings.setString("execution.state-recovery.path", savepoint);
        }
        JobClient submitted = submit(new StreamExecutionEnvironment(settings), job, cluster);
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("job", job.jobName());
        document.put("id", submitted.getJobID().toHexString());
        document.put("flink", cluster.toString());
        output.result(
                document,
                "submitted %s, job %s on %s"
                        .formatted(job.jobName(), submitted.getJobID().toHexString(), cluster));
    }

    private void requireFits(RealtimeFeaturesConfig job) {
        try (SchemaRegistry registry = job.registry().open()) {
            List<String> misfits =
                    RegistryFit.misfits(job.definition().plan(), registry.current(), suffix);
            if (!misfits.isEmpty()) {
                throw new CommandFailure(
                        file + " does not fit the registry:\n" + String.join("\n", misfits));
            }
        }
    }

    private RealtimeFeaturesConfig jobConfig() {
        Map<String, String> given = new HashMap<>();
        given.put("features.definition", file.toString());
        given.put("features.shadow-suffix", suffix);
        if (flink == null) {
            given.put("kafka.bootstrap-servers", stack.kafka());
            given.put("registry.folder", stack.registry().toAbsolutePath().toString());
        }
        given.putAll(set);
        try {
            Settings settings =
                    config == null ? Settings.parse(given) : Settings.ofYaml(config).with(given);
            RealtimeFeaturesConfig job = RealtimeFeaturesConfig.from(settings);
            settings.finish();
            return job;
        } catch (ConfigException e) {
            throw new CommandFailure(e.getMessage(), e);
        }
    }

    private static JobClient submit(
            StreamExecutionEnvironment env, RealtimeFeaturesConfig job, URI cluster) {
        try {
            return RealtimeFeaturesJob.submit(env, job);
        } catch (IllegalArgumentException | InvalidSourceException e) {
            throw new CommandFailure(e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure("interrupted while submitting", e);
        } catch (Exception e) {
            throw new CommandFailure(
                    "%s did not take the job %s: %s".formatted(cluster, job.jobName(), reason(e)),
                    e);
        }
    }

    /** Flink says only in the innermost cause what is wrong, after what it had from the cluster. */
    private static String reason(Throwable thrown) {
        Throwable cause = thrown;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.toString();
    }
}
