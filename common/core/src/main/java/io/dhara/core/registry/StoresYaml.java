package io.dhara.core.registry;

import io.dhara.core.model.StoreConfig;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** {@code stores.yaml}: one entry per table of a Scylla connection and per Redis connection. */
final class StoresYaml {
    private static final int DEFAULT_COLUMN_SIZE = 1024;
    private static final int DEFAULT_ROW_SIZE = 102_400;

    private StoresYaml() {}

    static Map<String, StoreConfig> read(
            String file, YamlNode root, Map<String, String> places, List<SchemaProblem> problems) {
        YamlFields fields = new YamlFields(file, "the stores file", root, problems);
        Map<String, StoreConfig> stores = new TreeMap<>();
        fields.map("stores")
                .forEach(
                        (id, node) -> {
                            YamlFields store = new YamlFields(file, "store " + id, node, problems);
                            places.put("store " + id, store.place());
                            int before = problems.size();
                            StoreConfig config = store(id, store);
                            if (problems.size() == before) {
                                stores.put(id, config);
                            }
                        });
        fields.finish();
        return stores;
    }

    private static StoreConfig store(String id, YamlFields fields) {
        StoreConfig.Kind kind = kind(fields);
        int columnSize = fields.integer("max-column-size-in-bytes", DEFAULT_COLUMN_SIZE);
        if (columnSize < 1) {
            fields.problem(
                    fields.node("max-column-size-in-bytes"),
                    "max-column-size-in-bytes of store "
                            + id
                            + " must be positive: got "
                            + columnSize);
            columnSize = DEFAULT_COLUMN_SIZE;
        }
        boolean scylla = kind == StoreConfig.Kind.SCYLLA;
        StoreConfig config =
                new StoreConfig(
                        id,
                        fields.requiredInteger("connection"),
                        kind,
                        scylla ? fields.requiredText("table") : fields.text("table", ""),
                        fields.texts("primary-keys"),
                        columnSize,
                        fields.integer("max-row-size-in-bytes", DEFAULT_ROW_SIZE),
                        (int) fields.seconds("table-ttl", java.time.Duration.ZERO).toSeconds());
        fields.finish();
        return config;
    }

    private static StoreConfig.Kind kind(YamlFields fields) {
        String name = fields.requiredText("kind");
        return switch (name) {
            case "redis" -> StoreConfig.Kind.REDIS;
            case "scylla", "" -> StoreConfig.Kind.SCYLLA;
            default -> {
                fields.problem(
                        fields.node("kind"),
                        "kind of a store must be scylla or redis: got " + name);
                yield StoreConfig.Kind.SCYLLA;
            }
        };
    }
}
