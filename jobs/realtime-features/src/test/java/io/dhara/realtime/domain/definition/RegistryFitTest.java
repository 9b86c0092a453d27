package io.dhara.realtime.domain.definition;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.core.registry.YamlSchemas;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RegistryFitTest {
    private static final Path FOLDER = Path.of("../../examples/schemas");

    private static SchemaSnapshot schemas(String file, String from, String to) {
        Map<String, String> files = new TreeMap<>(YamlSchemas.readFolder(FOLDER));
        assertThat(files.get(file)).contains(from);
        files.computeIfPresent(file, (name, text) -> text.replace(from, to));
        return YamlSchemas.read("examples", 1, files);
    }

    private static SchemaSnapshot without(String file) {
        Map<String, String> files = new TreeMap<>(YamlSchemas.readFolder(FOLDER));
        files.remove(file);
        return YamlSchemas.read("examples", 1, files);
    }

    @Test
    void missingEntity_isNamedOncePerGroupWithItsRemedy() throws Exception {
        FeaturePlan plan = FeatureDefinitionsTest.example("kitchen.yaml");
        assertThat(RegistryFit.misfits(plan, without("restaurant.yaml"), ""))
                .hasSize(2)
                .allSatisfy(
                        misfit ->
                                assertThat(misfit)
                                        .startsWith("entity restaurant is not in the registry")
                                        .contains("./dhara registry apply"));
    }

    @Test
    void shadowGroups_areLookedUpUnderTheirOwnLabels() throws Exception {
        FeaturePlan plan = FeatureDefinitionsTest.example("kitchen.yaml");
        assertThat(RegistryFit.misfits(plan, without("user.yaml"), "")).isEmpty();
        assertThat(RegistryFit.misfits(plan, without("user.yaml"), "_next"))
                .hasSize(2)
                .first()
                .asString()
                .contains("group restaurant/kitchen_orders_next is not in the registry");
    }

    @Test
    void keyOfOtherLength_isAMisfit() throws Exception {
        String text =
                FeatureDefinitionsTest.text("kitchen.yaml")
                        .replace("key: [restaurant_id]", "key: [restaurant_id, status]");
        assertThat(text).contains("status]");
        FeaturePlan plan =
                FeatureDefinitions.read(
                        "kitchen.yaml",
                        text.replace(
                                "columns: {restaurant_id: string,",
                                "columns: {restaurant_id: string, status: string,"));
        assertThat(RegistryFit.misfits(plan, without("user.yaml"), ""))
                .first()
                .asString()
                .isEqualTo(
                        "key [restaurant_id, status] of restaurant/kitchen_orders must have the 1"
                                + " parts of the entity, [restaurant_id]");
    }

    @Test
    void ttlBelowTheLongestWindow_isWarnedOf() throws Exception {
        FeaturePlan plan = FeatureDefinitionsTest.example("kitchen.yaml");
        assertThat(RegistryFit.shortLives(plan, without("user.yaml"), "")).isEmpty();
        assertThat(
                        RegistryFit.shortLives(
                                plan, schemas("restaurant.yaml", "ttl: 1 d", "ttl: 2 h"), ""))
                .singleElement()
                .asString()
                .contains("live 2 h, shorter than its longest window of 4 h");
    }
}
