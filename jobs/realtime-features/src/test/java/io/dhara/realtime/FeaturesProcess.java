package io.dhara.realtime;

import io.dhara.core.config.Settings;
import io.dhara.flink.testkit.JobProcess;
import io.dhara.flink.testkit.TestCluster;
import java.nio.file.Path;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** A realtime-features job in a process of its own, to be killed. */
final class FeaturesProcess {
    private FeaturesProcess() {}

    /** Arguments: as {@link JobProcess#start} gives them. */
    public static void main(String[] args) throws Exception {
        JobProcess.run(args, TestCluster::startOnRocksDb, FeaturesProcess::submit);
    }

    private static JobClient submit(StreamExecutionEnvironment env, Path file) throws Exception {
        Settings settings = Settings.ofYaml(file);
        RealtimeFeaturesConfig config = RealtimeFeaturesConfig.from(settings);
        settings.finish();
        return RealtimeFeaturesJob.submit(env, config);
    }
}
