package io.dhara.flink.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
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

    private final Path folder;
    private final Process process;

    private JobProcess(Path folder, Process process) {
        this.folder = folder;
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
        JobProcess started = new JobProcess(folder, process(folder, classPath, main, args));
        started.awaitReady();
        return started;
    }

    private static Process process(Path folder, String classPath, Class<?> main, String... args)
            throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx400m",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-Xshare:auto",
                                // The parent has verified the same classes; it is slow.
                                "-XX:+UnlockDiagnosticVMOptions",
                                "-XX:-BytecodeVerificationRemote",
                                "--add-opens=java.base/java.util=ALL-UNNAMED",
                                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                                "-cp",
                                classPath,
                                main.getName()));
        command.addAll(List.of(args));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(log(folder).toFile()))
                .start();
    }

    private static Path log(Path folder) {
        return folder.resolve("job.log");
    }

    private void awaitReady() throws IOException {
        try (var lines = process.inputReader()) {
            String line = lines.readLine();
            while (line != null && !line.equals(READY)) {
                line = lines.readLine();
            }
            if (line == null) {
                List<String> all = Files.readAllLines(log(folder));
                throw new IllegalStateException(
                        "the job's process ended: "
                                + all.subList(Math.max(0, all.size() - 20), all.size()));
            }
        }
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
        JobProcess process = standBy(folder, main, settings, parallelism);
        process.begin();
        return process;
    }

    /**
     * As {@link #start}, but the process waits for {@link #begin}, so that it can take over at once
     * from one that is killed.
     */
    public static JobProcess standBy(
            Path folder, Class<?> main, Map<String, String> settings, int parallelism)
            throws IOException {
        return new JobProcess(
                folder,
                process(
                        folder,
                        System.getProperty("java.class.path"),
                        main,
                        checkpoints(folder).toString(),
                        Integer.toString(parallelism),
                        writeSettings(folder, settings).toString()));
    }

    private static Path checkpoints(Path folder) {
        return folder.resolve("checkpoints");
    }

    /** Runs the job from the newest checkpoint and waits until it was submitted. */
    public void begin() throws IOException {
        Writer go = process.outputWriter();
        go.write(newestCheckpoint(checkpoints(folder)) + "\n");
        go.flush();
        awaitReady();
    }

    /**
     * Inside the process: waits for {@link #begin} and runs the job until it ends.
     *
     * @param args as {@link #start} gives them
     */
    public static void run(String[] args, Clusters clusters, Submission submission)
            throws Exception {
        TestCluster cluster = clusters.start(Path.of(args[0]));
        String restorePath = readLine(System.in);
        endWithParent();
        JobClient job =
                submission.submit(
                        cluster.environment(Integer.parseInt(args[1]), restorePath),
                        Path.of(args[2]));
        System.out.println(READY);
        System.out.flush();
        job.getJobExecutionResult().get();
    }

    /** Reads no further than the line. The end of the input ends the process: no parent. */
    private static String readLine(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                Runtime.getRuntime().halt(0);
            }
            line.write(b);
        }
        return line.toString(StandardCharsets.UTF_8);
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
