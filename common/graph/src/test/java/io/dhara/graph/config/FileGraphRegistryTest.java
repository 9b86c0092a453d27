package io.dhara.graph.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dhara.graph.GraphPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileGraphRegistryTest {
    private static final String GRAPH =
            """
            graph: NAME
            inputs: {product_id: {row: true}}
            nodes:
              product: {kind: features, entity: product, keys: [product_id], groups: {price: [mrp]}}
            answer: [product_id, "product:price:mrp"]
            """;

    @TempDir Path folder;

    private final FixedSchemas schemas = new FixedSchemas(Schemas.shop());
    private FileGraphRegistry registry;

    @BeforeEach
    void open() throws IOException {
        write("a.yaml", GRAPH.replace("NAME", "a"));
        write("ab.yaml", GRAPH.replace("NAME", "ab"));
        registry =
                FileGraphRegistry.open(folder, Duration.ofMillis(10), schemas, GraphLimits.DEFAULT);
    }

    @AfterEach
    void close() {
        registry.close();
        assertThat(schemas.listeners()).isZero();
    }

    @Test
    void folder_isServedAtOnce() {
        assertThat(registry.plans()).containsOnlyKeys("a", "ab");
        assertThat(registry.problems()).isEmpty();
        assertThat(registry.plan("nobody")).isNull();
    }

    @Test
    void f17_badNewVersion_leavesTheOldPlanAndAllOthersAlone() throws IOException {
        GraphPlan before = registry.plan("a");
        write("a.yaml", GRAPH.replace("NAME", "a").replace("mrp]", "colour]"));
        write(
                "ab.yaml",
                GRAPH.replace("NAME", "ab").replace("price: [mrp]", "price: [mrp], text: [title]"));

        await().until(() -> registry.plan("ab").columns().size() == 3);

        assertThat(registry.plan("a")).isSameAs(before);
        assertThat(registry.problems()).containsOnlyKeys("a");
        assertThat(registry.problems().get("a")).contains("component product").contains("colour");
    }

    @Test
    void f17_fileThatIsNoYamlAnyMore_isNotTakenForOneThatIsGone() throws IOException {
        write("a.yaml", "graph: [");

        await().until(() -> registry.problems().containsKey("a"));

        assertThat(registry.plans()).containsOnlyKeys("a", "ab");
    }

    @Test
    void correctedDefinition_isTakenAndItsProblemForgotten() throws IOException {
        write("a.yaml", "graph: a");
        await().until(() -> !registry.problems().isEmpty());
        write("a.yaml", GRAPH.replace("NAME", "a").replace("inputs", "version: 2\ninputs"));

        await().until(() -> registry.plan("a").version() == 2);

        assertThat(registry.problems()).isEmpty();
    }

    @Test
    void deletedFile_dropsItsGraphOnly() throws IOException {
        Files.delete(folder.resolve("a.yaml"));

        await().until(() -> registry.plan("a") == null);

        assertThat(registry.plans()).containsOnlyKeys("ab");
    }

    @Test
    void f16_idsAreComparedExactly() throws IOException {
        write("A-B.yaml", GRAPH.replace("NAME", "A-B"));

        await().until(() -> registry.plan("A-B") != null);

        assertThat(registry.plans()).containsOnlyKeys("a", "ab", "A-B");
        assertThat(registry.plan("A-B")).isNotSameAs(registry.plan("ab"));
    }

    @Test
    void schemaThatNoLongerFits_leavesTheLastGoodPlan() {
        GraphPlan before = registry.plan("a");

        schemas.change(Schemas.without("product", "price"));

        await().until(() -> registry.problems().size() == 2);
        assertThat(registry.plan("a")).isSameAs(before);
        schemas.change(Schemas.shop());
        await().until(() -> registry.problems().isEmpty());
    }

    @Test
    void f19_graphWithACycle_isNeverInForce() throws IOException {
        write(
                "c.yaml",
                """
                graph: c
                inputs: {product_id: {row: true}}
                nodes:
                  x: {kind: expression, expression: y + 1}
                  y: {kind: expression, expression: x + 1}
                answer: [x]
                """);

        await().until(() -> registry.problems().containsKey("c"));

        assertThat(registry.plan("c")).isNull();
        assertThat(registry.problems().get("c")).contains("x waits for y waits for x");
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text);
    }
}
