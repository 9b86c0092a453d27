package io.dhara.realtime.domain.definition;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.dhara.core.model.DataType;
import io.dhara.core.model.EntitySchema;
import io.dhara.core.model.FeatureGroupSchema;
import io.dhara.core.model.FeatureSpec;
import io.dhara.core.model.SchemaVersion;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.core.registry.YamlSchemas;
import io.dhara.realtime.domain.event.FieldType;
import io.dhara.realtime.domain.tile.TileSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FeatureDefinitionsTest {
    private static final Path ROOT = Path.of("../..");
    private static final Path SCHEMA = ROOT.resolve("docs/formats/feature-definition.schema.json");

    static FeaturePlan example(String name) throws Exception {
        return FeatureDefinitions.read(name, text(name));
    }

    static String text(String name) throws IOException {
        return Files.readString(ROOT.resolve("examples/features").resolve(name));
    }

    @Test
    void kitchen_isCompiledToTwoGroups() throws Exception {
        FeaturePlan plan = example("kitchen.yaml");
        assertThat(plan.name()).isEqualTo("kitchen-load");
        assertThat(plan.sources()).hasSize(1);
        assertThat(plan.sources().get(0).outOfOrderness()).isEqualTo(Duration.ofSeconds(5));
        GroupPlan orders = plan.groups().get(0);
        assertThat(orders.name()).isEqualTo("restaurant/kitchen_orders");
        assertThat(orders.source()).isEqualTo("orders");
        assertThat(orders.keyColumns()).containsExactly("restaurant_id");
        assertThat(orders.features())
                .extracting(PlannedFeature::name)
                .containsExactly("running_orders", "orders_5m", "orders_30m", "orders_1h");
        assertThat(orders.layout().columns()).as("one history for three windows").hasSize(1);
        assertThat(orders.layout().columns().get(0).windows())
                .extracting(window -> window.tail())
                .containsExactly(TileSize.S1, TileSize.S10, TileSize.M1);
        GroupPlan times = plan.groups().get(1);
        assertThat(times.source()).isEmpty();
        assertThat(times.select()).contains("FROM orders");
        assertThat(times.columns())
                .containsExactly(
                        Map.entry("restaurant_id", FieldType.STRING),
                        Map.entry("seconds", FieldType.DOUBLE),
                        Map.entry("amount", FieldType.DOUBLE));
    }

    @Test
    void sumAndMean_ofOneColumn_shareState() throws Exception {
        String text =
                text("kitchen.yaml").replace("aggregate: sum", "aggregate: mean")
                        + "      - name: total_{window}\n"
                        + "        aggregate: sum\n"
                        + "        of: amount\n"
                        + "        windows: [6 h]\n";
        GroupPlan times = FeatureDefinitions.read("kitchen.yaml", text).groups().get(1);
        assertThat(times.layout().columns())
                .filteredOn(column -> column.identity().equals("amount"))
                .singleElement()
                .satisfies(column -> assertThat(column.windows()).hasSize(3));
    }

    @ParameterizedTest
    @ValueSource(strings = {"kitchen.yaml", "shop.yaml"})
    void examples_areValidByThePublishedSchema(String name) throws Exception {
        example(name);
        assertThat(schema().validate(json(text(name)))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "format-unknown", "topic-missing", "aggregate-unknown", "parameter-of-another",
                "unknown-field", "k-missing", "gauge-without-closes", "field-type"
            })
    void badFiles_areInvalidByThePublishedSchema(String name) throws Exception {
        String text =
                Files.readString(Path.of("src/test/resources/definitions/bad", name + ".yaml"));
        assertThat(schema().validate(json(text))).isNotEmpty();
    }

    @Test
    void publishedSchema_namesEveryAggregate() throws Exception {
        JsonNode names =
                new ObjectMapper()
                        .readTree(Files.readString(SCHEMA))
                        .at("/$defs/feature/properties/aggregate/enum");
        assertThat(names).extracting(JsonNode::asText).isEqualTo(AggregateKind.texts());
    }

    private static JsonSchema schema() throws IOException {
        return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                .getSchema(Files.readString(SCHEMA));
    }

    private static JsonNode json(String yaml) throws IOException {
        return new YAMLMapper().readTree(yaml);
    }

    @ParameterizedTest
    @ValueSource(strings = {"kitchen.yaml", "shop.yaml"})
    void examples_fitTheGroupsOfTheExampleSchemas(String name) throws Exception {
        Path folder = ROOT.resolve("examples/schemas");
        SchemaSnapshot schemas = YamlSchemas.read("examples", 1, YamlSchemas.readFolder(folder));
        for (GroupPlan group : example(name).groups()) {
            EntitySchema entity = schemas.entities().get(group.entity());
            assertThat(entity).as(group.name()).isNotNull();
            FeatureGroupSchema schema = entity.groups().get(group.group());
            assertThat(schema).as(group.name()).isNotNull();
            assertThat(group.misfits(schema)).as(group.name()).isEmpty();
            assertThat(schema.active().features())
                    .as("nothing of %s is left at its default for ever", group.name())
                    .hasSameSizeAs(group.features());
        }
    }

    @Test
    void misfits_nameWhatTheGroupCannotHold() throws Exception {
        GroupPlan plan = example("shop.yaml").groups().get(1);
        assertThat(plan.misfits(group(DataType.INT64_VECTOR, "last_items", 10))).isEmpty();
        assertThat(plan.misfits(group(DataType.INT64_VECTOR, "last_items", 5)))
                .singleElement()
                .asString()
                .contains("has 10 elements, its vector-length is 5");
        assertThat(plan.misfits(group(DataType.STRING_VECTOR, "last_items", 10)))
                .singleElement()
                .asString()
                .contains("cannot hold");
        assertThat(plan.misfits(group(DataType.INT64_VECTOR, "items", 10)))
                .singleElement()
                .asString()
                .contains("is not in version 1 of the group");
    }

    private static FeatureGroupSchema group(DataType type, String feature, int length) {
        FeatureSpec spec = new FeatureSpec(feature, 0, new byte[0], 0, length);
        return new FeatureGroupSchema(
                "user",
                "user_recent",
                7,
                "1",
                type,
                Duration.ofDays(7),
                "",
                false,
                false,
                1,
                1,
                List.of(),
                Map.of(1, new SchemaVersion(1, List.of(spec))));
    }
}
