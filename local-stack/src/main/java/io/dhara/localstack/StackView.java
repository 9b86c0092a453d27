package io.dhara.localstack;

import io.dhara.core.registry.SchemaSnapshot;
import java.io.IOException;
import java.time.Duration;

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
}
