package io.dhara.graph.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.model.DataType;
import io.dhara.graph.ExpressionNode;
import io.dhara.graph.FeatureNode;
import io.dhara.graph.GraphNode;
import io.dhara.graph.GraphPlan;
import io.dhara.graph.InvalidGraphException;
import io.dhara.graph.ModelNode;
import io.dhara.graph.NodePolicy;
import io.dhara.graph.PlanColumn;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class GraphCompilerTest {
    static final String CHAIN =
            """
            graph: ctr
            version: 3
            inputs:
              product_id: {row: true}
              user_id: String
            nodes:
              final:
                kind: expression
                column: final_score
                expression: pctr * 0.5 + mrp / 100
                with: {mrp: "product:price:mrp"}
              ranker:
                kind: model
                endpoint: localhost:8001
                model: ctr_v3
                timeout: 20 ms
                retries: 1
                backoff: 2 ms
                on-failure: fail
                when: price > 0
                with: {price: "product:price:mrp"}
                inputs:
                  x: {columns: ["user:profile:age", "product:price:mrp", "user_category:affinity:clicks_7d"]}
                outputs:
                  y: {scores: [pctr]}
              user_category:
                kind: features
                entity: user_category
                keys: {category_id: "product:attrs:category_id", user_id: user_id}
                composite-key: user_category_id
                groups: {affinity: [clicks_7d]}
              product:
                kind: features
                entity: product
                keys: [product_id]
                groups:
                  attrs: [category_id]
                  price: {type: FP32, features: [mrp@FP16]}
              user: {kind: features, entity: user, keys: [user_id], groups: {profile: [age]}}
            answer: [product_id, "product:attrs:category_id", pctr, final_score]
            log: {percent: 5}
            """;

    @Test
    void chain_isOrderedTypedAndPinned() throws InvalidGraphException {
        GraphPlan plan = Schemas.compile(CHAIN);

        assertThat(plan.columns().stream().map(PlanColumn::name))
                .containsExactly(
                        "product_id",
                        "user_id",
                        "user_category_id",
                        "user_category:affinity:clicks_7d",
                        "product:attrs:category_id",
                        "product:price:mrp",
                        "user:profile:age",
                        "final_score",
                        "pctr");
        assertThat(plan.nodes().stream().map(node -> node.head().name()))
                .containsExactly("product", "user_category", "user", "ranker", "final");
        assertThat(plan.row().name()).isEqualTo("product_id");
        assertThat(plan.answer()).containsExactly(0, 4, 8, 7);
        assertThat(plan.log().columns()).containsExactly(plan.answer());
        assertThat(plan.modelInputs()).containsExactly(6, 5, 3);
        PlanColumn price = plan.columns().get(5);
        assertThat(price.type()).isEqualTo(DataType.FP16);
        assertThat(price.fallback()).as("9.5").containsExactly(0xC0, 0x48);
        assertThat(plan.columns().get(4).fallback()).containsExactly(3, 0, 0, 0);
        assertThat(plan.warnings()).isEmpty();
    }

    @Test
    void featureNode_takesTheKeysInTheEntitysOrder() throws InvalidGraphException {
        FeatureNode node = (FeatureNode) node(Schemas.compile(CHAIN), "user_category");

        assertThat(node.key())
                .containsExactly(
                        new FeatureNode.KeyPart("user_id", 1),
                        new FeatureNode.KeyPart("category_id", 4));
        assertThat(node.compositeKey()).isEqualTo(2);
        assertThat(node.compositeOrder()).containsExactly(1, 0);
        assertThat(node.head().produces()).containsExactly(2, 3);
        assertThat(node.head().reads()).containsExactly(1, 4);
        assertThat(node.head().waitsFor()).containsExactly(0);
    }

    @Test
    void f9_quantisedFeature_isOneColumnUnderItsPlainName() throws InvalidGraphException {
        FeatureNode node = (FeatureNode) node(Schemas.compile(CHAIN), "product");

        FeatureNode.Group attrs = node.groups().get(0);
        FeatureNode.Group price = node.groups().get(1);
        assertThat(attrs.version()).isEqualTo(2);
        assertThat(price.features()).containsExactly("mrp@DataTypeFP16");
        assertThat(price.columns()).containsExactly(5);
    }

    @Test
    void modelNode_hasItsPolicyAndCondition() throws InvalidGraphException {
        ModelNode node = (ModelNode) node(Schemas.compile(CHAIN), "ranker");

        assertThat(node.head().policy())
                .isEqualTo(
                        new NodePolicy(
                                Duration.ofMillis(20),
                                1,
                                Duration.ofMillis(2),
                                NodePolicy.OnFailure.FAIL));
        assertThat(node.targets())
                .containsExactly(new ModelNode.Target("localhost:8001", "ctr_v3", "", 100));
        assertThat(node.inputs().get(0).shape()).containsExactly(3);
        assertThat(node.head().condition().expression().evaluate(List.of(9.0))).isEqualTo(true);
        assertThat(node.head().waitsFor()).containsExactly(0, 1, 2);
    }

    @Test
    void expressionNode_readsWhatItsTextNames() throws InvalidGraphException {
        ExpressionNode node = (ExpressionNode) node(Schemas.compile(CHAIN), "final");

        assertThat(node.head().reads()).containsExactly(5, 8);
        assertThat(node.expression().variables().stream().map(v -> v.name()))
                .containsExactly("pctr", "mrp");
        assertThat(node.expression().evaluate(List.of(0.5, 100.0))).isEqualTo(1.25);
    }

    @Test
    void digest_followsTheDefinitionAndNotTheRevision() throws InvalidGraphException {
        String digest = Schemas.compile(CHAIN).digest();

        assertThat(digest).hasSize(64).isEqualTo(Schemas.compile(CHAIN).digest());
        assertThat(Schemas.compile(CHAIN.replace("20 ms", "21 ms")).digest()).isNotEqualTo(digest);
        assertThat(Schemas.compile(CHAIN.replace("0.5", "0.6")).digest()).isNotEqualTo(digest);
    }

    @Test
    void sharedNode_isUsedUnderAnyNameWithOwnFieldsOnTop() throws InvalidGraphException {
        String shared =
                """
                nodes:
                  product: {kind: features, entity: product, keys: [product_id], groups: {price: [mrp]}}
                """;
        String graph =
                """
                graph: two
                inputs: {product_id: {row: true}, seed: String}
                nodes:
                  product: {use: product}
                  seed_product: {use: product, prefix: seed_, keys: {product_id: seed}, retries: 2}
                answer: ["product:price:mrp", "seed_product:price:mrp"]
                """;

        GraphPlan plan = Schemas.compile(graph, shared);

        assertThat(plan.columns().stream().map(PlanColumn::name))
                .contains("product:price:mrp", "seed_product:price:mrp");
        assertThat(node(plan, "seed_product").head().policy().retries()).isEqualTo(2);
    }

    @Test
    void explicitAdjacency_isTakenAsWritten() throws InvalidGraphException {
        GraphPlan plan =
                Schemas.compile(
                        CHAIN.replace(
                                "kind: features, entity: user,",
                                "after: [product], kind: features, entity: user,"));

        GraphNode user = node(plan, "user");
        assertThat(user.head().waitsFor()).containsExactly(node(plan, "product").head().position());
    }

    @Test
    void missingDependency_isRefused() {
        assertThat(
                        Schemas.problems(
                                CHAIN.replace("composite-key:", "after: []\n    composite-key:")))
                .singleElement()
                .asString()
                .contains(
                        "component user_category reads column product:attrs:category_id, which product fills");
    }

    static GraphNode node(GraphPlan plan, String name) {
        return plan.nodes().stream()
                .filter(node -> node.head().name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
