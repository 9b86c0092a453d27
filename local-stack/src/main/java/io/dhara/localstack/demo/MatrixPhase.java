package io.dhara.localstack.demo;

import io.dhara.core.model.EntityKey;
import io.dhara.proto.v1.CellStatus;
import io.dhara.proto.v1.InputColumn;
import io.dhara.proto.v1.RetrieveMatrixRequest;
import io.dhara.proto.v1.RetrieveMatrixResponse;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Matrices of the example graph over gRPC: for some users, products among which is one that nobody
 * wrote. Each cell is compared with what was sent, the keys followed by hand from product to
 * category to user x category.
 */
final class MatrixPhase {
    static final String MODEL = "shop_ranking";

    private static final int USERS = 40;
    private static final int PRODUCTS = 50;
    private static final int EXAMPLES = 5;
    private static final String RANK = "rank";
    private static final String P_BUY = "p_buy";
    private static final double RELATIVE_ERROR = 1e-6;

    /** A model adds floats up. */
    private static final double MODEL_ERROR = 1e-5;

    /**
     * @param chained rows whose category led to stored values of user x category
     * @param wrong cells that are not as they must be
     * @param tookMicros of the requests
     */
    record Result(
            long requests,
            long rows,
            int columns,
            long cells,
            long chained,
            long wrong,
            List<String> examples,
            Histogram tookMicros) {}

    private final FeatureReads reads;
    private final Oracle oracle;
    private final Clock clock;
    private final SplittableRandom random;
    private final List<String> examples = new ArrayList<>();
    private final Histogram tookMicros = new Histogram(3);
    private long rows;
    private long cells;
    private long chained;
    private long wrong;
    private int columns;

    MatrixPhase(FeatureReads reads, Oracle oracle, Clock clock, long seed) {
        this.reads = reads;
        this.oracle = oracle;
        this.clock = clock;
        this.random = new SplittableRandom(seed);
    }

    Result run() {
        List<String> users = ids("user");
        List<String> products = ids("product");
        int asked = Math.min(USERS, users.size());
        for (int i = 0; i < asked; i++) {
            String user = users.get(random.nextInt(users.size()));
            List<String> some = productsLikedBy(user);
            some.add("nobody-wrote-this");
            while (some.size() < PRODUCTS) {
                some.add(products.get(random.nextInt(products.size())));
            }
            ask(user, some);
        }
        return new Result(
                asked, rows, columns, cells, chained, wrong, List.copyOf(examples), tookMicros);
    }

    private List<String> ids(String entity) {
        return oracle.keys().stream()
                .filter(key -> key.entity().equals(entity))
                .map(key -> key.values().get(0))
                .toList();
    }

    /** Some products of the categories that the user has looked at. */
    private List<String> productsLikedBy(String user) {
        List<String> some = new ArrayList<>();
        for (EntityKey key : oracle.keys()) {
            if (some.size() == PRODUCTS / 2) {
                break;
            }
            String category = key.entity().equals("product") ? category(key) : null;
            if (category != null
                    && oracle.expected(userCategory(user, category), "affinity") != null) {
                some.add(key.values().get(0));
            }
        }
        return some;
    }

    private @Nullable String category(EntityKey product) {
        Oracle.Expected catalogue = oracle.expected(product, "catalogue");
        return catalogue == null ? null : String.valueOf(catalogue.values().get("category_id"));
    }

    private static EntityKey userCategory(String user, String category) {
        return new EntityKey("user_category", List.of(user, category));
    }

    private void ask(String user, List<String> products) {
        RetrieveMatrixRequest request =
                RetrieveMatrixRequest.newBuilder()
                        .setModel(MODEL)
                        .addInputs(InputColumn.newBuilder().setName("user_id").addValues(user))
                        .addInputs(
                                InputColumn.newBuilder()
                                        .setName("product_id")
                                        .addAllValues(products))
                        .build();
        long before = clock.millis();
        long start = System.nanoTime();
        RetrieveMatrixResponse matrix = reads.matrix(request);
        tookMicros.recordValue((System.nanoTime() - start) / 1000);
        long after = clock.millis();
        columns = matrix.getColumnsCount();
        List<List<MatrixCells.Cell>> answered = MatrixCells.of(matrix);
        if (answered.size() != products.size()) {
            wrong(user, "all", "%d rows for %d".formatted(answered.size(), products.size()));
            return;
        }
        for (int row = 0; row < answered.size(); row++) {
            check(user, products.get(row), answered.get(row), before, after);
        }
    }

    private void check(
            String user, String product, List<MatrixCells.Cell> row, long before, long after) {
        rows++;
        EntityKey productKey = new EntityKey("product", List.of(product));
        String category = category(productKey);
        Map<String, EntityKey> keys = new HashMap<>();
        keys.put("user", new EntityKey("user", List.of(user)));
        keys.put("product", productKey);
        if (category != null) {
            keys.put("user_category", userCategory(user, category));
            if (oracle.expected(keys.get("user_category"), "affinity") != null) {
                chained++;
            }
        }
        Map<String, MatrixCells.Cell> byName = new HashMap<>();
        for (MatrixCells.Cell cell : row) {
            cells++;
            byName.put(cell.column(), cell);
            String problem =
                    switch (cell.column()) {
                        case "product_id" -> text(cell, product);
                        case "user_category_id" ->
                                category == null ? noKey(cell) : text(cell, user + "|" + category);
                        case RANK -> rank(cell, byName);
                        case P_BUY -> bought(cell, byName);
                        default -> feature(cell, keys, before, after);
                    };
            if (problem != null) {
                wrong(user, product, cell.column() + " " + problem);
            }
        }
    }

    private void wrong(String user, String product, String problem) {
        wrong++;
        if (examples.size() < EXAMPLES) {
            examples.add("user %s, product %s: %s".formatted(user, product, problem));
        }
    }

    private static @Nullable String text(MatrixCells.Cell cell, String expected) {
        return cell.text().equals(expected) && cell.status() == CellStatus.CELL_STATUS_PRESENT
                ? null
                : "must be %s, but it reads %s (%s)"
                        .formatted(expected, cell.text(), cell.statusText());
    }

    private static @Nullable String noKey(MatrixCells.Cell cell) {
        return cell.status() == CellStatus.CELL_STATUS_NO_KEY
                ? null
                : "must have no key, but it reads " + cell.statusText();
    }

    /** The expression of the graph, over the cells that stand before it. */
    private static @Nullable String rank(
            MatrixCells.Cell cell, Map<String, MatrixCells.Cell> byName) {
        MatrixCells.Cell ctr = byName.get("product:rates:ctr");
        MatrixCells.Cell affinity = byName.get("user_category:affinity:score");
        double expected = number(ctr) * (1.0 + number(affinity) / 100.0);
        return score(cell, expected, RELATIVE_ERROR, ctr, affinity);
    }

    /** The model of {@code examples/models/shop_ctr.json}. */
    private static @Nullable String bought(
            MatrixCells.Cell cell, Map<String, MatrixCells.Cell> byName) {
        MatrixCells.Cell ctr = byName.get("product:rates:ctr");
        MatrixCells.Cell price = byName.get("product:rates:price");
        MatrixCells.Cell affinity = byName.get("user_category:affinity:score");
        double sum = -2 + 4 * number(ctr) - 0.001 * number(price) + 0.02 * number(affinity);
        return score(cell, 1 / (1 + Math.exp(-sum)), MODEL_ERROR, ctr, price, affinity);
    }

    /** A score is a default where one of the cells that it reads is no stored value. */
    private static @Nullable String score(
            MatrixCells.Cell cell, double expected, double error, MatrixCells.Cell... inputs) {
        boolean stored =
                Arrays.stream(inputs)
                        .allMatch(input -> input.status() == CellStatus.CELL_STATUS_PRESENT);
        double read = ((Number) cell.value()).doubleValue();
        boolean near = Math.abs(read - expected) <= error * Math.abs(expected);
        CellStatus status =
                stored ? CellStatus.CELL_STATUS_PRESENT : CellStatus.CELL_STATUS_DEFAULT;
        return near && cell.status() == status
                ? null
                : "must be %s, but it reads %s (%s)"
                        .formatted(expected, cell.text(), cell.statusText());
    }

    private static double number(MatrixCells.Cell cell) {
        return ((Number) cell.value()).doubleValue();
    }

    private @Nullable String feature(
            MatrixCells.Cell cell, Map<String, EntityKey> keys, long before, long after) {
        String[] name = cell.column().split(":", 3);
        EntityKey key = keys.get(name[0]);
        if (key == null) {
            return noKey(cell);
        }
        Oracle.Expected expected = oracle.expected(key, name[1]);
        boolean gone =
                cell.status() == CellStatus.CELL_STATUS_MISSING
                        || cell.status() == CellStatus.CELL_STATUS_EXPIRED;
        if (expected == null
                || oracle.isExpired(key.entity(), name[1], expected.eventTimeMs(), before)) {
            return gone ? null : "must not be there, but it reads " + cell.text();
        }
        if (gone && oracle.isExpired(key.entity(), name[1], expected.eventTimeMs(), after)) {
            return null; // its life ended while it was read
        }
        Object value = expected.values().get(name[2]);
        if (value == null) { // not sent, or the version it was written with has no such feature
            boolean older = expected.schemaVersion() != 0;
            CellStatus allowed =
                    older ? CellStatus.CELL_STATUS_DEFAULT : CellStatus.CELL_STATUS_PRESENT;
            return cell.status() == allowed ? null : "was not sent, but reads " + cell.status();
        }
        boolean same =
                cell.status() == CellStatus.CELL_STATUS_PRESENT
                        && ReadBack.isSame(cell.type(), value, cell.value());
        return same
                ? null
                : "must be %s, but it reads %s (%s)"
                        .formatted(value, cell.text(), cell.statusText());
    }
}
