package io.dhara.localstack;

import io.dhara.core.registry.SchemaSnapshot;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/** What can be asked of a running stack, from inside its process or from another one. */
public interface StackView {
    /** Where the parts are. */
    StackEndpoints endpoints();

    /** The schemas in use now. */
    SchemaSnapshot schemas();

    /** Pause after which a user's session ends. */
    default Duration sessionGap() {
        return Duration.ofMillis(endpoints().sessionGapMillis());
    }

    /** What the feature-ingest job has counted since this stack started. */
    IngestCounts counts() throws IOException, InterruptedException;

    /** What the interaction-sessionizer job has counted since this stack started. */
    SessionCounts sessionCounts() throws IOException, InterruptedException;

    /** Why jobs failed and were restarted; empty when all is well. */
    default List<String> jobFailures() throws IOException, InterruptedException {
        return JobFailures.of(URI.create(endpoints().flink()));
    }
}
