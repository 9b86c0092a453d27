package io.dhara.serving.inferflow;

import static io.dhara.serving.inferflow.GraphBed.cells;
import static io.dhara.serving.inferflow.GraphBed.input;
import static io.dhara.serving.inferflow.GraphBed.report;
import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.model.DataType;
import io.dhara.core.model.EntityKey;
import io.dhara.graph.GraphPlan;
import io.dhara.serving.inferflow.NodeResult.Outcome;
import io.dhara.serving.inferflow.PlanBuilder.Features;
import io.dhara.stores.read.StoreReadException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Product to category to user x category over an in-memory store. */
class FeatureNodeRunnerTest {
    private static final String[] COLUMNS = {
        "product_id",
        "user_id",
        "user:profile:age",
        "product:attrs:category_id",
        "product:price:mrp",
        "user_category_id",
        "user_category:affinity:clicks_7d"
    };

    private final GraphBed bed = new GraphBed(PlanBuilder.exampleSchemas());
    private final GraphPlan plan = PlanBuilder.example().build();

    @BeforeEach
    void fill() {
        bed.put("user", "profile", List.of("u1"), e -> e.putLong(0, 33));
        product("p1", 55, 9.5);
        product("p2", 66, 3);
        affinity("u1", "55", 0.25);
        affinity("u1", "66", 4);
    }

    @AfterEach
    void close() {
        bed.close();
    }

    private void product(String id, int category, double mrp) {
        bed.put("product", "attrs", List.of(id), e -> e.putLong(0, category));
        bed.put("product", "price", List.of(id), e -> e.putDouble(0, mrp));
    }

    private void affinity(String user, String category, double clicks) {
        bed.put("user_category", "affinity", List.of(user, category), e -> e.putDouble(0, clicks));
    }

    private Execution run(String... products) {
        return bed.run(plan, input("product_id", products), input("user_id", "u1"));
    }

    @Test
    void run_chainedKeys_readsTheCategoryOfTheProductAndTheUserInIt() {
        Execution execution = run("p1", "p2");

        assertThat(cells(execution, COLUMNS))
                .containsExactly(
                        List.of(
                                "PRESENT:p1",
                                "PRESENT:u1",
                                "PRESENT:33",
                                "PRESENT:55",
                                "PRESENT:9.5",
                                "PRESENT:u1|55",
                                "PRESENT:0.25"),
                        List.of(
                                "PRESENT:p2",
                                "PRESENT:u1",
                                "PRESENT:33",
                                "PRESENT:66",
                                "PRESENT:3",
                                "PRESENT:u1|66",
                                "PRESENT:4"));
        assertThat(execution.reports()).extracting(NodeReport::outcome).containsOnly(Outcome.OK);
        assertThat(execution.reports()).extracting(NodeReport::asked).containsExactly(1, 2, 2);
    }

    @Test
    void run_repeatedKeys_areAskedOnceInOrderOfFirstAppearance() {
        product("p3", 55, 1);

        Execution execution = run("p2", "p1", "p2", "p3", "p1");

        assertThat(bed.stores.reads())
                .extracting(read -> read.keys())
                .containsExactly(
                        List.of(new EntityKey("user", List.of("u1"))),
                        keys("product", "p2", "p1", "p3"),
                        List.of(
                                new EntityKey("user_category", List.of("u1", "66")),
                                new EntityKey("user_category", List.of("u1", "55"))));
        assertThat(cells(execution, "user_category:affinity:clicks_7d"))
                .extracting(row -> row.get(0))
                .containsExactly(
                        "PRESENT:4", "PRESENT:0.25", "PRESENT:4", "PRESENT:0.25", "PRESENT:0.25");
    }

    private static List<EntityKey> keys(String entity, String... ids) {
        return java.util.Arrays.stream(ids).map(id -> new EntityKey(entity, List.of(id))).toList();
    }

    @Test
    void run_productThatIsNotStored_leavesItsCategoryWithoutAKey() {
        Execution execution = run("p1", "absent");

        assertThat(cells(execution, COLUMNS).get(1))
                .containsExactly(
                        "PRESENT:absent",
                        "PRESENT:u1",
                        "PRESENT:33",
                        "MISSING:7",
                        "MISSING:7",
                        "NO_KEY:",
                        "NO_KEY:7");
        assertThat(bed.stores.reads().get(2).keys())
                .containsExactly(new EntityKey("user_category", List.of("u1", "55")));
    }

    @Test
    void run_expiredCategory_isNotTakenForAKey() {
        bed.put("product", "attrs", List.of("p2"), 1, e -> e.putLong(0, 66));

        Execution execution = run("p2");

        assertThat(cells(execution, COLUMNS).get(0))
                .containsExactly(
                        "PRESENT:p2",
                        "PRESENT:u1",
                        "PRESENT:33",
                        "EXPIRED:7",
                        "PRESENT:3",
                        "NO_KEY:",
                        "NO_KEY:7");
        assertThat(report(execution, "user_category").outcome()).isEqualTo(Outcome.SKIPPED);
        assertThat(bed.stores.reads()).hasSize(2);
    }

    @Test
    void run_queryWithDefaults_asksForTheDefaultOfAMissingPartButNotOfAFailedOne() {
        GraphPlan asking =
                new PlanBuilder()
                        .input("product_id")
                        .feature(
                                "product",
                                "product",
                                List.of("product_id"),
                                Features.of("attrs", DataType.INT32, "category_id"))
                        .queryWithDefaults()
                        .feature(
                                "category",
                                "user",
                                List.of("user_id=product:attrs:category_id"),
                                Features.of("profile", DataType.INT32, "age"))
                        .build();
        bed.put("user", "profile", List.of("7"), e -> e.putLong(0, 99));
        bed.stores.failKey(
                new EntityKey("product", List.of("p2")), StoreReadException.Kind.UNAVAILABLE);

        Execution execution = bed.run(asking, input("product_id", "absent", "p2"));

        assertThat(cells(execution, "product:attrs:category_id", "user:profile:age"))
                .containsExactly(
                        List.of("MISSING:7", "PRESENT:99"), List.of("STORE_ERROR:7", "NO_KEY:7"));
    }

    /** F21: an empty id is no key. */
    @Test
    void f21_emptyKeyPart_isNotAskedFor() {
        Execution execution = run("", "p1");

        assertThat(cells(execution, COLUMNS).get(0))
                .containsExactly(
                        "PRESENT:",
                        "PRESENT:u1",
                        "PRESENT:33",
                        "NO_KEY:7",
                        "NO_KEY:7",
                        "NO_KEY:",
                        "NO_KEY:7");
        assertThat(bed.stores.reads().get(1).keys()).isEqualTo(keys("product", "p1"));
    }

    /** F4: what failed is marked, cell by cell and node by node. */
    @Test
    void f4_failingKey_marksItsCellsAndTheNode() {
        bed.stores.failKey(
                new EntityKey("product", List.of("p2")), StoreReadException.Kind.UNAVAILABLE);

        Execution execution = run("p1", "p2");

        assertThat(cells(execution, COLUMNS).get(0)).allMatch(cell -> cell.startsWith("PRESENT"));
        assertThat(cells(execution, COLUMNS).get(1))
                .containsExactly(
                        "PRESENT:p2",
                        "PRESENT:u1",
                        "PRESENT:33",
                        "STORE_ERROR:7",
                        "STORE_ERROR:7",
                        "NO_KEY:",
                        "NO_KEY:7");
        NodeReport product = report(execution, "product");
        assertThat(product.outcome()).isEqualTo(Outcome.PARTIAL);
        assertThat(product.message()).isEqualTo("no answer from a store for 2 of 4 reads");
    }

    @Test
    void f4_failingStore_marksEveryCellAndFailsEveryNode() {
        bed.stores.failStore(GraphBed.STORE, StoreReadException.Kind.UNAVAILABLE);

        Execution execution = run("p1");

        assertThat(cells(execution, COLUMNS).get(0))
                .containsExactly(
                        "PRESENT:p1",
                        "PRESENT:u1",
                        "STORE_ERROR:7",
                        "STORE_ERROR:7",
                        "STORE_ERROR:7",
                        "NO_KEY:",
                        "NO_KEY:7");
        assertThat(execution.reports())
                .extracting(NodeReport::outcome)
                .containsExactly(Outcome.FAILED, Outcome.FAILED, Outcome.SKIPPED);
    }

    @Test
    void run_block_thatDoesNotDecode_isCorrupt() {
        bed.stores.put(
                GraphBed.STORE,
                new EntityKey("user", List.of("u1")),
                "profile",
                new byte[] {1, 2, 3},
                1);

        Execution execution = run("p1");

        assertThat(cells(execution, "user:profile:age")).containsExactly(List.of("CORRUPT:7"));
        assertThat(report(execution, "user").outcome()).isEqualTo(Outcome.PARTIAL);
    }

    /** F20: two lists of features of one group are two questions, cached or not. */
    @Test
    void f20_otherFeaturesOfACachedGroup_areAnsweredByName() {
        try (GraphBed cached =
                new GraphBed(
                        GraphBed.Schemas.none()
                                .entity("user", "user_id")
                                .cached()
                                .group("user", "profile", DataType.INT32, "age", "height"))) {
            cached.put(
                    "user",
                    "profile",
                    List.of("u1"),
                    e -> {
                        e.putLong(0, 33);
                        e.putLong(1, 180);
                    });
            GraphPlan one = userPlan("age", "height");
            GraphPlan other = userPlan("height", "age");

            Execution first = cached.run(one, input("user_id", "u1"));
            Execution second = cached.run(other, input("user_id", "u1"));
            Execution third = cached.run(userPlan("height"), input("user_id", "u1"));

            String[] both = {"user:profile:age", "user:profile:height"};
            assertThat(cells(first, both))
                    .isEqualTo(cells(second, both))
                    .containsExactly(List.of("PRESENT:33", "PRESENT:180"));
            assertThat(cells(third, "user:profile:height")).containsExactly(List.of("PRESENT:180"));
            assertThat(cached.stores.reads()).hasSize(1);
        }
    }

    private static GraphPlan userPlan(String... features) {
        return new PlanBuilder()
                .input("user_id")
                .feature(
                        "user",
                        "user",
                        List.of("user_id"),
                        Features.of("profile", DataType.INT32, features))
                .build();
    }

    @Test
    void run_groupThatIsGone_failsTheNodeByName() {
        GraphPlan old =
                new PlanBuilder()
                        .input("user_id")
                        .feature(
                                "user",
                                "user",
                                List.of("user_id"),
                                Features.of("gone", DataType.INT32, "age"))
                        .build();

        Execution execution = bed.run(old, input("user_id", "u1"));

        assertThat(cells(execution, "user:gone:age")).containsExactly(List.of("NODE_FAILED:7"));
        assertThat(report(execution, "user").message()).contains("gone").contains("not found");
    }

    @Test
    void run_storeThatIsHeld_startsBothRootsBeforeEitherAnswers() {
        bed.stores.hold();
        var pending = bed.start(plan, input("product_id", "p1"), input("user_id", "u1"));

        assertThat(bed.stores.heldReads()).isEqualTo(2);
        assertThat(pending.toCompletableFuture()).isNotDone();
        bed.stores.release();

        assertThat(cells(pending.toCompletableFuture().join(), COLUMNS).get(0))
                .allMatch(cell -> cell.startsWith("PRESENT"));
    }
}
