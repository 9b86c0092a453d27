package io.dhara.embedded;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/**
 * A server as a child process that cannot outlive this JVM.
 *
 * <p>The server runs under a small shell which holds the reading end of a pipe from this JVM. When
 * the JVM ends, also by {@code kill -9}, the system closes the pipe and the shell stops the server.
 */
final class ServerProcess {
    private static final int TAIL_LINES = 25;
    private static final Duration GRACE = Duration.ofSeconds(15);
    private static final String PID_LINE = "server-pid ";

    /** $1 and following: the server's command. Its input is empty, its output is the shell's. */
    private static final String LIFE_LINE =
            """
            trap '' INT
            exec 3<&0
            "$@" </dev/null 3<&- &
            server=$!
            echo "server-pid $server"
            (
              read -r never <&3
              kill "$server"
              i=0
              while [ $i -lt 10 ] && kill -0 "$server"; do sleep 1; i=$((i + 1)); done
              kill -9 "$server"
            ) >/dev/null 2>&1 &
            watcher=$!
            wait "$server"
            code=$?
            kill "$watcher"
            exit $code
            """;

    private final Process shell;
    private final ProcessHandle server;

    private ServerProcess(Process shell, ProcessHandle server) {
        this.shell = shell;
        this.server = server;
    }

    /**
     * Starts {@code command} and waits until a line of its output is {@code ready}. The output goes
     * to {@code log}.
     *
     * @throws EarlyExit when the server ends before it is ready; the message has its last lines
     * @throws IOException when it cannot be started, or is not ready within {@code timeout}
     */
    static ServerProcess start(
            List<String> command,
            Map<String, String> environment,
            Path log,
            Predicate<String> ready,
            Duration timeout)
            throws IOException, InterruptedException {
        List<String> wrapped = new ArrayList<>(List.of("sh", "-c", LIFE_LINE, "sh"));
        wrapped.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(wrapped).redirectErrorStream(true);
        builder.environment().putAll(environment);
        builder.directory(log.toAbsolutePath().getParent().toFile());
        Process shell = builder.start();
        CompletableFuture<Long> pid = new CompletableFuture<>();
        CompletableFuture<Boolean> up = new CompletableFuture<>();
        Thread pump = new Thread(() -> pump(shell, log, ready, pid, up), "log of " + log);
        pump.setDaemon(true);
        pump.start();
        try {
            long serverPid = pid.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            up.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            ProcessHandle server =
                    ProcessHandle.of(serverPid)
                            .orElseThrow(() -> new EarlyExit("ended at once; see " + log));
            return new ServerProcess(shell, server);
        } catch (ExecutionException e) {
            abandon(shell);
            throw e.getCause() instanceof EarlyExit early ? early : new IOException(e.getCause());
        } catch (TimeoutException e) {
            abandon(shell);
            throw new IOException(
                    "%s was not ready within %s; see %s".formatted(command.get(0), timeout, log),
                    e);
        } catch (InterruptedException e) {
            abandon(shell);
            throw e;
        }
    }

    private static void pump(
            Process shell,
            Path log,
            Predicate<String> ready,
            CompletableFuture<Long> pid,
            CompletableFuture<Boolean> up) {
        Deque<String> tail = new ArrayDeque<>();
        try (BufferedReader lines = shell.inputReader();
                BufferedWriter out =
                        Files.newBufferedWriter(
                                log, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(PID_LINE)) {
                    pid.complete(Long.valueOf(line.substring(PID_LINE.length())));
                    continue;
                }
                out.write(line);
                out.newLine();
                out.flush();
                tail.add(line);
                if (tail.size() > TAIL_LINES) {
                    tail.remove();
                }
                if (ready.test(line)) {
                    up.complete(true);
                }
            }
        } catch (IOException e) {
            tail.add("(its output could not be read: " + e.getMessage() + ")");
        }
        EarlyExit early = new EarlyExit(String.join(System.lineSeparator(), tail));
        pid.completeExceptionally(early);
        up.completeExceptionally(early);
    }

    long pid() {
        return server.pid();
    }

    boolean isAlive() {
        return shell.isAlive() && server.isAlive();
    }

    /** Asks the server to end and waits for it; ends it by force when it does not within 15 s. */
    void terminate() throws InterruptedException {
        server.destroy();
        if (!shell.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
            kill();
        }
        closeLifeLine(shell);
    }

    /** Ends the server as {@code kill -9} does and waits until it is gone. */
    void kill() throws InterruptedException {
        server.destroyForcibly();
        shell.waitFor();
        closeLifeLine(shell);
    }

    private static void abandon(Process shell) throws InterruptedException {
        closeLifeLine(shell);
        shell.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static void closeLifeLine(Process shell) {
        try {
            shell.getOutputStream().close();
        } catch (IOException e) {
            shell.destroy(); // without its pipe the shell has nothing to wait for
        }
    }

    /** The server ended before it was ready. */
    static final class EarlyExit extends IOException {
        private static final long serialVersionUID = 1L;

        EarlyExit(String lastLines) {
            super(lastLines);
        }

        /** Whether the last lines speak of a port that was taken meanwhile. */
        boolean portTaken() {
            String text = String.valueOf(getMessage()).toLowerCase(java.util.Locale.ROOT);
            return text.contains("address already in use")
                    || text.contains("address in use")
                    || text.contains("failed to bind");
        }
    }
}
