package io.dhara.localstack;

import io.dhara.core.registry.SchemaSnapshot;
import java.io.IOException;

/** What can be asked of a running stack, from inside its process or from another one. */
public interface StackView {
    /** Where the parts are. */
    StackEndpoints endpoints();

    /** The schemas in use now. */
    SchemaSnapshot schemas();

    /** What the feature-ingest job has counted since this stack started. */
    IngestCounts counts() throws IOException, InterruptedException;
}
