package io.dhara.embedded;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A real server in a process of its own. It listens on loopback only, keeps its data directory and
 * ports across {@link #stop()}, {@link #kill()} and {@link #start()}, and ends with this JVM
 * however that ends. Its log is {@code server.log} in the data directory.
 *
 * <p>Methods may be called from any thread, one at a time.
 */
public abstract sealed class ForkedServer implements AutoCloseable
        permits EmbeddedRedis, EmbeddedCassandra, EmbeddedEtcd {
    private static final Duration PREDECESSOR_TIMEOUT = Duration.ofSeconds(20);
    private static final int LISTEN_POLL_MILLIS = 20;

    private final Path dir;
    private List<Integer> ports;
    private @Nullable ServerProcess process;

    ForkedServer(Path dir, int portCount) throws IOException {
        this.dir = Files.createDirectories(dir.toAbsolutePath());
        this.ports = Ports.choose(this.dir, portCount);
    }

    /** The command line for the given ports; writes what files it needs. */
    abstract List<String> command(List<Integer> ports) throws IOException;

    /** Whether this line of output says that clients can connect. */
    abstract boolean isReadyLine(String line);

    abstract Duration startTimeout();

    Map<String, String> environment() {
        return Map.of();
    }

    /** First start: other ports are tried when one was taken between its choice and its use. */
    final void startFirst() throws IOException, InterruptedException {
        awaitPredecessor();
        for (int attempt = 1; ; attempt++) {
            try {
                launch();
                Ports.remember(dir, ports);
                return;
            } catch (ServerProcess.EarlyExit e) {
                if (!e.portTaken() || attempt == Ports.ATTEMPTS) {
                    throw new IOException(name() + " did not start: " + e.getMessage(), e);
                }
                ports = Ports.fresh(ports.size());
            }
        }
    }

    /**
     * When the process that ran this server's predecessor was killed, the predecessor may still be
     * on its way out, and two servers must not share a directory.
     */
    private void awaitPredecessor() throws IOException, InterruptedException {
        if (!Files.exists(pidFile())) {
            return;
        }
        long pid = Long.parseLong(Files.readString(pidFile()).trim());
        ProcessHandle predecessor =
                ProcessHandle.of(pid)
                        .filter(p -> p.info().commandLine().orElse("").contains(dir.toString()))
                        .orElse(null);
        if (predecessor == null) {
            return;
        }
        try {
            predecessor.onExit().get(PREDECESSOR_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new IOException(
                    "%s: process %d still uses this directory; stop it, or use another directory"
                            .formatted(name(), pid),
                    e);
        } catch (ExecutionException e) {
            throw new IOException(name() + ": cannot wait for process " + pid, e);
        }
    }

    private Path pidFile() {
        return dir.resolve("server.pid");
    }

    /** Starts the stopped server again, on the same ports and data. No effect when it runs. */
    public final synchronized void start() {
        if (isRunning()) {
            return;
        }
        try {
            launch();
        } catch (IOException e) {
            throw new UncheckedIOException(name() + " did not start again: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private void launch() throws IOException, InterruptedException {
        ServerProcess started =
                ServerProcess.start(
                        command(ports),
                        environment(),
                        dir.resolve("server.log"),
                        this::isReadyLine,
                        startTimeout());
        Files.writeString(pidFile(), String.valueOf(started.pid()));
        process = started;
        awaitListening(started);
    }

    /** Servers say that they listen just before they do. */
    private void awaitListening(ServerProcess started) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + startTimeout().toNanos();
        while (!acceptsConnections()) {
            if (!started.isAlive() || System.nanoTime() > deadline) {
                throw new IOException(name() + " does not listen on port " + port());
            }
            TimeUnit.MILLISECONDS.sleep(LISTEN_POLL_MILLIS);
        }
    }

    private boolean acceptsConnections() throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port())) {
            return socket.isConnected();
        } catch (ConnectException e) {
            return false;
        }
    }

    /** Ends the server in an orderly way and waits for it. */
    public final synchronized void stop() {
        ServerProcess running = process;
        if (running != null) {
            try {
                running.terminate();
            } catch (InterruptedException e) {
                throw interrupted(e);
            }
            process = null;
        }
    }

    /** Ends the server as {@code kill -9} does. */
    public final synchronized void kill() {
        ServerProcess running = process;
        if (running != null) {
            try {
                running.kill();
            } catch (InterruptedException e) {
                throw interrupted(e);
            }
            process = null;
        }
    }

    /** {@link #kill()} and {@link #start()}. */
    public final void restart() {
        kill();
        start();
    }

    /** Whether the server's process is alive. */
    public final synchronized boolean isRunning() {
        return process != null && process.isAlive();
    }

    /** Process id of the server itself. */
    public final synchronized long pid() {
        return requireNonNull(process, () -> name() + " is stopped").pid();
    }

    /** Port that clients connect to, on {@code 127.0.0.1}. */
    public final int port() {
        return ports.get(0);
    }

    /** {@code 127.0.0.1:port}. */
    public final String address() {
        return "127.0.0.1:" + port();
    }

    /** Where the server keeps its data and log. */
    public final Path dir() {
        return dir;
    }

    @Override
    public final void close() {
        stop();
    }

    private String name() {
        return getClass().getSimpleName() + " in " + dir;
    }

    private static IllegalStateException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IllegalStateException("interrupted while waiting for a server", e);
    }
}
