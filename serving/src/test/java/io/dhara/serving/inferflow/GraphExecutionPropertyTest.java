package io.dhara.serving.inferflow;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.model.DataType;
import io.dhara.core.model.EntityKey;
import io.dhara.graph.FeatureNode;
import io.dhara.graph.GraphNode;
import io.dhara.graph.GraphPlan;
import io.dhara.graph.PlanColumn;
import io.dhara.graph.RowCondition;
import io.dhara.serving.inferflow.PlanBuilder.Features;
import io.dhara.stores.read.StoreReadException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;

/**
 * A random graph over a random store gives, cell by cell, what a recursive reading of the graph
 * gives, whatever the order in which the store answers.
 */
class GraphExecutionPropertyTest {
    private static final int VALUES = 4;
    private static final String FALLBACK = "7";
    private static final ExecutorService STORE_THREADS = Executors.newFixedThreadPool(3);

    @AfterContainer
    static void stop() {
        STORE_THREADS.shutdownNow();
    }

    /** What is stored of one key of one entity. */
    private enum Stored {
        PRESENT,
        MISSING,
        EXPIRED,
        CORRUPT,
        STORE_ERROR
    }

    private record Cell(CellStatus status, String text) {
        static Cell fallback(CellStatus status) {
            return new Cell(status, FALLBACK);
        }
    }

    @Property(tries = 150)
    void run_randomGraph_equalsTheNaiveEvaluator(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        int entities = 1 + random.nextInt(4);
        GraphBed.Schemas schemas = GraphBed.Schemas.none();
        int[] keyParts = new int[entities];
        for (int e = 0; e < entities; e++) {
            keyParts[e] = 1 + random.nextInt(2);
            schemas.entity("e" + e, keyParts[e] == 1 ? new String[] {"k0"} : TWO)
                    .group("e" + e, "g", DataType.INT32, "f0", "f1");
        }
        try (GraphBed bed = new GraphBed(schemas)) {
            Map<EntityKey, Stored> stored = new HashMap<>();
            for (int e = 0; e < entities; e++) {
                fill(bed, "e" + e, keyParts[e], random, stored);
            }
            GraphPlan plan = plan(random, keyParts);
            InputValues[] inputs = inputs(random);
            if (random.nextBoolean()) {
                bed.storeAnswers =
                        answer ->
                                answer.toCompletableFuture()
                                        .thenApplyAsync(rows -> rows, STORE_THREADS);
            }

            Execution execution =
                    bed.start(plan, inputs).toCompletableFuture().get(20, TimeUnit.SECONDS);

            Naive naive = new Naive(plan, stored, inputs);
            FeatureMatrix matrix = execution.matrix();
            for (PlanColumn column : plan.columns()) {
                for (int row = 0; row < matrix.rows(); row++) {
                    assertThat(
                                    new Cell(
                                            matrix.status(column.index(), row),
                                            matrix.text(column.index(), row)))
                            .as("%s of row %d", column.name(), row)
                            .isEqualTo(naive.cell(column.index(), row));
                }
            }
        }
    }

    private static final String[] TWO = {"k0", "k1"};

    private static void fill(
            GraphBed bed, String entity, int parts, Random random, Map<EntityKey, Stored> stored) {
        List<String> texts = new ArrayList<>();
        for (int value = 0; value < VALUES; value++) {
            texts.add(String.valueOf(value));
        }
        texts.add(FALLBACK);
        for (String first : texts) {
            for (String second : parts == 1 ? List.of("") : texts) {
                List<String> values = parts == 1 ? List.of(first) : List.of(first, second);
                EntityKey key = new EntityKey(entity, values);
                int dice = random.nextInt(10);
                Stored what = dice < 6 ? Stored.PRESENT : Stored.values()[1 + random.nextInt(4)];
                stored.put(key, what);
                switch (what) {
                    case MISSING -> {}
                    case CORRUPT -> bed.stores.put(GraphBed.STORE, key, "g", new byte[] {9, 9}, 1);
                    case STORE_ERROR -> {
                        put(bed, key, 0);
                        bed.stores.failKey(key, StoreReadException.Kind.UNAVAILABLE);
                    }
                    case PRESENT -> put(bed, key, 0);
                    case EXPIRED -> put(bed, key, 1);
                }
            }
        }
    }

    private static void put(GraphBed bed, EntityKey key, long expirySeconds) {
        bed.put(
                key.entity(),
                "g",
                key.values(),
                expirySeconds,
                encoder -> {
                    encoder.putLong(0, value(key, 0));
                    encoder.putLong(1, value(key, 1));
                });
    }

    private static int value(EntityKey key, int feature) {
        return Math.floorMod(key.hashCode() * 31 + feature, VALUES);
    }

    private static GraphPlan plan(Random random, int[] keyParts) {
        PlanBuilder plan = new PlanBuilder().input("row").input("one");
        List<String> columns = new ArrayList<>(List.of("row", "one"));
        List<String> numbers = new ArrayList<>();
        for (int e = 0; e < keyParts.length; e++) {
            List<String> keys = new ArrayList<>();
            for (int part = 0; part < keyParts[e]; part++) {
                keys.add("k" + part + "=" + columns.get(random.nextInt(columns.size())));
            }
            if (!numbers.isEmpty() && random.nextInt(3) == 0) {
                plan.when(
                        numbers.get(random.nextInt(numbers.size())),
                        value -> ((Double) value) >= 1);
            }
            if (random.nextInt(3) == 0) {
                plan.queryWithDefaults();
            }
            plan.feature("n" + e, "e" + e, keys, Features.of("g", DataType.INT32, "f0", "f1"));
            for (String made : List.of("e" + e + ":g:f0", "e" + e + ":g:f1")) {
                columns.add(made);
                numbers.add(made);
            }
        }
        return plan.build();
    }

    private static InputValues[] inputs(Random random) {
        List<String> rows = new ArrayList<>();
        int count = random.nextInt(7);
        for (int i = 0; i < count; i++) {
            rows.add(id(random));
        }
        return new InputValues[] {
            new InputValues("row", rows), new InputValues("one", List.of(id(random)))
        };
    }

    private static String id(Random random) {
        return random.nextInt(8) == 0 ? "" : String.valueOf(random.nextInt(VALUES));
    }

    /** Reads the graph backwards from each cell, with no order, no matrix and no sharing. */
    private record Naive(GraphPlan plan, Map<EntityKey, Stored> stored, InputValues... inputs) {

        Cell cell(int column, int row) {
            for (GraphNode node : plan.nodes()) {
                for (int i = 0; i < node.head().produces().length; i++) {
                    if (node.head().produces()[i] == column) {
                        return feature((FeatureNode) node, i, row);
                    }
                }
            }
            List<String> values = inputs[column].values();
            return new Cell(CellStatus.PRESENT, values.get(values.size() == 1 ? 0 : row));
        }

        private Cell feature(FeatureNode node, int feature, int row) {
            RowCondition condition = node.head().condition();
            if (condition != null) {
                int asked = condition.expression().variables().get(0).column();
                if (Double.parseDouble(cell(asked, row).text) < 1) {
                    return Cell.fallback(CellStatus.SKIPPED);
                }
            }
            List<String> values = new ArrayList<>();
            for (FeatureNode.KeyPart part : node.key()) {
                Cell cell = cell(part.column(), row);
                boolean isDefault =
                        cell.status == CellStatus.MISSING || cell.status == CellStatus.EXPIRED;
                if ((cell.status != CellStatus.PRESENT && !(isDefault && node.queryWithDefaults()))
                        || cell.text.isEmpty()) {
                    return Cell.fallback(CellStatus.NO_KEY);
                }
                values.add(cell.text);
            }
            EntityKey key = new EntityKey(node.entity(), values);
            return switch (stored.getOrDefault(key, Stored.MISSING)) {
                case PRESENT -> new Cell(CellStatus.PRESENT, String.valueOf(value(key, feature)));
                case MISSING -> Cell.fallback(CellStatus.MISSING);
                case EXPIRED -> Cell.fallback(CellStatus.EXPIRED);
                case CORRUPT -> Cell.fallback(CellStatus.CORRUPT);
                case STORE_ERROR -> Cell.fallback(CellStatus.STORE_ERROR);
            };
        }
    }
}
