package io.dhara.graph.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.registry.SchemaSnapshot;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GraphsPlanTest {
    private static final SchemaSnapshot SHOP = Schemas.shop();
    private static final GraphSet CHAIN = set(GraphCompilerTest.CHAIN);

    @Test
    void sameGraphs_changeNothing() {
        assertThat(plan(CHAIN, CHAIN, SHOP))
                .isEqualTo(new GraphsPlan(List.of(), List.of(), List.of()));
    }

    @Test
    void newGraph_isAdded() {
        GraphsPlan plan = plan(GraphSet.EMPTY, CHAIN, SHOP);

        assertThat(plan.isSafe()).isTrue();
        assertThat(plan.changes())
                .extracting(GraphsPlan.Change::toString)
                .containsExactly("graph ctr: added; 9 columns, 5 nodes");
        assertThat(plan.summary()).isEqualTo("graph ctr added");
    }

    @Test
    void quantisedFeature_isAColumnOfAnotherType() {
        GraphSet wanted = set(GraphCompilerTest.CHAIN.replace("mrp@FP16", "mrp"));

        assertThat(plan(CHAIN, wanted, SHOP).changes().get(0).details())
                .containsExactly(
                        "+column product:price:mrp FP32", "-column product:price:mrp FP16");
    }

    @Test
    void otherTimeout_isAChangeOfContents() {
        GraphSet wanted = set(GraphCompilerTest.CHAIN.replace("20 ms", "30 ms"));

        assertThat(plan(CHAIN, wanted, SHOP).changes().get(0).details())
                .containsExactly("same columns and nodes, other contents");
    }

    @Test
    void removal_needsToBeAllowed() {
        assertThat(plan(CHAIN, GraphSet.EMPTY, SHOP).isSafe()).isFalse();
        assertThat(
                        GraphsPlan.between(
                                        CHAIN,
                                        GraphSet.EMPTY,
                                        SHOP,
                                        SHOP,
                                        GraphLimits.DEFAULT,
                                        true)
                                .isSafe())
                .isTrue();
    }

    @Test
    void schemasThatBreakAGraphInForce_areRefusedWithItsName() {
        assertThat(plan(CHAIN, CHAIN, Schemas.without("product", "price")).problems())
                .isNotEmpty()
                .allSatisfy(
                        problem ->
                                assertThat(problem.text())
                                        .contains("breaks graph ctr, which is in force"));
    }

    @Test
    void graphThatDidNotCompileBefore_keepsNoOtherFromChanging() {
        GraphSet bad = set(GraphCompilerTest.CHAIN.replace("mrp@FP16", "cost"));

        GraphsPlan plan = plan(bad, bad, SHOP);

        assertThat(plan.isSafe()).isTrue();
        assertThat(plan.warnings()).singleElement().asString().contains("ctr is not in force");
    }

    private static GraphsPlan plan(GraphSet current, GraphSet wanted, SchemaSnapshot schemas) {
        return GraphsPlan.between(current, wanted, SHOP, schemas, GraphLimits.DEFAULT, false);
    }

    private static GraphSet set(String yaml) {
        return GraphSet.ofFiles(Map.of("ctr.yaml", yaml));
    }
}
