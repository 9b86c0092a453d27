package io.dhara.cli;

import io.dhara.localstack.RunningStack;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Starts {@code dhara up --foreground} as a process that this one does not end. */
final class DetachedStack {
    private static final Duration TIMEOUT = Duration.ofMinutes(4);
    private static final long POLL_MILLIS = 200;

    /** Signals of the terminal are for the command that waits, not for the stack it has started. */
    private static final String DETACH = "trap '' INT HUP; exec \"$@\"";

    private final Path dataDir;
    private final Duration sessionGap;
    private final Consumer<String> says;
    private int passedOn;

    DetachedStack(Path dataDir, Duration sessionGap, Consumer<String> says) {
        this.dataDir = dataDir;
        this.sessionGap = sessionGap;
        this.says = says;
    }

    /**
     * Returns when the stack is up; meanwhile passes on what it says.
     *
     * @throws CommandFailure when it ends or is not up in time
     */
    void start() throws IOException, InterruptedException {
        Files.createDirectories(dataDir);
        Path log = dataDir.resolve("up.log");
        Files.deleteIfExists(log);
        says.accept("dhara: starting the stack in " + dataDir);
        Process process =
                new ProcessBuilder(command())
                        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        long deadline = System.nanoTime() + TIMEOUT.toNanos();
        while (RunningStack.process(dataDir).filter(up -> up.pid() == process.pid()).isEmpty()) {
            passOn(log);
            if (!process.isAlive()) {
                throw new CommandFailure(
                        "the stack ended while it was starting; what it said is above and in "
                                + log);
            }
            if (System.nanoTime() > deadline) {
                process.destroy();
                throw new CommandFailure(
                        "the stack was not up within "
                                + TIMEOUT.toMinutes()
                                + " min; see "
                                + dataDir.resolve("dhara.log")
                                + ", and ./dhara doctor");
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
        passOn(log);
    }

    private List<String> command() {
        List<String> command = new ArrayList<>(List.of("sh", "-c", DETACH, "sh"));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(DharaCli.class.getName(), "up", "--foreground"));
        command.addAll(List.of("--data-dir", dataDir.toAbsolutePath().toString()));
        command.addAll(List.of("--session-gap", sessionGap.toMillis() + "ms"));
        return command;
    }

    /** Passes on the lines that are new and complete. */
    private void passOn(Path log) throws IOException {
        String all = Files.readString(log);
        int complete = all.lastIndexOf('\n') + 1;
        all.substring(passedOn, complete).lines().forEach(says);
        passedOn = complete;
    }
}
