package io.dhara.graph.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.model.DataType;
import io.dhara.graph.ExpressionNode;
import io.dhara.graph.GraphPlan;
import io.dhara.graph.InvalidGraphException;
import io.dhara.graph.ModelNode;
import io.dhara.graph.PlanColumn;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ModelConfigJsonTest {
    private static final Path FILE = Path.of("src/test/resources/model-configs/ctr.json");
    private static final Map<String, String> EXPRESSIONS = Map.of("7", "p * log1p(m)");

    @Test
    void example_compilesToTheMatrixThatThePeerLaysOut() throws Exception {
        GraphPlan plan = compile(text());

        assertThat(plan.model()).isEqualTo("m1");
        assertThat(plan.version()).isEqualTo(1);
        assertThat(plan.columns().stream().map(PlanColumn::name))
                .containsExactly(
                        "product_id",
                        "user_id",
                        "user_category_id",
                        "user:profile:age",
                        "product:attrs:category_id",
                        "product:price:mrp",
                        "user_category:affinity:clicks_7d",
                        "pctr",
                        "final_score");
        assertThat(plan.row().name()).isEqualTo("product_id");
        assertThat(plan.nodes().stream().map(node -> node.head().name()))
                .containsExactly("user", "product", "user_category", "ranker", "final");
        ModelNode ranker = (ModelNode) GraphCompilerTest.node(plan, "ranker");
        assertThat(ranker.targets())
                .containsExactly(new ModelNode.Target("predator.example", "ctr_v3", "1", 100));
        assertThat(ranker.head().policy().timeout()).isEqualTo(Duration.ofMillis(100));
        assertThat(ranker.batchSize()).isEqualTo(50);
        ExpressionNode last = (ExpressionNode) GraphCompilerTest.node(plan, "final");
        assertThat(last.expression().evaluate(List.of(0.5, Math.E - 1))).isEqualTo(0.5);
        assertThat(plan.answer()).containsExactly(0, 4, 7, 8);
        assertThat(plan.log()).satisfies(log -> assertThat(log.percent()).isEqualTo(5));
        assertThat(plan.warnings()).singleElement().asString().contains("cache_enabled");
    }

    @Test
    void members_areMatchedWhateverTheirCase_andUnknownOnesLetBe() throws Exception {
        String shouting =
                text().replace("component_config", "Component_Config")
                        .replace("fs_request", "FS_REQUEST")
                        .replace("\"calibration", "\"note\": {\"a\": [1]}, \"calibration")
                        .replace("featureGroups", "FeatureGroups");

        assertThat(compile(shouting).digest()).isEqualTo(compile(text()).digest());
    }

    @Test
    void f22_logWithoutFeatures_isInOneOrderOnEveryProcess() throws Exception {
        String json = text().replace("\"log_features\": true", "\"log_features\": false");

        GraphPlan plan = compile(json);

        List<String> logged = new ArrayList<>();
        for (int column : plan.log().columns()) {
            logged.add(plan.columns().get(column).name());
        }
        assertThat(logged)
                .containsExactly(
                        "user:profile:age",
                        "product:attrs:category_id",
                        "product:price:mrp",
                        "user_category:affinity:clicks_7d",
                        "final_score",
                        "pctr");
        assertThat(compile(json).digest()).isEqualTo(plan.digest());
    }

    @Test
    void f5_componentsOfTwoModelsMayShareAName() throws Exception {
        Map<String, String> expressions = Map.of("7", "p + m");
        GraphPlan one = compile(text());
        GraphPlan other =
                GraphCompiler.compile(
                        ModelConfigJson.read(
                                "m2", "m2.json", ModelConfigJson.parse(text()), expressions),
                        Schemas.shop(),
                        GraphLimits.DEFAULT);

        assertThat(((ExpressionNode) GraphCompilerTest.node(one, "final")).expression().text())
                .isEqualTo("p * log1p(m)");
        assertThat(((ExpressionNode) GraphCompilerTest.node(other, "final")).expression().text())
                .isEqualTo("p + m");
    }

    @Test
    void f2_variableWithoutAType_isRefusedWithTheRemedy() {
        assertThat(problems(text().replace("p@FP32", "p")))
                .first()
                .asString()
                .contains("component final maps p to pctr")
                .contains("name@Type");
    }

    @Test
    void f2_emptyShape_isRefused() {
        assertThat(problems(text().replace("\"shape\": [3]", "\"shape\": []")))
                .singleElement()
                .asString()
                .contains("component ranker sends tensor x of shape []");
    }

    @Test
    void f2_oneColumnFilledTwice_isRefused() {
        assertThat(
                        problems(
                                text().replace(
                                                "\"score_col\": \"final_score\"",
                                                "\"score_col\": \"pctr\"")))
                .anySatisfy(
                        problem ->
                                assertThat(problem)
                                        .contains("component final fills column pctr")
                                        .contains("ranker"));
    }

    @Test
    void f3_secondRoot_isRefused() {
        assertThat(
                        problems(
                                text().replace(
                                                "\"user\":          [\"feature_initializer\"]",
                                                "\"user\": []")))
                .singleElement()
                .asString()
                .contains("component user waits for nothing and so is a root beside");
    }

    @Test
    void reversedMap_isRefusedAndToldSo() {
        String reversed =
                text().replace(
                                "\"user\":          [\"feature_initializer\"]",
                                "\"feature_initializer\": [\"user\"]");

        assertThat(problems(reversed))
                .anySatisfy(problem -> assertThat(problem).contains("the wrong way round"));
    }

    @Test
    void unknownExpression_isRefused() {
        assertThat(problems(text().replace("\"compute_id\": \"7\"", "\"compute_id\": \"8\"")))
                .singleElement()
                .asString()
                .contains("component final computes expression 8")
                .contains("[7]");
    }

    @Test
    void f31_floatKeyColumn_isRefused() {
        assertThat(
                        problems(
                                text().replace(
                                                "\"col\": \"product:attrs:category_id\"",
                                                "\"col\": \"product:price:mrp\"")))
                .singleElement()
                .asString()
                .contains(
                        "component user_category takes its key from column product:price:mrp of type FP32");
    }

    @Test
    void dependencyThatIsMissing_isRefusedWhereThePeerWouldRace() {
        assertThat(problems(text().replace("[\"user\", \"user_category\"]", "[\"user_category\"]")))
                .singleElement()
                .asString()
                .contains("component ranker reads column user:profile:age, which user fills");
    }

    @Test
    void plainNamesThatNothingFills_areInputsOfTheTypeTheyAreReadIn() throws Exception {
        String json =
                text().replace("\"shape\": [3]", "\"shape\": [4]")
                        .replace(
                                "\"features\": [\"user:profile:age\",",
                                "\"features\": [\"bid\", \"user:profile:age\",");

        PlanColumn bid = compile(json).columnsByName().get("bid");

        assertThat(bid.kind()).isEqualTo(PlanColumn.Kind.INPUT);
        assertThat(bid.type()).isEqualTo(DataType.FP32);
    }

    @Test
    void featureNameThatNothingFills_isRefused() {
        assertThat(
                        problems(
                                text().replace(
                                                "\"product_id\", \"product:attrs:category_id\",",
                                                "\"product_id\", \"product:attrs:colour\",")))
                .singleElement()
                .asString()
                .contains("product:attrs:colour");
    }

    @Test
    void slateComponents_goToTheSlateMatrix() throws Exception {
        String json =
                text().replace(
                                "\"compute_id\": \"7\", \"score_mapping\": {\"p@FP32\": \"pctr\", \"m@DataTypeFP32\": \"product:price:mrp\"}",
                                "\"compute_id\": \"7\", \"slate_component\": true, \"score_mapping\": {\"p@FP32\": \"pair_score\", \"m@FP32\": \"boost\"}")
                        .replace(
                                "\"predator_components\": [",
                                """
                                "predator_components": [
                                 {"component": "pairs", "component_id": "product_id", "model_name": "pair",
                                  "model_end_point": "predator.example:90", "deadline": 100, "batch_size": 50,
                                  "slate_component": true,
                                  "inputs": [{"name": "x", "data_type": "FP32", "shape": [1], "features": ["product:price:mrp"]}],
                                  "outputs": [{"name": "y", "model_scores": ["pair_score"], "model_scores_dims": [[1]], "data_type": "FP32"}]},
                                """)
                        .replace(
                                "\"final\":         [\"ranker\"]",
                                "\"final\": [\"ranker\", \"pairs\"], \"pairs\": [\"ranker\"]");

        GraphPlan plan = compile(json);

        assertThat(plan.slates().columns().stream().map(PlanColumn::name))
                .containsExactly("boost", "pair_score", "final_score");
        assertThat(plan.slates().nodes().stream().map(node -> node.head().name()))
                .containsExactly("pairs", "final");
        assertThat(plan.slates().nodes().get(1).head().waitsFor()).containsExactly(0);
        assertThat(plan.slates().answer()).containsExactly(2);
        assertThat(plan.answer()).hasSize(3);
    }

    static String text() {
        try {
            return Files.readString(FILE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static GraphPlan compile(String json) throws Exception {
        return GraphCompiler.compile(
                ModelConfigJson.read("m1", "m1.json", ModelConfigJson.parse(json), EXPRESSIONS),
                Schemas.shop(),
                GraphLimits.DEFAULT);
    }

    private static List<String> problems(String json) {
        try {
            compile(json);
            return List.of();
        } catch (InvalidGraphException e) {
            return e.problems().stream().map(Object::toString).toList();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
