package io.dhara.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One Kafka, Redis and Cassandra for all tests of a JVM: each starts at first use and stops when
 * the JVM ends. Tests keep apart by fresh topics, key prefixes and keyspaces, and never stop a
 * shared server: a test of outages starts its own.
 */
public final class SharedServers {
    private static final Shared<EmbeddedKafka> KAFKA = new Shared<>();
    private static final Shared<EmbeddedRedis> REDIS = new Shared<>();
    private static final Shared<EmbeddedCassandra> CASSANDRA = new Shared<>();

    private SharedServers() {}

    /** The shared broker. */
    public static EmbeddedKafka kafka() {
        return KAFKA.get(() -> EmbeddedKafka.start(Root.folder("kafka")));
    }

    /** The shared Redis, without persistence. */
    public static EmbeddedRedis redis() {
        return REDIS.get(() -> EmbeddedRedis.start(Root.folder("redis")));
    }

    /** The shared CQL store. */
    public static EmbeddedCassandra cassandra() {
        return CASSANDRA.get(() -> EmbeddedCassandra.start(Root.folder("cassandra")));
    }

    /** A server that starts at first use. */
    private static final class Shared<T extends AutoCloseable> {
        private @Nullable T server;

        synchronized T get(Callable<T> starter) {
            T running = server;
            if (running == null) {
                try {
                    running = starter.call();
                } catch (Exception e) {
                    throw new IllegalStateException("a shared server did not start", e);
                }
                Root.closeAtExit(running);
                server = running;
            }
            return running;
        }
    }

    /** The folder of all shared servers, removed after them when the JVM ends. */
    private static final class Root {
        private static final List<AutoCloseable> OPEN = new ArrayList<>();
        private static final Path DIR = create();

        private static Path create() {
            try {
                Path dir = Files.createTempDirectory("dhara-servers");
                Runtime.getRuntime().addShutdownHook(new Thread(Root::close, "shared-servers"));
                return dir;
            } catch (IOException e) {
                throw new UncheckedIOException("no folder for the shared servers", e);
            }
        }

        static Path folder(String name) {
            return DIR.resolve(name);
        }

        static synchronized void closeAtExit(AutoCloseable server) {
            OPEN.add(server);
        }

        private static synchronized void close() {
            List<Exception> failures = new ArrayList<>();
            for (AutoCloseable server : OPEN) {
                try {
                    server.close();
                } catch (Exception e) {
                    failures.add(e);
                }
            }
            try (Stream<Path> files = Files.walk(DIR)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            } catch (IOException e) {
                failures.add(e);
            }
            failures.forEach(
                    e -> System.err.println("shared servers: not all was cleaned up: " + e));
        }
    }
}
