package io.dhara.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.IllegalConfigurationException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * Looks at the machine, the files and the running stack, and says what to do about what is wrong.
 */
@Command(
        name = "doctor",
        description = "Checks tools, files, ports and reachability, and says the remedy.",
        mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
    private static final long MIN_DISK_BYTES = 2L << 30;
    private static final long MIN_MEMORY_BYTES = 2L << 30;
    private static final int CONNECT_MILLIS = 2000;

    @Mixin private Output output;
    @Mixin private StackOptions stack;

    private enum State {
        ok,
        warning,
        failed
    }

    private record Check(String name, State state, String detail) {}

    @Override
    public Integer call() {
        List<Check> checks = new ArrayList<>();
        checks.add(java());
        checks.add(memory());
        checks.add(disk());
        checks.add(redisLibraries());
        checks.add(etcd());
        checks.add(flinkConf());
        checks.addAll(endpoints());
        boolean failed = checks.stream().anyMatch(c -> c.state() == State.failed);
        List<List<String>> rows =
                checks.stream().map(c -> List.of(c.name(), c.state().name(), c.detail())).toList();
        List<Map<String, String>> document = new ArrayList<>();
        for (Check check : checks) {
            Map<String, String> one = new LinkedHashMap<>();
            one.put("check", check.name());
            one.put("state", check.state().name());
            one.put("detail", check.detail());
            document.add(one);
        }
        output.result(
                Map.of("checks", document, "ok", !failed),
                Output.table("CHECK STATE DETAIL", rows));
        return failed ? 1 : 0;
    }

    private static Check java() {
        int version = Runtime.version().feature();
        return version == 17
                ? new Check("java", State.ok, Runtime.version().toString())
                : new Check(
                        "java",
                        State.failed,
                        "found " + version + "; install a JDK 17 or set JAVA_HOME to one");
    }

    private static Check memory() {
        long bytes =
                ((com.sun.management.OperatingSystemMXBean)
                                java.lang.management.ManagementFactory.getOperatingSystemMXBean())
                        .getFreeMemorySize();
        String detail = (bytes >> 20) + " MiB free";
        return bytes >= MIN_MEMORY_BYTES
                ? new Check("memory", State.ok, detail)
                : new Check(
                        "memory",
                        State.warning,
                        detail + "; the stack takes about 1.5 GiB, so close something");
    }

    private Check disk() {
        try {
            Path folder = stack.dataDir().toAbsolutePath();
            while (!Files.exists(folder)) {
                folder = folder.getParent();
            }
            FileStore store = Files.getFileStore(folder);
            String detail = (store.getUsableSpace() >> 20) + " MiB free for " + stack.dataDir();
            if (!Files.isWritable(folder)) {
                return new Check(
                        "disk",
                        State.failed,
                        folder + " is not writable; choose another with --data-dir");
            }
            return store.getUsableSpace() >= MIN_DISK_BYTES
                    ? new Check("disk", State.ok, detail)
                    : new Check(
                            "disk",
                            State.warning,
                            detail + "; free some, or choose another folder with --data-dir");
        } catch (IOException e) {
            return new Check(
                    "disk",
                    State.failed,
                    "cannot look at " + stack.dataDir() + ": " + e.getMessage());
        }
    }

    private static Check redisLibraries() {
        boolean found =
                Stream.of(
                                "/lib/x86_64-linux-gnu",
                                "/usr/lib/x86_64-linux-gnu",
                                "/usr/lib64",
                                "/lib64",
                                "/usr/lib")
                        .anyMatch(folder -> Files.exists(Path.of(folder, "libssl.so.3")));
        return found || onPath("redis-server")
                ? new Check(
                        "redis",
                        State.ok,
                        "the bundled server's OpenSSL 3, or a redis-server, is there")
                : new Check(
                        "redis",
                        State.failed,
                        "the bundled server needs libssl.so.3; Debian: apt-get install libssl3, or install redis-server");
    }

    private static Check etcd() {
        String given = System.getenv("DHARA_ETCD");
        return given != null || onPath("etcd")
                ? new Check("etcd", State.ok, given != null ? given : "on the PATH")
                : new Check(
                        "etcd",
                        State.warning,
                        "not found: schemas come from files, etcd tests are skipped; Debian: apt-get install etcd-server");
    }

    private static boolean onPath(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    private static Check flinkConf() {
        Path folder = Path.of(System.getenv().getOrDefault("DHARA_HOME", "."), "flink-conf");
        try {
            int keys = GlobalConfiguration.loadConfiguration(folder.toString()).keySet().size();
            return new Check(
                    "flink-conf", State.ok, keys + " keys in " + folder.resolve("config.yaml"));
        } catch (IllegalConfigurationException | IllegalStateException e) {
            return new Check(
                    "flink-conf", State.failed, "cannot load " + folder + ": " + e.getMessage());
        }
    }

    private List<Check> endpoints() {
        Path ports = stack.dataDir().resolve("ports.json");
        if (!Files.isRegularFile(ports)) {
            return List.of(
                    new Check("stack", State.warning, "not running; start one with ./dhara up"));
        }
        List<Check> checks = new ArrayList<>();
        try {
            for (Map.Entry<String, JsonNode> endpoint :
                    new ObjectMapper().readTree(ports.toFile()).properties()) {
                String address = endpoint.getValue().asText();
                if (address.matches("(https?://)?[\\w.-]+:\\d+(/.*)?")) {
                    checks.add(reachable(endpoint.getKey(), address));
                }
            }
        } catch (IOException e) {
            checks.add(
                    new Check(
                            "stack", State.failed, "cannot read " + ports + ": " + e.getMessage()));
        }
        return checks;
    }

    private static Check reachable(String name, String address) {
        URI uri = URI.create(address.contains("://") ? address : "tcp://" + address);
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(uri.getHost(), uri.getPort()), CONNECT_MILLIS);
            return new Check(name, State.ok, address);
        } catch (IOException e) {
            return new Check(
                    name,
                    State.failed,
                    address + ": " + e.getMessage() + "; restart with ./dhara down; ./dhara up");
        }
    }
}
