package io.dhara.ingest;

import io.dhara.core.config.Settings;
import io.dhara.flink.testkit.JobProcess;
import io.dhara.flink.testkit.TestCluster;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The feature-ingest job in a process of its own, to be killed. */
final class IngestProcess {
    private IngestProcess() {}

    /** Starts the process from the newest checkpoint and waits until the job was submitted. */
    static JobProcess start(Path folder, Map<String, String> settings, int parallelism)
            throws IOException {
        return JobProcess.start(folder, IngestProcess.class, settings, parallelism);
    }

    /** Arguments: as {@link JobProcess#start} gives them. */
    public static void main(String[] args) throws Exception {
        JobProcess.run(args, TestCluster::start, IngestProcess::submit);
    }

    private static JobClient submit(StreamExecutionEnvironment env, Path file) throws Exception {
        Settings settings = Settings.ofYaml(file);
        FeatureIngestConfig config = FeatureIngestConfig.from(settings);
        settings.finish();
        return FeatureIngestJob.submit(env, config);
    }
}
