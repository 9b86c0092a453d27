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

/**
 * A Flink cluster in this JVM with the settings of {@code flink-conf/config.yaml}, of the job file
 * beside it, and on top the folders, ports and sizes of a local run. Checkpoints and savepoints
 * stay in its folder, and a later run of the same folder goes on from the newest of them.
 */
final class LocalFlink implements AutoCloseable {
    private static final int SLOTS = 4;
    private static final long STOP_SECONDS = 30;

    private final Path dir;
    private final Configuration configuration;
    private final MiniCluster cluster;
    private final URI rest;
    private final URI metrics;

    private LocalFlink(
            Path dir, Configuration configuration, MiniCluster cluster, URI rest, URI metrics) {
        this.dir = dir;
        this.configuration = configuration;
        this.cluster = cluster;
        this.rest = rest;
        this.metrics = metrics;
    }

    /**
     * @param flinkConf folder of {@code config.yaml} and {@code jobs/}
     * @param dir folder of checkpoints, savepoints and temporary files
     */
    static LocalFlink start(Path flinkConf, Path dir) throws Exception {
        Configuration configuration = configuration(flinkConf, dir);
        List<Integer> ports = Ports.choose(dir, 2);
        configuration.setString("rest.port", String.valueOf(ports.get(0)));
        configuration.setString("rest.bind-port", String.valueOf(ports.get(0)));
        configuration.setString("metrics.reporter.prom.port", String.valueOf(ports.get(1)));
        MiniCluster cluster =
                new MiniCluster(
                        new MiniClusterConfiguration.Builder()
                                .setConfiguration(configuration)
                                .setNumTaskManagers(1)
                                .setNumSlotsPerTaskManager(SLOTS)
                                .build());
        cluster.start();
        URI rest = cluster.getRestAddress().get();
        configuration.setString("execution.target", "remote");
        configuration.setString("rest.address", rest.getHost());
        configuration.setString("rest.port", String.valueOf(rest.getPort()));
        Ports.remember(dir, ports);
        return new LocalFlink(
                dir,
                configuration,
                cluster,
                rest,
                URI.create("http://127.0.0.1:" + ports.get(1) + "/metrics"));
    }

    private static Configuration configuration(Path flinkConf, Path dir) throws IOException {
        Configuration configuration = GlobalConfiguration.loadConfiguration(flinkConf.toString());
        configuration.addAll(jobConfiguration(flinkConf.resolve("jobs/feature-ingest.yaml"), dir));
        Path checkpoints = Files.createDirectories(dir.resolve("checkpoints"));
        Path savepoints = Files.createDirectories(dir.resolve("savepoints"));
        configuration.setString("execution.checkpointing.storage", "filesystem");
        configuration.setString("execution.checkpointing.dir", checkpoints.toUri().toString());
        configuration.setString(
                "execution.checkpointing.savepoint-dir", savepoints.toUri().toString());
        configuration.setString("execution.checkpointing.interval", "2 s");
        configuration.setString("execution.checkpointing.min-pause", "500 ms");
        configuration.setString(
                "io.tmp.dirs", Files.createDirectories(dir.resolve("tmp")).toString());
        configuration.setString("parallelism.default", "2");
        configuration.setString("rest.bind-address", "127.0.0.1");
        configuration.setString("taskmanager.memory.managed.size", "16m");
        configuration.setString("taskmanager.memory.network.min", "32m");
        configuration.setString("taskmanager.memory.network.max", "32m");
        configuration.setString("metrics.fetcher.update-interval", "400 ms");
        return configuration;
    }

    /** Flink reads {@code config.yaml} of a folder only, so the job's file gets a folder. */
    private static Configuration jobConfiguration(Path file, Path dir) throws IOException {
        Path folder = Files.createDirectories(dir.resolve("job-conf"));
        Files.write(folder.resolve("config.yaml"), Files.readAllBytes(file));
        return GlobalConfiguration.loadConfiguration(folder.toString());
    }

    /**
     * Settings of a job to submit here: those of the cluster, and the newest completed checkpoint
     * or savepoint of an earlier run to go on from.
     */
    Configuration jobSettings() throws IOException {
        Configuration settings = new Configuration(configuration);
        Optional<Path> newest = newestState();
        if (newest.isPresent()) {
            settings.setString("execution.state-recovery.path", newest.get().toUri().toString());
        }
        return settings;
    }

    private Optional<Path> newestState() throws IOException {
        try (Stream<Path> files = Files.walk(dir, 4)) {
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
    void stop(JobClient job) throws ExecutionException, InterruptedException {
        try {
            job.stopWithSavepoint(false, null, SavepointFormatType.CANONICAL)
                    .get(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            job.cancel().get();
        }
    }

    /** Base address of the REST interface. */
    URI rest() {
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
