package io.dhara.localstack;

import io.dhara.core.config.Settings;
import io.dhara.core.model.StoreConfig;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.embedded.EmbeddedCassandra;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The settings of the parts of a stack, as their settings files would have them.
 *
 * @param kafka {@code host:port} of the broker
 * @param cql {@code host:port} of the CQL store
 * @param redis {@code host:port}
 * @param schemaFolder of the schemas in use
 * @param graphFolder of the graphs in use
 * @param models {@code host:port} of the model server
 * @param schemas say which connections there are
 */
record StackSettings(
        String kafka,
        String cql,
        String redis,
        Path schemaFolder,
        Path graphFolder,
        String models,
        SchemaSnapshot schemas) {

    /** What the example graphs call the model server. */
    private static final String MODEL_SERVER = "shop-models";

    private static final Duration REGISTRY_INTERVAL = Duration.ofMillis(500);
    private static final Duration SHORT_GAP = Duration.ofMinutes(1);

    static SortedSet<Integer> confIds(SchemaSnapshot schemas, StoreConfig.Kind kind) {
        return schemas.stores().values().stream()
                .filter(store -> store.kind() == kind)
                .map(StoreConfig::confId)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private SortedSet<Integer> confIds(StoreConfig.Kind kind) {
        return confIds(schemas, kind);
    }

    /** What all parts need: Kafka and the stores' connections. */
    private Map<String, String> shared() {
        Map<String, String> settings = new TreeMap<>();
        settings.put("kafka.bootstrap-servers", kafka);
        for (int confId : confIds(StoreConfig.Kind.SCYLLA)) {
            String prefix = "stores.scylla." + confId + ".";
            settings.put(prefix + "contact-points", cql);
            settings.put(prefix + "datacenter", EmbeddedCassandra.DATACENTER);
            settings.put(prefix + "keyspace", LocalStack.KEYSPACE);
        }
        for (int confId : confIds(StoreConfig.Kind.REDIS)) {
            settings.put("stores.redis." + confId + ".hosts", redis);
        }
        return settings;
    }

    private Map<String, String> registry() {
        return registry(schemaFolder);
    }

    private static Map<String, String> registry(Path schemaFolder) {
        return Map.of(
                "registry.folder",
                schemaFolder.toString(),
                "registry.interval",
                REGISTRY_INTERVAL.toMillis() + " ms");
    }

    private Map<String, String> tiers() {
        return Map.of(
                "interactions.hot.store", confIds(StoreConfig.Kind.REDIS).first().toString(),
                "interactions.cold.store", confIds(StoreConfig.Kind.SCYLLA).first().toString());
    }

    /** Of the feature-ingest job. */
    Settings ingest() {
        Map<String, String> settings = shared();
        settings.putAll(registry());
        return Settings.parse(settings);
    }

    /** Of the interaction-sessionizer job. */
    Settings sessionizer(Duration sessionGap) {
        Map<String, String> settings = shared();
        settings.putAll(tiers());
        settings.put("interactions.session-gap", sessionGap.toMillis() + " ms");
        if (sessionGap.compareTo(SHORT_GAP) < 0) {
            // Whoever asks for a short gap wants to watch, and would wait for these too.
            settings.put("interactions.lateness", "1 s");
            settings.put("interactions.idle-after", "3 s");
        }
        return Settings.parse(settings);
    }

    /** Of the realtime-features job of a definition; it needs no store. */
    static Settings features(String kafka, Path schemaFolder, Path definition) {
        Map<String, String> settings = new TreeMap<>(registry(schemaFolder));
        settings.put("kafka.bootstrap-servers", kafka);
        settings.put("features.definition", definition.toString());
        return Settings.parse(settings);
    }

    /** Of serving. */
    Settings serving(int port, int adminPort) {
        Map<String, String> settings = shared();
        settings.putAll(registry());
        settings.putAll(tiers());
        settings.put("serving.host", "127.0.0.1");
        settings.put("serving.port", String.valueOf(port));
        settings.put("serving.admin-port", String.valueOf(adminPort));
        settings.put("serving.drain-period", "0 s");
        settings.put("serving.io-threads", "2");
        // The jobs are on the same processors: a call that waited is no sign of too many calls.
        settings.put("serving.admission.max-wait", "0 s");
        settings.put("inferflow.graphs.folder", graphFolder.toString());
        settings.put("inferflow.graphs.interval", REGISTRY_INTERVAL.toMillis() + " ms");
        settings.put("inferflow.log.topic", LocalStack.FEATURE_LOG);
        settings.put("inferflow.log.schema-topic", LocalStack.FEATURE_LOG_SCHEMAS);
        settings.put("inferflow.model-servers." + MODEL_SERVER, models);
        return Settings.parse(settings);
    }
}
