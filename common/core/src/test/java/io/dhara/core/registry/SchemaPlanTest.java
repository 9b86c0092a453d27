package io.dhara.core.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchemaPlanTest {
    private static final String FAVS = "          - {name: favs_1d, default: 0}\n";

    private static SchemaPlan plan(Map<String, String> files) {
        return SchemaPlan.between(Examples.snapshot(), Examples.parsed(files), false);
    }

    @Test
    void same_hasNoChanges() {
        assertThat(plan(Examples.files()).changes()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "type: Int64|type: Uint64|data type DataTypeInt64 -> DataTypeUint64",
                "string-length: 32|string-length: 31|string-length of feature city of version 1 32"
                        + " -> 31",
                "vector-length: 8|vector-length: 9|vector-length of feature taste_8 of version 1 8"
                        + " -> 9",
                "id: 4|id: 5|id 4 -> 5",
                "store: 1|store: 2|store 1 -> 2",
                "job: feature-ingest|layout: 2|layout 1 -> 2",
                "segments: [seg_2]|segments: [seg_9]|segments removed: [seg_2]",
                "active-version: 2|active-version: 1|active version 2 -> 1",
                "name: city|name: town|features of version 1 [city, language, segment] -> [town,"
                        + " language, segment]",
                "column: user_id|column: uid|keys [KeyColumn[sequence=0, entityLabel=user_id,"
                        + " columnLabel=user_id]] -> [KeyColumn[sequence=0, entityLabel=user_id,"
                        + " columnLabel=uid]]"
            })
    void change_thatStoredBlocksDoNotSurvive_isRefusedWithReasonAndRemedy(
            String from, String to, String text) {
        SchemaPlan plan = plan(Examples.edited("user.yaml", from, to));

        assertThat(plan.isSafe()).isFalse();
        assertThat(plan.refused()).anyMatch(change -> change.text().equals(text));
        assertThat(plan.refused())
                .allMatch(change -> !change.reason().isEmpty() && !change.remedy().isEmpty());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ttl: 365 d|ttl: 30 d|ttl 31536000 s -> 2592000 s",
                "string-length: 32|string-length: 64|string-length of feature city of version 1 32"
                        + " -> 64",
                "default: unknown|default: nowhere|default of feature city of version 1 unknown ->"
                        + " nowhere",
                "segments: [seg_2]|segments: [seg_2, seg_9]|segments added: [seg_9]",
                "ttl: 60 s|ttl: 61 s|cache settings changed"
            })
    void change_thatStoredBlocksSurvive_isSafe(String from, String to, String text) {
        SchemaPlan plan = plan(Examples.edited("user.yaml", from, to));

        assertThat(plan.isSafe()).isTrue();
        assertThat(plan.changes()).singleElement().matches(change -> change.text().equals(text));
    }

    /** Deleting a feature means that those after it move up: only ever in a new version. */
    @Test
    void b49_resequencingInPlace_isRefused() {
        SchemaPlan plan =
                plan(
                        Examples.edited(
                                "user.yaml",
                                "          - {name: language, default: en, string-length: 8}\n",
                                ""));

        assertThat(plan.refused())
                .singleElement()
                .asString()
                .contains("features of version 1 [city, language, segment] -> [city, segment]")
                .contains("instead: add a version that has it and make that active");
    }

    @Test
    void b51_newVersionWithFewerFeatures_isSafe() {
        SchemaPlan plan =
                plan(
                        Examples.edited(
                                "user.yaml",
                                "          - {name: favs_1d, default: 0}\n",
                                FAVS
                                        + "      3:\n        features:\n"
                                        + "          - {name: views_1d, default: 0}\n"));

        assertThat(plan.isSafe()).isTrue();
        assertThat(plan.summary()).contains("version 3 added: [views_1d]");
    }

    @Test
    void version_removed_isRefusedUnlessAllowed() {
        Map<String, String> files = Examples.files();
        String user = files.get("user.yaml");
        int from = user.indexOf("      1:\n");
        files.put(
                "user.yaml", user.substring(0, from) + user.substring(user.indexOf("      2:\n")));

        assertThat(plan(files).refused())
                .singleElement()
                .asString()
                .contains("version 1 removed; blocks of that version may be stored");
        assertThat(SchemaPlan.between(Examples.snapshot(), Examples.parsed(files), true).isSafe())
                .isTrue();
    }

    @Test
    void entity_removed_isRefusedUnlessAllowed() {
        Map<String, String> files = Examples.files();
        files.remove("product.yaml");

        assertThat(plan(files).refused()).hasSize(1);
        assertThat(SchemaPlan.between(Examples.snapshot(), Examples.parsed(files), true).isSafe())
                .isTrue();
    }

    @Test
    void store_movedWhileInUse_isRefused() {
        assertThat(
                        plan(Examples.edited("stores.yaml", "user_features", "user_features_2"))
                                .refused())
                .singleElement()
                .asString()
                .contains("store 1")
                .contains("stay in the old place");
    }

    /** Readers hold a snapshot while the next one is made: nothing of it can change under them. */
    @Test
    void b46_b53_snapshotInForce_cannotBeChanged() {
        SchemaSnapshot snapshot = Examples.snapshot();
        SchemaSnapshot wanted =
                Examples.parsed(Examples.edited("user.yaml", "    segments: [seg_2]\n", ""));

        SchemaPlan.between(snapshot, SegmentAllocator.complete(snapshot, wanted), false);

        assertThat(snapshot).isEqualTo(Examples.snapshot());
        assertThatThrownBy(() -> snapshot.entities().clear())
                .isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> snapshot.stores().clear())
                .isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> snapshot.readerTokens().clear())
                .isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> snapshot.entities().get("user").groups().clear())
                .isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(
                        () ->
                                snapshot.entities()
                                        .get("user")
                                        .groups()
                                        .get("taste")
                                        .versions()
                                        .clear())
                .isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void plan_neverShowsTokens() {
        SchemaPlan plan = plan(Examples.edited("security.yaml", "demo: demo", "demo: s3cret"));

        assertThat(plan.summary()).isEqualTo("reader demo token changed");
    }

    @Test
    void fromNothing_everythingIsAdded() {
        SchemaPlan plan = SchemaPlan.between(SchemaSnapshot.EMPTY, Examples.snapshot(), false);

        assertThat(plan.isSafe()).isTrue();
        assertThat(plan.changes()).hasSize(4 + 4 + 2);
    }
}
