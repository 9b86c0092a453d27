package io.dhara.graph.config;

import static java.util.Objects.requireNonNull;

import io.dhara.core.config.Settings;
import io.dhara.core.registry.SchemaRegistry;
import io.dhara.graph.GraphPlan;
import io.dhara.graph.GraphRegistry;
import io.dhara.stores.etcd.EtcdConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where a process takes its graphs from. */
public sealed interface GraphSource {

    /** How often a folder is looked at unless told otherwise. */
    Duration DEFAULT_INTERVAL = Duration.ofSeconds(1);

    /** The name that BharatMLStack's sample settings give the service. */
    String DEFAULT_APP_NAME = "inferflow";

    /** No graphs. */
    record None() implements GraphSource {
        @Override
        public GraphRegistry open(SchemaRegistry schemas) {
            return new NoGraphs();
        }
    }

    /**
     * A folder of YAML and JSON files.
     *
     * @param interval between two readings
     */
    record Folder(Path path, Duration interval, GraphLimits limits) implements GraphSource {
        public Folder {
            requireNonNull(path, "path is null");
            requireNonNull(interval, "interval is null");
        }

        @Override
        public GraphRegistry open(SchemaRegistry schemas) {
            return FileGraphRegistry.open(path, interval, schemas, limits);
        }
    }

    /** etcd, in the layout of {@link EtcdGraphKeys}. */
    record Etcd(EtcdConfig config, GraphLimits limits) implements GraphSource {
        public Etcd {
            requireNonNull(config, "config is null");
        }

        @Override
        public GraphRegistry open(SchemaRegistry schemas) {
            return EtcdGraphRegistry.open(config, schemas, limits);
        }
    }

    /**
     * Opens the registry; the caller closes it, before the schemas.
     *
     * @throws java.io.UncheckedIOException if a folder cannot be read
     * @throws io.dhara.stores.etcd.EtcdUnavailableException if etcd cannot be read
     */
    GraphRegistry open(SchemaRegistry schemas);

    /**
     * Reads {@code inferflow.graphs.folder}, or {@code inferflow.graphs.etcd.*} with {@code
     * inferflow.app-name}; neither means no graphs. What is wrong is reported by {@link
     * Settings#finish()}.
     */
    static GraphSource from(Settings settings) {
        String prefix = "inferflow.graphs.";
        boolean etcd = !settings.children("inferflow.graphs.etcd").isEmpty();
        String folder = settings.string(prefix + "folder", "");
        Duration interval = settings.positiveDuration(prefix + "interval", DEFAULT_INTERVAL);
        String appName = settings.string("inferflow.app-name", DEFAULT_APP_NAME);
        GraphLimits byDefault = GraphLimits.DEFAULT;
        GraphLimits limits =
                new GraphLimits(
                        settings.integer(prefix + "max-columns", byDefault.columns(), 1, 100_000),
                        settings.integer(prefix + "max-nodes", byDefault.nodes(), 1, 10_000),
                        settings.integer(prefix + "max-key-parts", byDefault.keyParts(), 1, 100),
                        settings.integer(
                                prefix + "max-expression-chars",
                                byDefault.expressionChars(),
                                1,
                                100_000));
        if (etcd && !folder.isEmpty()) {
            settings.reject(
                    "inferflow.graphs",
                    "needs either inferflow.graphs.folder or inferflow.graphs.etcd.endpoints: got"
                            + " both");
        }
        rejectUnused(
                settings, "inferflow.graphs.etcd.app", "is told by inferflow.app-name for graphs");
        rejectUnused(
                settings,
                "inferflow.graphs.etcd.last-good-file",
                "is of no use: graphs are not kept on disk");
        if (!etcd) {
            return folder.isEmpty() ? new None() : new Folder(Path.of(folder), interval, limits);
        }
        try {
            EtcdConfig config = EtcdConfig.from(settings, "inferflow.graphs.etcd");
            return new Etcd(config.withApp(EtcdGraphKeys.path(appName)), limits);
        } catch (IllegalArgumentException e) {
            settings.reject("inferflow.graphs.etcd", String.valueOf(e.getMessage()));
            return new Etcd(EtcdConfig.of(List.of("http://nowhere"), ""), limits);
        }
    }

    private static void rejectUnused(Settings settings, String key, String why) {
        if (settings.has(key)) {
            settings.reject(key, why);
        }
    }

    /** What a process without graphs serves. */
    final class NoGraphs implements GraphRegistry {
        private NoGraphs() {}

        @Override
        public @Nullable GraphPlan plan(String model) {
            return null;
        }

        @Override
        public Map<String, GraphPlan> plans() {
            return Map.of();
        }

        @Override
        public Map<String, String> problems() {
            return Map.of();
        }

        @Override
        public void close() {}
    }
}
