package io.dhara.serving.persist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.core.registry.YamlSchemas;
import io.dhara.proto.persist.Data;
import io.dhara.proto.persist.FeatureGroupSchema;
import io.dhara.proto.persist.FeatureValues;
import io.dhara.proto.persist.Query;
import io.dhara.serving.grpc.ServingException;
import io.dhara.serving.grpc.ServingException.Kind;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class PersistCheckTest {
    private static final Path FOLDER = Path.of("src/test/resources/schemas");
    private static final SchemaSnapshot SCHEMAS =
            YamlSchemas.read(FOLDER.toString(), 1, YamlSchemas.readFolder(FOLDER));

    static Query.Builder oneRow() {
        return Query.newBuilder()
                .setEntityLabel("user")
                .addAllKeysSchema(List.of("user_id", "region"))
                .addFeatureGroupSchema(
                        FeatureGroupSchema.newBuilder().setLabel("fp").addFeatureLabels("f1"))
                .addData(
                        Data.newBuilder()
                                .addAllKeyValues(List.of("u1", "eu"))
                                .addFeatureValues(FeatureValues.getDefaultInstance()));
    }

    private static ServingException refusal(Query.Builder query) {
        return catchThrowableOfType(
                ServingException.class, () -> PersistCheck.check(query.build(), SCHEMAS, 2));
    }

    @Test
    void check_fittingQuery_givesItsEntity() {
        assertThat(PersistCheck.check(oneRow().build(), SCHEMAS, 2).label()).isEqualTo("user");
    }

    @Test
    void check_unknownGroup_isRefusedInThePeersWords() {
        ServingException refusal =
                refusal(
                        oneRow().addFeatureGroupSchema(
                                        FeatureGroupSchema.newBuilder().setLabel("nope")));

        assertThat(refusal.kind()).isEqualTo(Kind.NOT_FOUND);
        assertThat(refusal).hasMessage("feature group nope not found for entity : user");
    }

    @Test
    void check_unknownEntity_isNotFound() {
        ServingException refusal = refusal(oneRow().setEntityLabel("nobody"));

        assertThat(refusal.kind()).isEqualTo(Kind.NOT_FOUND);
        assertThat(refusal).hasMessageContaining("nobody");
    }

    @Test
    void check_partsThatDoNotFit_areNamedWithTheirCounts() {
        assertThat(refusal(oneRow().clearData())).hasMessageContaining("data is empty");
        assertThat(refusal(oneRow().clearFeatureGroupSchema()))
                .hasMessageContaining("feature_group_schema is empty");
        assertThat(refusal(oneRow().addKeysSchema("third")))
                .hasMessage("data[0].key_values has 2 values, keys_schema names 3");
        assertThat(
                        refusal(
                                oneRow().addFeatureGroupSchema(
                                                FeatureGroupSchema.newBuilder()
                                                        .setLabel("clicks"))))
                .hasMessage(
                        "data[0].feature_values has 1 elements, feature_group_schema names 2"
                                + " groups");
        Data row = oneRow().getData(0);
        assertThat(refusal(oneRow().addData(row).addData(row)))
                .hasMessageContaining("data has 3 rows, the limit is 2");
    }
}
