package io.dhara.flink.testkit;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.executiongraph.AccessExecutionVertex;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.runtime.testutils.InMemoryReporter;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** A Flink cluster in this JVM, with the settings that flink-conf gives a job. */
public final class TestCluster implements AutoCloseable {
    private static final int SLOTS = 4;

    /** Of each slot. With less a write buffer cannot hold one arena block. */
    private static final int ROCKSDB_MEBIBYTES = 32;

    private final Configuration configuration;
    private final MiniCluster cluster;
    private final InMemoryReporter metrics;

    private TestCluster(
            Configuration configuration, MiniCluster cluster, InMemoryReporter metrics) {
        this.configuration = configuration;
        this.cluster = cluster;
        this.metrics = metrics;
    }

    /**
     * For jobs without keyed state.
     *
     * @param checkpoints folder they are kept in, also after the job was cancelled
     */
    public static TestCluster start(Path checkpoints) throws Exception {
        Configuration conf = new Configuration();
        conf.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(200));
        conf.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(8));
        return start(checkpoints, conf);
    }

    /**
     * For jobs with keyed state: it is in RocksDB, and checkpoints are incremental.
     *
     * @param checkpoints folder they are kept in, also after the job was cancelled
     */
    public static TestCluster startOnRocksDb(Path checkpoints) throws Exception {
        Configuration conf = new Configuration();
        conf.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
        conf.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true);
        conf.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(500));
        conf.set(
                TaskManagerOptions.MANAGED_MEMORY_SIZE,
                MemorySize.ofMebiBytes((long) SLOTS * ROCKSDB_MEBIBYTES));
        return start(checkpoints, conf);
    }

    private static TestCluster start(Path checkpoints, Configuration conf) throws Exception {
        conf.set(PipelineOptions.AUTO_GENERATE_UIDS, false);
        conf.set(PipelineOptions.GENERIC_TYPES, false);
        conf.set(PipelineOptions.OBJECT_REUSE, true);
        conf.set(PipelineOptions.MAX_PARALLELISM, 720);
        conf.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
        conf.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, checkpoints.toUri().toString());
        conf.set(
                CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
        conf.set(CheckpointingOptions.TOLERABLE_FAILURE_NUMBER, 100);
        conf.set(CheckpointingOptions.ENABLE_UNALIGNED, true);
        conf.set(CheckpointingOptions.ALIGNED_CHECKPOINT_TIMEOUT, Duration.ofSeconds(10));
        conf.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(16));
        conf.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(16));
        conf.set(RestOptions.BIND_PORT, "0");
        InMemoryReporter metrics = InMemoryReporter.createWithRetainedMetrics();
        metrics.addToConfiguration(conf);
        MiniCluster cluster =
                new MiniCluster(
                        new MiniClusterConfiguration.Builder()
                                .setConfiguration(conf)
                                .setNumTaskManagers(1)
                                .setNumSlotsPerTaskManager(SLOTS)
                                .build());
        cluster.start();
        conf.set(DeploymentOptions.TARGET, "remote");
        conf.set(RestOptions.ADDRESS, cluster.getRestAddress().get().getHost());
        conf.set(RestOptions.PORT, cluster.getRestAddress().get().getPort());
        return new TestCluster(conf, cluster, metrics);
    }

    /** Where a job that starts afresh is built and submitted. */
    public StreamExecutionEnvironment environment(int parallelism) {
        return environment(parallelism, "");
    }

    /**
     * Where a job is built and submitted.
     *
     * @param restorePath checkpoint or savepoint to continue from; empty to start afresh
     */
    public StreamExecutionEnvironment environment(int parallelism, String restorePath) {
        Configuration conf = new Configuration(configuration);
        if (!restorePath.isEmpty()) {
            conf.set(StateRecoveryOptions.SAVEPOINT_PATH, restorePath);
        }
        StreamExecutionEnvironment env = new StreamExecutionEnvironment(conf);
        env.setParallelism(parallelism);
        return env;
    }

    /** Sum of a counter of this name over all operators and subtasks of a job. */
    public long count(JobClient job, String counter) {
        String name = "\\." + Pattern.quote(counter) + "$";
        return metrics.findMetrics(job.getJobID(), name).values().stream()
                .mapToLong(metric -> ((Counter) metric).getCount())
                .sum();
    }

    /** States of a job's tasks, and why those failed that did. */
    public String diagnosis(JobClient job) throws Exception {
        StringBuilder text = new StringBuilder();
        for (AccessExecutionVertex vertex :
                cluster.getExecutionGraph(job.getJobID()).get().getAllExecutionVertices()) {
            text.append(vertex.getTaskNameWithSubtaskIndex())
                    .append(": ")
                    .append(vertex.getExecutionState());
            vertex.getFailureInfo()
                    .ifPresent(failure -> text.append(' ').append(failure.getExceptionAsString()));
            text.append('\n');
        }
        return text.toString();
    }

    /**
     * Stops a job with a savepoint, and says why when that fails.
     *
     * @param drain whether all timers fire first
     * @return the savepoint's path
     */
    public String stop(JobClient job, boolean drain, Path savepoints) throws Exception {
        try {
            return job.stopWithSavepoint(
                            drain, savepoints.toUri().toString(), SavepointFormatType.CANONICAL)
                    .get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(diagnosis(job), e);
        }
    }

    @Override
    public void close() throws Exception {
        cluster.close();
    }
}
