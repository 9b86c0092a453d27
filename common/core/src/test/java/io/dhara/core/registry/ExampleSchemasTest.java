package io.dhara.core.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dhara.core.model.DataType;
import io.dhara.core.model.EntitySchema;
import io.dhara.core.model.FeatureGroupSchema;
import io.dhara.core.model.StoreConfig;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The schemas a new user sees first, and what a mistake in them is answered with. */
class ExampleSchemasTest {

    @Test
    void examples_read_areValid() {
        SchemaSnapshot snapshot = Examples.snapshot();

        assertThat(snapshot.entities())
                .containsOnlyKeys("user", "product", "user_category", "restaurant");
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

    @Test
    void examples_rendered_readBackAsTheSame() {
        SchemaSnapshot snapshot = Examples.snapshot();

        SchemaSnapshot again = YamlSchemas.read("rendered", 1, SchemaYaml.files(snapshot, true));

        assertThat(again.entities()).isEqualTo(snapshot.entities());
        assertThat(SnapshotFeed.sameContent(again, snapshot)).isTrue();
    }

    @Test
    void render_withoutTokens_hidesThem() {
        Map<String, String> files = SchemaYaml.files(Examples.snapshot(), false);

        assertThat(files.get("security.yaml")).contains("demo").contains("(hidden)");
        assertThat(files.get("security.yaml")).doesNotContain("demo: demo");
    }

    /** Each mistake is told with its file, line, field and value. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "type: Int64|type: Int46|type of group lifetime must be a data type such as Int32 or"
                        + " FP16Vector: got Int46",
                "store: 1|store: 9|store of group user/lifetime is 9; the stores are [1, 2, 3, 4]",
                "ttl: 365 d|ttl: 514 d|ttl-in-seconds of feature group user/profile must be"
                        + " 0..44323200 (513 days): got 44409600",
                "ttl: 365 d|ttl: 365|ttl of group profile must be a duration such as 100 ms, in one"
                        + " of ns, us, ms, s, min, h, d: got 365",
                "vector-length: 8, default: 0|vector-length: 8, default: [1, 2]|default must be a"
                        + " list of vector-length 8 values, or one value for all: got 2 values"
                        + " (feature taste_8 of version 1 of group taste)",
                "vector-length: 8|vector-len: 8|feature taste_8 of version 1 of group taste has no"
                        + " field vector-len; its fields are [default, name, vector-length]",
                "default: true|default: yes|default must be a value of DataTypeBool: got yes"
                        + " (feature is_new of version 1 of group flags)",
                "default: unknown, string-length: 32|default: unknown, string-length: 6|default"
                        + " unknown has 7 bytes, string-length is 6 (feature city of version 1 of"
                        + " group profile)",
                "id: 4|id: 3|id of group user/taste is 3, which is the id of group flags; take the"
                        + " next free one",
                "column: user_id}|column: uid}|group user/lifetime is kept in store 1 with"
                        + " primary-keys [user_id], but the key columns of entity user are [uid]",
                "segments: [seg_1]|segments: [seg_0]|groups user/lifetime and user/profile both use"
                        + " column seg_0 of table user_features and would overwrite each other; give"
                        + " each entity a table of its own and each group segments of its own",
                "segments: [seg_2]||segments of group user/taste hold 0 bytes (0 of 1024), its"
                        + " longest block has 41; give it [seg_2]"
            })
    void read_oneMistake_isNamedWithItsPlace(String from, String to, String text) {
        String mistake = to == null ? "" : to;
        InvalidSchemasException e =
                catchThrowableOfType(
                        InvalidSchemasException.class,
                        () ->
                                YamlSchemas.read(
                                        "examples",
                                        1,
                                        Examples.edited("user.yaml", from, mistake)));

        assertThat(e.problems().stream().map(SchemaProblem::text)).contains(text);
        assertThat(e.problems())
                .allMatch(problem -> problem.place().matches("user.yaml line \\d+"));
    }

    @Test
    void read_malformedYaml_namesFileAndLine() {
        Map<String, String> files = Examples.files();
        files.put("product.yaml", "entity: product\nkeys: [\n");

        assertThat(
                        catchThrowableOfType(
                                InvalidSchemasException.class,
                                () -> YamlSchemas.read("examples", 1, files)))
                .hasMessageContaining("product.yaml line");
    }

    @Test
    void read_fieldGivenTwice_isRefused() {
        assertThat(
                        catchThrowableOfType(
                                InvalidSchemasException.class,
                                () ->
                                        YamlSchemas.read(
                                                "examples",
                                                1,
                                                Examples.edited(
                                                        "user.yaml",
                                                        "    id: 0",
                                                        "    id: 0\n    id: 9"))))
                .hasMessageContaining("Duplicate field 'id'");
    }
}
