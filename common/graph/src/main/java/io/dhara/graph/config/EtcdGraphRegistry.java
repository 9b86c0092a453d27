package io.dhara.graph.config;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import io.dhara.core.registry.SchemaRegistry;
import io.dhara.graph.GraphPlan;
import io.dhara.graph.GraphRegistry;
import io.dhara.stores.etcd.EtcdConfig;
import io.dhara.stores.etcd.EtcdFollower;
import io.dhara.stores.etcd.EtcdUnavailableException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Graphs from etcd, in the layout of {@link EtcdGraphKeys}, followed as they change. */
public final class EtcdGraphRegistry implements GraphRegistry {
    private static final Logger LOG = LoggerFactory.getLogger(EtcdGraphRegistry.class);

    private final EtcdConfig config;
    private final PlanFeed feed;
    private final GraphTexts texts = new GraphTexts();
    private final EtcdFollower follower;
    private final AutoCloseable schemaChanges;
    private Set<String> mapped = Set.of();
    private volatile String lost = "";

    private EtcdGraphRegistry(EtcdConfig config, SchemaRegistry schemas, GraphLimits limits) {
        this.config = config;
        this.feed = new PlanFeed(config.toString(), schemas.current(), limits);
        this.follower = new EtcdFollower(config, "graphs-of-etcd");
        follower.start(new OnChange(), true);
        this.schemaChanges = schemas.subscribe(next -> follower.execute(() -> feed.take(next)));
    }

    /**
     * Reads the graphs and follows them and the schemas from then on. A graph that is refused does
     * not keep the others from being served.
     *
     * @param config whose application is {@link EtcdGraphKeys#path}
     * @throws EtcdUnavailableException if etcd cannot be read
     */
    public static EtcdGraphRegistry open(
            EtcdConfig config, SchemaRegistry schemas, GraphLimits limits) {
        return new EtcdGraphRegistry(requireNonNull(config, "config is null"), schemas, limits);
    }

    @Override
    public @Nullable GraphPlan plan(String model) {
        return feed.plan(model);
    }

    @Override
    public Map<String, GraphPlan> plans() {
        return feed.plans();
    }

    /** Those of the models; while etcd is out of reach, that too, under its name. */
    @Override
    public Map<String, String> problems() {
        if (lost.isEmpty()) {
            return feed.problems();
        }
        Map<String, String> problems = new TreeMap<>(feed.problems());
        problems.put(config.toString(), lost);
        return problems;
    }

    @Override
    public void close() {
        follower.close();
        try {
            schemaChanges.close();
        } catch (Exception e) {
            LOG.warn("graphs of {} could not stop following the schemas", config, e);
        }
    }

    /** A model in a file wins over a model config of the same id, which is told. */
    private void take(Map<String, String> keys) {
        Map<String, String> unread = new TreeMap<>();
        GraphTexts.State files = texts.read(EtcdGraphKeys.files(config.base(), keys));
        Map<String, GraphDefinition> definitions = new TreeMap<>(files.definitions());
        Map<String, JsonNode> configs = EtcdGraphKeys.modelConfigs(config.base(), keys, unread);
        configs.forEach(
                (model, json) -> {
                    String source = config.base() + "/config-map/" + model;
                    if (definitions.containsKey(model)) {
                        unread.put(source, "is described by a file already: delete one of them");
                    } else {
                        definitions.put(
                                model,
                                ModelConfigJson.read(model, source, json, files.expressions()));
                    }
                });
        for (Map.Entry<String, String> key : Map.copyOf(unread).entrySet()) {
            if (EtcdGraphKeys.isConfigMap(config.base(), key.getKey())) {
                mapped.stream()
                        .filter(model -> !definitions.containsKey(model))
                        .forEach(model -> unread.put(model, key.getValue()));
            }
        }
        unread.putAll(files.unread());
        if (unread.keySet().stream()
                .noneMatch(key -> EtcdGraphKeys.isConfigMap(config.base(), key))) {
            mapped = Set.copyOf(configs.keySet());
        }
        feed.take(definitions, unread);
    }

    private final class OnChange implements EtcdFollower.Listener {
        @Override
        public void changed(long revision, Map<String, String> keys) {
            take(keys);
            lost = "";
        }

        @Override
        public void lost(String why) {
            if (!why.equals(lost)) {
                LOG.warn("graphs of {} stay as they were: {}", config, why);
            }
            lost = why;
        }
    }
}
