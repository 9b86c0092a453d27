package io.dhara.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A JVM of its own whose processor time is measured: told what to do by lines on its standard
 * input, answering each with a line on its standard output. It ends with this JVM. Not thread-safe.
 */
final class MeasuredProcess implements AutoCloseable {
    /** What an answer begins with; other lines of the process are not looked at. */
    private static final String ANSWER = "=> ";

    private static final String FAILED = "failed: ";
    private static final int LOG_LINES = 20;

    private final Process process;
    private final Path log;
    private final BufferedReader answers;

    private MeasuredProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
        this.answers = process.inputReader(StandardCharsets.UTF_8);
    }

    /** What the process does about a line; the result is the answer. */
    interface Command {
        String perform(List<String> words) throws Exception;
    }

    /**
     * Starts a main class on this JVM's class path and waits until it has called {@link #serve}.
     *
     * @param log file of its standard error
     */
    static MeasuredProcess start(Path log, Class<?> main, List<String> jvm, List<String> args)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvm);
        command.addAll(
                List.of(
                        "-XX:+UseSerialGC",
                        "-XX:+ExitOnOutOfMemoryError",
                        "--add-opens=java.base/java.util=ALL-UNNAMED",
                        "--add-opens=java.base/java.lang=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        main.getName()));
        command.addAll(args);
        Process process =
                new ProcessBuilder(command)
                        .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .start();
        MeasuredProcess started = new MeasuredProcess(process, log);
        started.answer();
        return started;
    }

    /** Tells the process a line and waits for its answer. */
    String ask(String line) throws IOException {
        var out = process.outputWriter(StandardCharsets.UTF_8);
        out.write(line + "\n");
        out.flush();
        return answer();
    }

    private String answer() throws IOException {
        for (String line = answers.readLine(); line != null; line = answers.readLine()) {
            if (line.startsWith(ANSWER + FAILED)) {
                throw new IOException(line.substring(ANSWER.length()) + "; its log: " + tail());
            }
            if (line.startsWith(ANSWER)) {
                return line.substring(ANSWER.length());
            }
        }
        throw new IOException("a measured process ended; its log: " + tail());
    }

    private List<String> tail() throws IOException {
        List<String> lines = Files.readAllLines(log);
        return lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size());
    }

    /** Processor time of all its threads so far; resolution 10 ms. */
    Duration cpu() {
        return process.toHandle()
                .info()
                .totalCpuDuration()
                .orElseThrow(() -> new IllegalStateException("no processor time of a process"));
    }

    long pid() {
        return process.pid();
    }

    /**
     * Inside the process: performs commands until its parent is gone. Then it ends, whatever it is
     * doing.
     */
    static void serve(Command command) throws InterruptedException {
        LinkedBlockingQueue<String> lines = new LinkedBlockingQueue<>();
        Thread reader =
                new Thread(
                        () -> {
                            try (var in = stdin()) {
                                in.lines().forEach(lines::add);
                            } catch (IOException e) {
                                // The pipe is broken: the parent is gone.
                            }
                            Runtime.getRuntime().halt(0);
                        },
                        "commands");
        reader.setDaemon(true);
        reader.start();
        PrintStream out = System.out;
        out.println(ANSWER + "ready");
        out.flush();
        while (true) {
            String line = lines.take();
            String answer;
            try {
                answer = command.perform(List.of(line.split(" ", -1)));
            } catch (Exception e) {
                e.printStackTrace();
                answer = FAILED + e;
            }
            out.println(ANSWER + answer.replace('\n', ' '));
            out.flush();
        }
    }

    private static BufferedReader stdin() {
        return new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException("process " + process.pid() + " does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
