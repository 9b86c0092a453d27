package io.dhara.serving.feature;

import static io.dhara.serving.feature.TestSchemas.feature;
import static io.dhara.serving.feature.TestSchemas.hex;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dhara.core.model.DataType;
import io.dhara.core.model.FeatureSpec;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.serving.feature.ReadPlan.Column;
import io.dhara.serving.feature.ReadPlan.Group;
import io.dhara.serving.feature.ReadPlan.Selection;
import io.dhara.serving.grpc.ServingException;
import io.dhara.serving.grpc.ServingException.Kind;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReadPlannerTest {
    private final SchemaSnapshot snapshot = TestSchemas.user().withAllShapes().snapshot();

    @Test
    void plan_severalGroups_numbersColumnsOverTheWholeRequest() {
        ReadPlan plan = plan(Dialect.COMPATIBLE, ask("profile", "city"), ask("fp", "f2", "f1"));

        assertThat(plan.columns()).extracting(Column::label).containsExactly("city", "f2", "f1");
        assertThat(plan.columns()).extracting(Column::index).containsExactly(0, 1, 2);
        assertThat(plan.selections()).extracting(Selection::asked).containsExactly("profile", "fp");
    }

    @Test
    void plan_groupsOfTwoStores_isSplitPerStore() {
        ReadPlan plan =
                plan(
                        Dialect.COMPATIBLE,
                        ask("flags", "on"),
                        ask("fp", "f1"),
                        ask("bits", "b"),
                        ask("n", "i"));

        assertThat(plan.stores()).extracting(store -> store.store().id()).containsExactly("2", "1");
        assertThat(plan.stores().get(0).groups())
                .extracting(group -> group.schema().label())
                .containsExactly("flags", "bits");
    }

    @Test
    void plan_groupAskedTwice_isFetchedOnce() {
        ReadPlan plan = plan(Dialect.COMPATIBLE, ask("fp", "f1"), ask("fp", "f2"));

        assertThat(plan.groups()).extracting(Group::index).containsExactly(0);
        assertThat(plan.selections()).hasSize(2);
        assertThat(plan.columns()).hasSize(2);
    }

    @Test
    void plan_typeAfterAt_isAnsweredInThatTypeUnderTheBareLabel() {
        Column column = plan(Dialect.COMPATIBLE, ask("fp", "f1@DataTypeFP16")).columns().get(0);

        assertThat(column.label()).isEqualTo("f1");
        assertThat(column.answered()).isEqualTo(DataType.FP16);
        assertThat(column.width()).isEqualTo(2);
    }

    @Test
    void b25_defaultOfQuantisedColumn_isQuantisedToo() {
        Column column = plan(Dialect.COMPATIBLE, ask("fp", "f1@DataTypeFP16")).columns().get(0);

        assertThat(column.etcdDefault()).isEqualTo(hex("0038"));
        assertThat(column.blockDefault()).isEqualTo(hex("0038"));
    }

    @Test
    void plan_defaultsOfBoolsAndStringVectors_existInBothForms() {
        ReadPlan plan = plan(Dialect.COMPATIBLE, ask("flags", "on"), ask("tags", "t"));

        assertThat(plan.columns().get(0).etcdDefault()).isEqualTo(hex("80"));
        assertThat(plan.columns().get(0).blockDefault()).isEqualTo(hex("01"));
        assertThat(plan.columns().get(1).etcdDefault())
                .isEqualTo(hex("00000000000000000000" + "0161" + "026262"));
        assertThat(plan.columns().get(1).blockDefault()).isEqualTo(hex("01000200616262"));
    }

    @Test
    void plan_labelWithTwoAts_isAFeatureName() {
        assertRefused(
                Dialect.COMPATIBLE,
                ask("fp", "f1@DataTypeFP16@x"),
                Kind.NOT_FOUND,
                "feature f1@DataTypeFP16@x not found");
        assertRefused(Dialect.COMPATIBLE, ask("fp", "f1@"), Kind.NOT_FOUND, "feature f1@ not");
    }

    @Test
    void plan_unknownNames_areNotFound() {
        assertThatThrownBy(() -> ReadPlanner.plan(snapshot, "usr", List.of(), Dialect.COMPATIBLE))
                .isInstanceOf(ServingException.class)
                .hasMessage("entity usr not found");
        assertRefused(
                Dialect.COMPATIBLE,
                ask("fq", "f1"),
                Kind.NOT_FOUND,
                "feature group fq not found for entity : user");
        assertRefused(
                Dialect.COMPATIBLE,
                ask("fp", "f9"),
                Kind.NOT_FOUND,
                "feature f9 not found in version 2 of feature group fp");
    }

    @Test
    void plan_badTypes_areRefused() {
        assertRefused(
                Dialect.DHARA,
                ask("fp", "f1@Float16"),
                Kind.INVALID,
                "unknown data type Float16 in feature label f1@Float16");
        assertRefused(
                Dialect.DHARA,
                ask("fp", "f1@DataTypeFP32"),
                Kind.FAILED_PRECONDITION,
                "cannot quantise from DataTypeFP32 to DataTypeFP32");
        assertRefused(
                Dialect.DHARA,
                ask("n", "i@DataTypeFP16"),
                Kind.FAILED_PRECONDITION,
                "cannot quantise from DataTypeInt64");
    }

    @Test
    void plan_pinnedVersion_answersThatVersionsFeatures() {
        ReadPlan plan = plan(Dialect.DHARA, ask("fp@v1"));

        assertThat(plan.columns()).extracting(Column::label).containsExactly("f1");
        assertThat(plan.selections().get(0).version().version()).isEqualTo(1);
        assertThat(plan.selections().get(0).asked()).isEqualTo("fp@v1");
    }

    @Test
    void plan_unknownPinnedVersion_namesTheKnownOnes() {
        assertRefused(
                Dialect.DHARA,
                ask("fp@v3"),
                Kind.NOT_FOUND,
                "version 3 of feature group fp not found: its versions are [1, 2]");
    }

    @Test
    void plan_pinInCompatibleCall_isAnUnknownGroup() {
        assertRefused(
                Dialect.COMPATIBLE,
                ask("fp@v1", "f1"),
                Kind.NOT_FOUND,
                "feature group fp@v1 not found for entity : user");
    }

    @Test
    void plan_noFeatures_isAllOfTheVersionOnlyInTheDharaCall() {
        assertThat(plan(Dialect.DHARA, ask("fp")).columns())
                .extracting(Column::label)
                .containsExactly("f1", "f2");
        assertThat(plan(Dialect.COMPATIBLE, ask("fp")).columns()).isEmpty();
    }

    @Test
    void sequencesIn_otherVersion_marksWhatItLacks() {
        Selection selection = plan(Dialect.DHARA, ask("fp", "f2", "f1")).selections().get(0);

        assertThat(selection.sequencesIn(selection.version())).containsExactly(1, 0);
        assertThat(selection.sequencesIn(snapshot.entity("user").group("fp").version(1)))
                .containsExactly(-1, 0);
    }

    @Test
    void sequencesIn_vectorOfOtherLength_isLackingWhereCellsHaveOneWidth() {
        SchemaSnapshot changed =
                TestSchemas.user()
                        .group(
                                "emb",
                                5,
                                TestSchemas.REDIS,
                                DataType.FP32_VECTOR,
                                Duration.ZERO,
                                false)
                        .version(1, new FeatureSpec("e", 0, new byte[8], 0, 2))
                        .version(2, new FeatureSpec("e", 0, new byte[12], 0, 3))
                        .done()
                        .snapshot();
        var v1 = changed.entity("user").group("emb").version(1);

        for (Dialect dialect : Dialect.values()) {
            Selection selection =
                    ReadPlanner.plan(changed, "user", List.of(ask("emb", "e")), dialect)
                            .selections()
                            .get(0);
            assertThat(selection.sequencesIn(v1))
                    .containsExactly(dialect == Dialect.DHARA ? -1 : 0);
        }
    }

    @Test
    void plan_featureWithoutDefault_isRefusedAsThePeerDoesAndZeroInTheDharaCall() {
        SchemaSnapshot bare =
                TestSchemas.user()
                        .group("n", 6, TestSchemas.SCYLLA, DataType.INT64, Duration.ZERO, false)
                        .version(1, feature("i", 0, ""))
                        .done()
                        .snapshot();

        assertThatThrownBy(
                        () ->
                                ReadPlanner.plan(
                                        bare, "user", List.of(ask("n", "i")), Dialect.COMPATIBLE))
                .hasMessageContaining("no default value for feature i of feature group n");
        assertThat(
                        ReadPlanner.plan(bare, "user", List.of(ask("n", "i")), Dialect.DHARA)
                                .columns()
                                .get(0)
                                .blockDefault())
                .isEqualTo(new byte[8]);
    }

    private ReadPlan plan(Dialect dialect, GroupRequest... groups) {
        return ReadPlanner.plan(snapshot, "user", List.of(groups), dialect);
    }

    private void assertRefused(Dialect dialect, GroupRequest group, Kind kind, String messagePart) {
        assertThatThrownBy(() -> plan(dialect, group))
                .isInstanceOfSatisfying(
                        ServingException.class, e -> assertThat(e.kind()).isEqualTo(kind))
                .hasMessageContaining(messagePart);
    }

    private static GroupRequest ask(String label, String... features) {
        return new GroupRequest(label, List.of(features));
    }
}
