package io.dhara.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Free ports on {@code 127.0.0.1} for one server, remembered in its data directory so that a later
 * start serves clients at the same address.
 *
 * <p>Ports are taken below the range from which systems number outgoing connections (Linux: from
 * 32768): there, a client that retries against a stopped server can take the server's own port.
 */
public final class Ports {
    static final int ATTEMPTS = 5;

    private static final int LOWEST = 20_000;
    private static final int HIGHEST = 32_000;
    private static final int TRIES_PER_PORT = 200;

    private Ports() {}

    /**
     * The {@code count} ports last used by the server in {@code dir} if all are free, else new
     * ones.
     */
    public static List<Integer> choose(Path dir, int count) {
        List<Integer> remembered = remembered(dir);
        if (remembered.size() == count && remembered.stream().allMatch(Ports::isFree)) {
            return remembered;
        }
        return fresh(count);
    }

    static List<Integer> fresh(int count) {
        List<Integer> ports = new ArrayList<>();
        for (int tries = 0; tries < TRIES_PER_PORT * count && ports.size() < count; tries++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
            if (!ports.contains(port) && isFree(port)) {
                ports.add(port);
            }
        }
        if (ports.size() < count) {
            throw new IllegalStateException(
                    "no %d free ports between %d and %d; stop what listens there"
                            .formatted(count, LOWEST, HIGHEST));
        }
        return List.copyOf(ports);
    }

    /** Keeps the ports for the next {@link #choose} of the folder. */
    public static void remember(Path dir, List<Integer> ports) throws IOException {
        Files.writeString(
                file(dir), String.join(" ", ports.stream().map(String::valueOf).toList()));
    }

    private static List<Integer> remembered(Path dir) {
        if (!Files.exists(file(dir))) {
            return List.of();
        }
        try {
            return Arrays.stream(Files.readString(file(dir)).trim().split(" "))
                    .map(Integer::valueOf)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the ports in " + file(dir), e);
        }
    }

    private static Path file(Path dir) {
        return dir.resolve("ports");
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false; // that it cannot be bound is the answer
        }
    }
}
