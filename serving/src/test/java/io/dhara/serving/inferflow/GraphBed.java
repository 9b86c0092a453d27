package io.dhara.serving.inferflow;

import io.dhara.core.model.DataType;
import io.dhara.core.model.EntityKey;
import io.dhara.core.model.EntitySchema;
import io.dhara.core.model.EntitySchema.CacheConfig;
import io.dhara.core.model.EntitySchema.KeyColumn;
import io.dhara.core.model.FeatureGroupSchema;
import io.dhara.core.model.FeatureSpec;
import io.dhara.core.model.SchemaVersion;
import io.dhara.core.model.StoreConfig;
import io.dhara.core.psdb.PsdbEncoder;
import io.dhara.core.registry.SchemaRegistry;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.serving.feature.DistributedCacheSettings;
import io.dhara.serving.feature.FeatureReadServices;
import io.dhara.serving.feature.FeatureReadSettings;
import io.dhara.serving.grpc.CallerContext;
import io.dhara.stores.read.FeatureStoreReader;
import io.dhara.stores.read.StoredRow;
import io.dhara.testkit.InMemoryFeatureStoreReader;
import io.dhara.testkit.ManualClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Feature nodes over an in-memory store; all other nodes are scripted. Entities have one store and
 * groups one version.
 */
final class GraphBed implements AutoCloseable {
    static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
    static final String STORE = "1";

    final ManualClock clock = new ManualClock(START);
    final InMemoryFeatureStoreReader stores = new InMemoryFeatureStoreReader();
    final Map<String, NodeRunner<?>> scripts = new ConcurrentHashMap<>();
    final GraphExecutor executor;
    CandidateSource candidates = (node, inputs, call) -> new CompletableFuture<>();
    UnaryOperator<CompletionStage<List<StoredRow>>> storeAnswers = UnaryOperator.identity();
    Duration timeout = Duration.ofSeconds(10);

    private final SchemaSnapshot schemas;
    private final Clock used;
    private final FeatureReadServices reads;

    GraphBed(Schemas schemas) {
        this(schemas, InferflowSettings.DEFAULTS, null);
    }

    /**
     * @param other clock of the deadlines; null for {@link #clock}
     */
    GraphBed(Schemas schemas, InferflowSettings settings, Clock other) {
        this.schemas = schemas.snapshot();
        this.used = other == null ? clock : other;
        this.reads =
                new FeatureReadServices(
                        new Fixed(this.schemas),
                        new Delayed(),
                        FeatureReadSettings.DEFAULTS,
                        DistributedCacheSettings.of(Map.of()),
                        used,
                        new SimpleMeterRegistry(),
                        () -> true);
        NodeRunners runners =
                new NodeRunners(
                        new FeatureNodeRunner(reads.entityReads()),
                        this::scripted,
                        this::scripted,
                        (node, inputs, call) -> candidates.candidates(node, inputs, call));
        this.executor = new GraphExecutor(runners, settings, used);
    }

    private final class Delayed implements FeatureStoreReader {
        @Override
        public CompletionStage<List<StoredRow>> read(
                StoreConfig store,
                EntitySchema entity,
                List<EntityKey> keys,
                List<FeatureGroupSchema> groups,
                Instant deadline) {
            return storeAnswers.apply(stores.read(store, entity, keys, groups, deadline));
        }

        @Override
        public void close() {
            stores.close();
        }
    }

    @SuppressWarnings("unchecked")
    private <N extends io.dhara.graph.GraphNode> CompletionStage<NodeResult> scripted(
            N node, FeatureMatrix matrix, NodeCall call) {
        NodeRunner<N> script = (NodeRunner<N>) scripts.get(node.head().name());
        return script.run(node, matrix, call);
    }

    CallerContext caller() {
        return new CallerContext("test", used.instant().plus(timeout), false);
    }

    Execution run(io.dhara.graph.GraphPlan plan, InputValues... inputs) {
        return start(plan, inputs).toCompletableFuture().join();
    }

    CompletionStage<Execution> start(io.dhara.graph.GraphPlan plan, InputValues... inputs) {
        return executor.run(plan, List.of(inputs), caller(), "");
    }

    static InputValues input(String name, String... values) {
        return new InputValues(name, List.of(values));
    }

    /** Stores a block written one second before {@link #START}. */
    void put(String entity, String group, List<String> key, Consumer<PsdbEncoder> values) {
        put(entity, group, key, 0, values);
    }

    void put(
            String entity,
            String group,
            List<String> key,
            long expirySeconds,
            Consumer<PsdbEncoder> values) {
        FeatureGroupSchema schema = schemas.entity(entity).group(group);
        PsdbEncoder encoder = new PsdbEncoder();
        encoder.begin(schema.dataType(), schema.active(), 1, expirySeconds, 0);
        values.accept(encoder);
        stores.put(
                STORE,
                new EntityKey(entity, key),
                group,
                encoder.toBlock(false),
                expirySeconds == 0 ? START.minusSeconds(1).toEpochMilli() * 1000 : 0);
    }

    static byte[] int32(int value) {
        return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
    }

    static byte[] fp32(float value) {
        return int32(Float.floatToRawIntBits(value));
    }

    @Override
    public void close() {
        executor.close();
        reads.close();
    }

    /** Entities with groups of scalars whose default is 7 in every feature. */
    static final class Schemas {
        private final Map<String, List<String>> keys = new HashMap<>();
        private final Map<String, Map<String, FeatureGroupSchema>> groups = new HashMap<>();
        private boolean cached;

        static Schemas none() {
            return new Schemas();
        }

        /** The groups added from now on are held in memory. */
        Schemas cached() {
            cached = true;
            return this;
        }

        Schemas entity(String label, String... keyColumns) {
            keys.put(label, List.of(keyColumns));
            groups.put(label, new HashMap<>());
            return this;
        }

        Schemas group(String entity, String label, DataType type, String... features) {
            List<FeatureSpec> specs = new ArrayList<>();
            for (String feature : features) {
                specs.add(new FeatureSpec(feature, specs.size(), fallback(type), 0, 0));
            }
            Map<String, FeatureGroupSchema> siblings = groups.get(entity);
            siblings.put(
                    label,
                    new FeatureGroupSchema(
                            entity,
                            label,
                            siblings.size(),
                            STORE,
                            type,
                            Duration.ZERO,
                            "job1",
                            cached,
                            false,
                            1,
                            1,
                            List.of("seg_" + siblings.size()),
                            Map.of(1, new SchemaVersion(1, specs))));
            return this;
        }

        SchemaSnapshot snapshot() {
            Map<String, EntitySchema> entities = new HashMap<>();
            keys.forEach(
                    (label, names) -> {
                        List<KeyColumn> columns = new ArrayList<>();
                        for (String name : names) {
                            columns.add(new KeyColumn(columns.size(), name, name));
                        }
                        CacheConfig cache =
                                cached ? new CacheConfig(true, 3600, 0, 3) : CacheConfig.OFF;
                        entities.put(
                                label,
                                new EntitySchema(
                                        label, columns, cache, CacheConfig.OFF, groups.get(label)));
                    });
            StoreConfig store =
                    new StoreConfig(
                            STORE, 1, StoreConfig.Kind.SCYLLA, "t", List.of("k"), 1024, 102_400, 0);
            return new SchemaSnapshot(1, entities, Map.of(STORE, store), Map.of(), Map.of());
        }
    }

    /** The default of a feature of the type. */
    static byte[] fallback(DataType type) {
        return switch (type) {
            case INT32 -> int32(7);
            case FP32 -> fp32(7);
            default -> new byte[type.elementBytes()];
        };
    }

    private record Fixed(SchemaSnapshot current) implements SchemaRegistry {
        @Override
        public SchemaSnapshot refresh() {
            return current;
        }

        @Override
        public AutoCloseable subscribe(Consumer<SchemaSnapshot> listener) {
            listener.accept(current);
            return () -> {};
        }

        @Override
        public String lastProblem() {
            return "";
        }

        @Override
        public void close() {}
    }

    /** Every cell as {@code status:text}, row by row. */
    static List<List<String>> cells(Execution execution, String... columns) {
        FeatureMatrix matrix = execution.matrix();
        List<List<String>> rows = new ArrayList<>();
        for (int row = 0; row < matrix.rows(); row++) {
            List<String> cells = new ArrayList<>();
            for (String name : columns) {
                int column = execution.plan().columnsByName().get(name).index();
                cells.add(matrix.status(column, row) + ":" + matrix.text(column, row));
            }
            rows.add(cells);
        }
        return rows;
    }

    static NodeReport report(Execution execution, String node) {
        return execution.reports().stream()
                .filter(report -> report.node().head().name().equals(node))
                .findFirst()
                .orElseThrow(() -> new AssertionError(Arrays.toString(new String[] {node})));
    }
}
