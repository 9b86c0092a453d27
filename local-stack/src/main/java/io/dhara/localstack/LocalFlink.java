package io.dhara.localstack;

import io.dhara.embedded.Ports;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Flink cluster in this JVM with the settings of {@code flink-conf/config.yaml}, of each job's
 * file beside it, and on top the folders, ports and sizes of a local run. Checkpoints and
 * savepoints stay in its folder, one for each job, and a later run of the same folder goes on from
 * the newest of them.
 */
public final class LocalFlink implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LocalFlink.class);
    private static final int PARALLELISM = 2;
    private static final long STOP_SECONDS = 30;

    private final Path flinkConf;
    private final Path dir;
    private final Configuration local;
    private final MiniCluster cluster;
    private final URI rest;
    private final URI metrics;

    private LocalFlink(
            Path flinkConf,
            Path dir,
            Configuration local,
            MiniCluster cluster,
            URI rest,
            URI metrics) {
        this.flinkConf = flinkConf;
        this.dir = dir;
        this.local = local;
        this.cluster = cluster;
        this.rest = rest;
        this.metrics = metrics;
    }

    /**
     * @param flinkConf folder of {@code config.yaml} and {@code jobs/}
     * @param dir folder of checkpoints, savepoints and temporary files
     * @param jobs how many at once run with the cluster's own parallelism
     * @param singleJobs how many more at once with a parallelism of 1
     */
    public static LocalFlink start(Path flinkConf, Path dir, int jobs, int singleJobs)
            throws Exception {
        Configuration local = localSettings(dir);
        List<Integer> ports = Ports.choose(dir, 2);
        local.setString("rest.port", String.valueOf(ports.get(0)));
        local.setString("rest.bind-port", String.valueOf(ports.get(0)));
        local.setString("metrics.reporter.prom.port", String.valueOf(ports.get(1)));
        Configuration configuration = GlobalConfiguration.loadConfiguration(flinkConf.toString());
        configuration.addAll(local);
        MiniCluster cluster =
                new MiniCluster(
                        new MiniClusterConfiguration.Builder()
                                .setConfiguration(configuration)
                                .setNumTaskManagers(1)
                                .setNumSlotsPerTaskManager(jobs * PARALLELISM + singleJobs)
                                .build());
        cluster.start();
        URI rest = cluster.getRestAddress().get();
        local.setString("execution.target", "remote");
        local.setString("rest.address", rest.getHost());
        local.setString("rest.port", String.valueOf(rest.getPort()));
        Ports.remember(dir, ports);
        return new LocalFlink(
                flinkConf,
                dir,
                local,
                cluster,
                rest,
                URI.create("http://127.0.0.1:" + ports.get(1) + "/metrics"));
    }

    /** What differs from a cluster in production: folders, addresses and sizes. */
    private static Configuration localSettings(Path dir) throws IOException {
        Configuration local = new Configuration();
        local.setString("execution.checkpointing.storage", "filesystem");
        local.setString("execution.checkpointing.interval", "2 s");
        local.setString("execution.checkpointing.min-pause", "500 ms");
        local.setString("io.tmp.dirs", Files.createDirectories(dir.resolve("tmp")).toString());
        local.setString("parallelism.default", String.valueOf(PARALLELISM));
        local.setString("rest.bind-address", "127.0.0.1");
        local.setString("taskmanager.memory.managed.size", "128m");
        local.setString("taskmanager.memory.network.min", "64m");
        local.setString("taskmanager.memory.network.max", "64m");
        local.setString("metrics.fetcher.update-interval", "400 ms");
        return local;
    }

    /** As {@link #jobSettings(String, String)}, of a job whose file has its name. */
    public Configuration jobSettings(String job) throws IOException {
        return jobSettings(job, job);
    }

    /**
     * Settings of a job to submit here: those of the cluster and of the job's own file, its own
     * folders, and the newest completed checkpoint or savepoint of an earlier run to go on from.
     *
     * @param job its name
     * @param file name of its settings file, without the end
     */
    public Configuration jobSettings(String job, String file) throws IOException {
        Path folder = Files.createDirectories(dir.resolve(job));
        Path checkpoints = Files.createDirectories(folder.resolve("checkpoints"));
        Configuration settings = GlobalConfiguration.loadConfiguration(flinkConf.toString());
        settings.addAll(jobFile(file, folder));
        settings.addAll(local);
        settings.setString("execution.checkpointing.dir", checkpoints.toUri().toString());
        settings.setString(
                "execution.checkpointing.savepoint-dir", savepoints(job).toUri().toString());
        Optional<Path> newest = newestState(folder);
        if (newest.isPresent()) {
            settings.setString("execution.state-recovery.path", newest.get().toUri().toString());
        }
        return settings;
    }

    private Path savepoints(String job) {
        return dir.resolve(job).resolve("savepoints");
    }

    /** Flink reads {@code config.yaml} of a folder only, so the job's file gets a folder. */
    private Configuration jobFile(String job, Path folder) throws IOException {
        Path copy = Files.createDirectories(folder.resolve("conf")).resolve("config.yaml");
        Files.write(copy, Files.readAllBytes(flinkConf.resolve("jobs").resolve(job + ".yaml")));
        return GlobalConfiguration.loadConfiguration(copy.getParent().toString());
    }

    private static Optional<Path> newestState(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder, 4)) {
            return files.filter(file -> file.endsWith("_metadata"))
                    .max(Comparator.comparing(LocalFlink::modified))
                    .map(Path::getParent);
        }
    }

    private static FileTime modified(Path file) {
        try {
            return Files.getLastModifiedTime(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("cannot look at " + file, e);
        }
    }

    /**
     * Stops a job with a savepoint, from which the next run goes on. When that is not done within
     * 30 s the job is cancelled: the next run then goes on from the last checkpoint.
     */
    void stop(String name, JobClient job) throws ExecutionException, InterruptedException {
        try {
            job.stopWithSavepoint(
                            false,
                            savepoints(name).toUri().toString(),
                            SavepointFormatType.CANONICAL)
                    .get(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            LOG.warn("{} did not stop with a savepoint; its last checkpoint stays", name, e);
            job.cancel().get();
        }
    }

    /** Base address of the REST interface. */
    public URI rest() {
        return rest;
    }

    /** Where Prometheus finds the metrics. */
    URI metrics() {
        return metrics;
    }

    @Override
    public void close() throws Exception {
        cluster.close();
    }
}
