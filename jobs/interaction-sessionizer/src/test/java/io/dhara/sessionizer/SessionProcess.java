package io.dhara.sessionizer;

import io.dhara.core.config.Settings;
import io.dhara.flink.testkit.JobProcess;
import io.dhara.flink.testkit.TestCluster;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The interaction-sessionizer job in a process of its own, to be killed. */
final class SessionProcess {
    private SessionProcess() {}

    /** Starts the process from the newest checkpoint and waits until the job was submitted. */
    static JobProcess start(Path folder, Map<String, String> settings, int parallelism)
            throws IOException {
        return JobProcess.start(folder, SessionProcess.class, settings, parallelism);
    }

    /** Starts a process that waits to take over from one that is killed. */
    static JobProcess standBy(Path folder, Map<String, String> settings, int parallelism)
            throws IOException {
        return JobProcess.standBy(folder, SessionProcess.class, settings, parallelism);
    }

    /** Arguments: as {@link JobProcess#start} gives them. */
    public static void main(String[] args) throws Exception {
        JobProcess.run(args, TestCluster::startOnRocksDb, SessionProcess::submit);
    }

    private static JobClient submit(StreamExecutionEnvironment env, Path file) throws Exception {
        Settings settings = Settings.ofYaml(file);
        InteractionSessionizerConfig config = InteractionSessionizerConfig.from(settings);
        settings.finish();
        return InteractionSessionizerJob.submit(env, config);
    }
}
