package io.dhara.graph.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.core.registry.YamlSchemas;
import io.dhara.graph.ExpressionNode;
import io.dhara.graph.GraphPlan;
import io.dhara.graph.ModelNode;
import io.dhara.graph.PlanColumn;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The graphs a new user sees first, against the schemas beside them. */
class ExampleGraphsTest {
    private static final Path EXAMPLES = Path.of("../../examples");

    @Test
    void examples_compileWithoutAWarning() throws Exception {
        Map<String, GraphPlan> plans = plans();

        assertThat(plans).containsKeys("shop_ctr", "shop_ctr_imported");
        plans.values().forEach(plan -> assertThat(plan.warnings()).as(plan.model()).isEmpty());
    }

    @Test
    void importedGraph_asksTheSameAsTheOneInYaml() throws Exception {
        GraphPlan own = plans().get("shop_ctr");
        GraphPlan imported = plans().get("shop_ctr_imported");

        assertThat(features(imported)).containsExactlyInAnyOrderElementsOf(features(own));
        ModelNode model = (ModelNode) GraphCompilerTest.node(imported, "ranker");
        assertThat(model.targets().get(0).endpoint()).isEqualTo("shop-models");
        ExpressionNode worth = (ExpressionNode) GraphCompilerTest.node(imported, "final");
        assertThat(worth.expression().evaluate(List.of(0.5, Math.E - 1))).isEqualTo(0.5);
    }

    private static List<String> features(GraphPlan plan) {
        return plan.columns().stream()
                .filter(column -> column.kind() == PlanColumn.Kind.FEATURE)
                .map(PlanColumn::name)
                .toList();
    }

    private static Map<String, GraphPlan> plans() throws Exception {
        SchemaSnapshot schemas =
                YamlSchemas.read(
                        "examples", 1, YamlSchemas.readFolder(EXAMPLES.resolve("schemas")));
        GraphFiles.Read read = GraphFiles.read(GraphFiles.readFolder(EXAMPLES.resolve("graphs")));
        assertThat(read.problems()).isEmpty();
        Map<String, GraphPlan> plans = new TreeMap<>();
        for (Map.Entry<String, GraphDefinition> each : read.definitions().entrySet()) {
            plans.put(
                    each.getKey(),
                    GraphCompiler.compile(each.getValue(), schemas, GraphLimits.DEFAULT));
        }
        return plans;
    }
}
