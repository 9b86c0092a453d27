package io.dhara.ingest;

import io.dhara.core.config.Settings;
import io.dhara.flink.testkit.JobProcess;
import io.dhara.flink.testkit.TestCluster;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.apache.flink.core.execution.JobClient;

/** The feature-ingest job in a process of its own, to be killed. */
final class IngestProcess {
    private IngestProcess() {}

    /** Starts the process from the newest checkpoint and waits until the job was submitted. */
    static JobProcess start(Path folder, Map<String, String> settings, int parallelism)
            throws IOException {
        return JobProcess.launch(
                folder,
                System.getProperty("java.class.path"),
                IngestProcess.class,
                folder.resolve("checkpoints").toString(),
                JobProcess.newestCheckpoint(folder.resolve("checkpoints")),
                Integer.toString(parallelism),
                JobProcess.writeSettings(folder, settings).toString());
    }

    /** Arguments: checkpoint folder, path to restore or empty, parallelism, settings file. */
    public static void main(String[] args) throws Exception {
        JobProcess.endWithParent();
        Settings settings = Settings.ofYaml(Path.of(args[3]));
        FeatureIngestConfig config = FeatureIngestConfig.from(settings);
        settings.finish();
        TestCluster cluster = TestCluster.start(Path.of(args[0]));
        JobClient job =
                FeatureIngestJob.submit(
                        cluster.environment(Integer.parseInt(args[2]), args[1]), config);
        System.out.println(JobProcess.READY);
        System.out.flush();
        job.getJobExecutionResult().get();
    }
}
