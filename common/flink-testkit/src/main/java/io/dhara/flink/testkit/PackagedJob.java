package io.dhara.flink.testkit;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.client.program.PackagedProgram;
import org.apache.flink.client.program.PackagedProgramUtils;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;

/**
 * A cluster that knows nothing but Flink, given the job's jar. Arguments: jar, then the job's own.
 */
public final class PackagedJob {
    /** What a Flink distribution has, and what runs it in a test. */
    private static final Pattern CLUSTER =
            Pattern.compile(
                    "flink-(?!connector-kafka|connector-base|test|.*-tests).*\\.jar"
                            + "|(kryo|minlog|objenesis|reflectasm|javassist|snappy-java|lz4|log4j"
                            + "|slf4j|snakeyaml-engine|commons-|frocksdbjni)[-a-z0-9]*-?[0-9].*"
                            + "\\.jar|dhara-flink-testkit-.*\\.jar");

    private PackagedJob() {}

    /**
     * Starts the job of the module that is tested, as its package phase made it, in a process that
     * has nothing but Flink on its class path. Waits until the job was submitted.
     */
    public static JobProcess launch(Path folder, Map<String, String> settings) throws IOException {
        String classPath =
                Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                        .filter(e -> CLUSTER.matcher(Path.of(e).getFileName().toString()).matches())
                        .collect(Collectors.joining(File.pathSeparator));
        return JobProcess.launch(
                folder,
                classPath,
                PackagedJob.class,
                jar(Path.of("target")).toString(),
                "--config",
                JobProcess.writeSettings(folder, settings).toString());
    }

    private static Path jar(Path target) throws IOException {
        try (Stream<Path> files = Files.list(target)) {
            List<Path> jars = files.filter(file -> file.toString().endsWith("-job.jar")).toList();
            if (jars.size() != 1) {
                throw new IllegalStateException(
                        target + " must have one job jar, made by the package phase: has " + jars);
            }
            return jars.get(0);
        }
    }

    public static void main(String[] args) throws Exception {
        JobProcess.endWithParent();
        Configuration conf = new Configuration();
        conf.set(RestOptions.BIND_PORT, "0");
        conf.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
        conf.setString("pipeline.auto-generate-uids", "false");
        conf.setString("pipeline.generic-types", "false");
        conf.setString("execution.checkpointing.interval", "300 ms");
        conf.setString("state.backend.type", "rocksdb");
        conf.setString("taskmanager.memory.managed.size", "32m");
        MiniCluster cluster =
                new MiniCluster(
                        new MiniClusterConfiguration.Builder()
                                .setConfiguration(conf)
                                .setNumSlotsPerTaskManager(1)
                                .build());
        cluster.start();
        String[] jobArgs = Arrays.copyOfRange(args, 1, args.length);
        try (PackagedProgram program =
                PackagedProgram.newBuilder()
                        .setJarFile(new File(args[0]))
                        .setArguments(jobArgs)
                        .setConfiguration(conf)
                        .build()) {
            JobGraph graph = PackagedProgramUtils.createJobGraph(program, conf, 1, false);
            cluster.submitJob(graph).get();
            System.out.println(JobProcess.READY);
            System.out.flush();
            cluster.requestJobResult(graph.getJobID()).get();
        }
    }
}
