package io.dhara.embedded;

import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import redis.embedded.core.ExecutableProvider;

/**
 * A real Redis server: the binary inside the embedded-redis jar (6.2), or {@code redis-server} on
 * the PATH where that jar has none for this machine.
 */
public final class EmbeddedRedis extends ForkedServer {
    private final String binary;
    private final List<String> options;

    private EmbeddedRedis(Path dir, List<String> options) throws IOException {
        super(dir, 1);
        this.options = List.copyOf(options);
        this.binary = binary(dir());
    }

    /** Starts a server without persistence: its data is gone when it stops. */
    public static EmbeddedRedis start(Path dir) throws IOException, InterruptedException {
        return start(dir, List.of());
    }

    /**
     * Starts a server without persistence with further options of its command line, for example
     * {@code --cluster-enabled yes}.
     */
    public static EmbeddedRedis start(Path dir, List<String> options)
            throws IOException, InterruptedException {
        return started(new EmbeddedRedis(dir, options));
    }

    /**
     * Starts a server that logs every write to {@code dir} before it answers, so that what was
     * acknowledged survives {@link #kill()} and the next {@link #start()}.
     */
    public static EmbeddedRedis startPersistent(Path dir) throws IOException, InterruptedException {
        // With the default, everysec, a write to the log is put off for up to two seconds while the
        // disk syncs an earlier one, and kill -9 takes what was answered meanwhile.
        return started(
                new EmbeddedRedis(dir, List.of("--appendonly", "yes", "--appendfsync", "always")));
    }

    private static EmbeddedRedis started(EmbeddedRedis redis)
            throws IOException, InterruptedException {
        redis.startFirst();
        return redis;
    }

    private static String binary(Path dir) throws IOException {
        try {
            return ExecutableProvider.newJarResourceProvider(dir.toFile()).get().getAbsolutePath();
        } catch (IOException | IllegalArgumentException noneForThisMachine) {
            try {
                File installed = ExecutableProvider.newExecutableInPath("redis-server").get();
                return installed.getAbsolutePath();
            } catch (FileNotFoundException e) {
                e.addSuppressed(noneForThisMachine);
                throw new IOException(
                        "no Redis for %s %s in the embedded-redis jar and no redis-server on the"
                                        .formatted(
                                                System.getProperty("os.name"),
                                                System.getProperty("os.arch"))
                                + " PATH; install redis-server 6.2 or newer",
                        e);
            }
        }
    }

    @Override
    List<String> command(List<Integer> ports) {
        List<String> command = new ArrayList<>(List.of(binary));
        command.addAll(List.of("--port", String.valueOf(ports.get(0)), "--bind", "127.0.0.1"));
        command.addAll(List.of("--dir", dir().toString(), "--save", ""));
        command.addAll(options);
        return command;
    }

    @Override
    boolean isReadyLine(String line) {
        return line.contains("Ready to accept connections");
    }

    @Override
    Duration startTimeout() {
        return Duration.ofSeconds(30);
    }
}
