package io.dhara.localstack;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Where the parts of a running stack are; also the content of {@code ports.json}.
 *
 * @param kafka {@code host:port} of the broker
 * @param redis {@code host:port}
 * @param cql {@code host:port} of the CQL store
 * @param flink base URL of Flink's REST interface and web page
 * @param metrics URL of Flink's Prometheus metrics
 * @param serving {@code host:port} of gRPC and HTTP/1 health
 * @param servingAdmin base URL of serving's health and metrics
 * @param registry folder of the schemas in use
 * @param sessionGapMillis pause after which a user's session ends
 * @param pid of the process that runs the stack
 */
@JsonPropertyOrder({
    "kafka",
    "redis",
    "cql",
    "flink",
    "flink_metrics",
    "serving",
    "registry",
    "session_gap_ms",
    "pid"
})
public record StackEndpoints(
        String kafka,
        String redis,
        String cql,
        String flink,
        @JsonProperty("flink_metrics") String metrics,
        String serving,
        @JsonProperty("serving_admin") String servingAdmin,
        String registry,
        @JsonProperty("session_gap_ms") long sessionGapMillis,
        long pid) {

    private static final ObjectMapper JSON =
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /** The file of a stack's data directory. */
    public static Path file(Path dataDir) {
        return dataDir.resolve("ports.json");
    }

    /** Writes {@code ports.json}, whole or not at all. */
    public void write(Path dataDir) throws IOException {
        Path part = dataDir.resolve("ports.json.part");
        Files.write(part, JSON.writeValueAsBytes(this));
        Files.move(
                part,
                file(dataDir),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    /** Reads the {@code ports.json} of a data directory. */
    public static StackEndpoints read(Path dataDir) throws IOException {
        return JSON.readValue(file(dataDir).toFile(), StackEndpoints.class);
    }
}
