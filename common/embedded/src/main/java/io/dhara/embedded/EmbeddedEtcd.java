package io.dhara.embedded;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A real etcd server of one member, where etcd is installed: it cannot be had from Maven. */
public final class EmbeddedEtcd extends ForkedServer {
    private final Path binary;

    private EmbeddedEtcd(Path dir, Path binary) throws IOException {
        super(dir, 2);
        this.binary = binary;
    }

    /**
     * Starts etcd from the path in the environment variable {@code DHARA_ETCD}, or from {@code
     * etcd} on the PATH; empty when there is neither.
     */
    public static Optional<EmbeddedEtcd> startIfInstalled(Path dir)
            throws IOException, InterruptedException {
        Optional<Path> binary = installed();
        if (binary.isEmpty()) {
            return Optional.empty();
        }
        EmbeddedEtcd etcd = new EmbeddedEtcd(dir, binary.get());
        etcd.startFirst();
        return Optional.of(etcd);
    }

    private static Optional<Path> installed() {
        String named = System.getenv("DHARA_ETCD");
        if (named != null) {
            if (!Files.isExecutable(Path.of(named))) {
                throw new IllegalStateException(
                        "DHARA_ETCD must name an executable file: got " + named);
            }
            return Optional.of(Path.of(named));
        }
        return Stream.of(System.getenv("PATH").split(Pattern.quote(File.pathSeparator)))
                .map(folder -> Path.of(folder, "etcd"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** {@code http://127.0.0.1:port}. */
    public String endpoint() {
        return "http://" + address();
    }

    @Override
    List<String> command(List<Integer> ports) {
        String client = "http://127.0.0.1:" + ports.get(0);
        String peer = "http://127.0.0.1:" + ports.get(1);
        return List.of(
                binary.toString(),
                "--data-dir",
                dir().resolve("data").toString(),
                "--listen-client-urls",
                client,
                "--advertise-client-urls",
                client,
                "--listen-peer-urls",
                peer,
                "--initial-advertise-peer-urls",
                peer,
                "--initial-cluster",
                "default=" + peer);
    }

    @Override
    boolean isReadyLine(String line) {
        return line.contains("ready to serve client requests");
    }

    @Override
    Duration startTimeout() {
        return Duration.ofSeconds(30);
    }
}
