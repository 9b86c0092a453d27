package io.dhara.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/**
 * Which Dhara a command talks to: the one that {@code ./dhara up} runs, or addresses given by hand.
 */
final class StackOptions {
    @Option(
            names = "--data-dir",
            defaultValue = ".dhara",
            paramLabel = "DIR",
            description = "Folder of the running stack. Default: ${DEFAULT-VALUE}.")
    private Path dataDir;

    @Option(
            names = "--kafka",
            paramLabel = "HOST:PORT",
            description = "Kafka, instead of the running stack's.")
    private String kafka;

    @Option(
            names = "--serving",
            paramLabel = "HOST:PORT",
            description = "Serving, instead of the running stack's.")
    private String serving;

    @Option(
            names = "--registry",
            paramLabel = "DIR",
            description = "Schema folder, instead of the running stack's.")
    private String registry;

    Path dataDir() {
        return dataDir;
    }

    String kafka() {
        return kafka != null ? kafka : endpoint("kafka");
    }

    String serving() {
        return serving != null ? serving : endpoint("serving");
    }

    /** The CQL store of the running stack. */
    String cql() {
        return endpoint("cql");
    }

    /** Flink's REST interface of the running stack. */
    String flink() {
        return endpoint("flink");
    }

    Path registry() {
        return Path.of(registry != null ? registry : endpoint("registry"));
    }

    private String endpoint(String name) {
        Path ports = dataDir.resolve("ports.json");
        if (!Files.isRegularFile(ports)) {
            throw new CommandFailure(
                    "no running stack: "
                            + ports
                            + " is not there. Start one with ./dhara up, or give --"
                            + name
                            + ".");
        }
        try {
            JsonNode value = new ObjectMapper().readTree(ports.toFile()).path(name);
            if (!value.isTextual()) {
                throw new CommandFailure(
                        ports
                                + " names no "
                                + name
                                + "; restart the stack with ./dhara down; ./dhara up.");
            }
            return value.asText();
        } catch (IOException e) {
            throw new CommandFailure("cannot read " + ports + ": " + e.getMessage(), e);
        }
    }
}
