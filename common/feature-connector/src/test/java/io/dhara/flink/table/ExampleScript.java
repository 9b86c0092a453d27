package io.dhara.flink.table;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** {@code examples/features/orders.sql}, against a broker of a test. */
final class ExampleScript {
    private ExampleScript() {}

    static String of(String bootstrapServers, String topic) throws IOException {
        return Files.readString(Path.of("../../examples/features/orders.sql"))
                .replace("localhost:9092", bootstrapServers)
                .replace("examples/schemas", "../../examples/schemas")
                .replace("'entity'", "'topic' = '" + topic + "', 'entity'");
    }
}
