package io.dhara.localstack;

import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.core.registry.YamlSchemas;
import io.dhara.ingest.FeatureIngestJob;
import io.dhara.sessionizer.InteractionSessionizerJob;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A stack that runs in another process of this machine, found by its data directory. */
public final class RunningStack implements StackView {
    private final StackEndpoints endpoints;
    private final JobCounters ingest;
    private final JobCounters sessionizer;

    private RunningStack(StackEndpoints endpoints, JobCounters ingest, JobCounters sessionizer) {
        this.endpoints = endpoints;
        this.ingest = ingest;
        this.sessionizer = sessionizer;
    }

    /** The process of the stack of a data directory, if there is one and it is alive. */
    public static Optional<ProcessHandle> process(Path dataDir) throws IOException {
        if (!Files.isRegularFile(StackEndpoints.file(dataDir))) {
            return Optional.empty();
        }
        StackEndpoints endpoints = StackEndpoints.read(dataDir);
        return ProcessHandle.of(endpoints.pid())
                .filter(ProcessHandle::isAlive)
                .filter(process -> process.info().command().orElse("java").contains("java"));
    }

    /**
     * The stack of a data directory.
     *
     * @throws IOException when none runs there, or its jobs do not
     */
    public static RunningStack of(Path dataDir) throws IOException, InterruptedException {
        if (process(dataDir).isEmpty()) {
            throw new IOException("no stack runs in " + dataDir);
        }
        StackEndpoints endpoints = StackEndpoints.read(dataDir);
        URI flink = URI.create(endpoints.flink());
        return new RunningStack(
                endpoints,
                JobCounters.ofRunning(flink, FeatureIngestJob.NAME),
                JobCounters.ofRunning(flink, InteractionSessionizerJob.NAME));
    }

    @Override
    public StackEndpoints endpoints() {
        return endpoints;
    }

    @Override
    public SchemaSnapshot schemas() {
        Path folder = Path.of(endpoints.registry());
        return YamlSchemas.read(folder.toString(), 0, YamlSchemas.readFolder(folder));
    }

    @Override
    public IngestCounts counts() throws IOException, InterruptedException {
        return ingest.ingest(schemas());
    }

    @Override
    public SessionCounts sessionCounts() throws IOException, InterruptedException {
        return sessionizer.sessions();
    }
}
