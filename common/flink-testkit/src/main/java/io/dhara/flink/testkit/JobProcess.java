package io.dhara.flink.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * A whole job in a process of its own (cluster, operators, clients), to be killed. Its checkpoints
 * outlive it.
 */
public final class JobProcess implements AutoCloseable {
    /** What the process prints once the job was submitted. */
    public static final String READY = "the job is running";

    private final Process process;

    private JobProcess(Process process) {
        this.process = process;
    }

    /** The settings as a file, as a person would write them. */
    public static Path writeSettings(Path folder, Map<String, String> settings) throws IOException {
        StringBuilder yaml = new StringBuilder();
        new TreeMap<>(settings)
                .forEach(
                        (key, value) ->
                                yaml.append(key).append(": \"").append(value).append("\"\n"));
        return Files.writeString(folder.resolve("settings.yaml"), yaml);
    }

    /** Starts a main class and waits until it says {@link #READY}. */
    public static JobProcess launch(Path folder, String classPath, Class<?> main, String... args)
            throws IOException {
        Path log = folder.resolve("job.log");
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx400m",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-Xshare:auto",
                                "--add-opens=java.base/java.util=ALL-UNNAMED",
                                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                                "-cp",
                                classPath,
                                main.getName()));
        command.addAll(List.of(args));
        Process process =
                new ProcessBuilder(command)
                        .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .start();
        try (var lines = process.inputReader()) {
            String line = lines.readLine();
            while (line != null && !line.equals(READY)) {
                line = lines.readLine();
            }
            if (line == null) {
                List<String> all = Files.readAllLines(log);
                throw new IllegalStateException(
                        "the job's process ended: "
                                + all.subList(Math.max(0, all.size() - 20), all.size()));
            }
        }
        return new JobProcess(process);
    }

    /** Builds a job on an environment and submits it without waiting. */
    public interface Submission {
        /**
         * @param settings file of the job's settings
         */
        JobClient submit(StreamExecutionEnvironment env, Path settings) throws Exception;
    }

    /**
     * Starts a process that runs a job from the newest checkpoint, and waits until it was
     * submitted. Checkpoints are kept in {@code checkpoints} below the folder.
     *
     * @param main calls {@link #run}
     */
    public static JobProcess start(
            Path folder, Class<?> main, Map<String, String> settings, int parallelism)
            throws IOException {
        Path checkpoints = folder.resolve("checkpoints");
        return launch(
                folder,
                System.getProperty("java.class.path"),
                main,
                checkpoints.toString(),
                newestCheckpoint(checkpoints),
                Integer.toString(parallelism),
                writeSettings(folder, settings).toString());
    }

    /**
     * Inside the process: runs the job until it ends.
     *
     * @param args as {@link #start} gives them
     */
    public static void run(String[] args, Clusters clusters, Submission submission)
            throws Exception {
        endWithParent();
        TestCluster cluster = clusters.start(Path.of(args[0]));
        JobClient job =
                submission.submit(
                        cluster.environment(Integer.parseInt(args[2]), args[1]), Path.of(args[3]));
        System.out.println(READY);
        System.out.flush();
        job.getJobExecutionResult().get();
    }

    /** Starts the cluster of a process. */
    public interface Clusters {
        TestCluster start(Path checkpoints) throws Exception;
    }

    /** Path of the newest complete checkpoint below the folder; empty if there is none. */
    public static String newestCheckpoint(Path checkpoints) throws IOException {
        if (!Files.isDirectory(checkpoints)) {
            return "";
        }
        try (Stream<Path> files = Files.walk(checkpoints, 3)) {
            return files.filter(file -> file.getFileName().toString().equals("_metadata"))
                    .max(
                            (a, b) ->
                                    Long.compare(
                                            a.toFile().lastModified(), b.toFile().lastModified()))
                    .map(file -> file.getParent().toUri().toString())
                    .orElse("");
        }
    }

    /** Ends it as {@code kill -9} does, and waits until it is gone. */
    public void kill() {
        process.destroyForcibly();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException("process " + process.pid() + " does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public void close() {
        kill();
    }

    /** The parent's death closes the pipe, also after kill -9: no process is left over. */
    public static void endWithParent() {
        Thread watch =
                new Thread(
                        () -> {
                            try {
                                while (System.in.read() >= 0) {
                                    // Nothing is ever sent.
                                }
                            } catch (IOException e) {
                                // The pipe is broken: the parent is gone.
                            }
                            Runtime.getRuntime().halt(0);
                        });
        watch.setDaemon(true);
        watch.start();
    }
}
