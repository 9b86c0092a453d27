package io.dhara.core.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.model.DataType;
import io.dhara.core.model.EntitySchema;
import io.dhara.core.model.FeatureGroupSchema;
import io.dhara.core.model.StoreConfig;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The schemas a new user sees first. */
class ExampleSchemasTest {
    private static final Path EXAMPLES = Path.of("../../examples/schemas");

    @Test
    void examples_read_areValid() {
        SchemaSnapshot snapshot = YamlSchemas.read("examples", 1, YamlSchemas.readFolder(EXAMPLES));

        assertThat(snapshot.entities()).containsOnlyKeys("user", "product", "user_category");
        assertThat(snapshot.stores()).hasSize(4);
        assertThat(snapshot.readerTokens()).containsEntry("demo", "demo");
        EntitySchema user = snapshot.entities().get("user");
        FeatureGroupSchema activity = user.groups().get("activity");
        assertThat(activity.activeVersion()).isEqualTo(2);
        assertThat(activity.versions()).containsOnlyKeys(1, 2);
        assertThat(activity.ttl()).isEqualTo(Duration.ofDays(30));
        assertThat(snapshot.storeOf(activity).kind()).isEqualTo(StoreConfig.Kind.REDIS);
        FeatureGroupSchema taste = user.groups().get("taste");
        assertThat(taste.dataType()).isEqualTo(DataType.FP32_VECTOR);
        assertThat(taste.active().features().get(0).defaultBytes()).hasSize(32);
        assertThat(snapshot.entities().get("user_category").keyIndex("category_id")).isEqualTo(1);
    }
}
