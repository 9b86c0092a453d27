package io.dhara.stores.write.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dhara.core.registry.InvalidSchemasException;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.core.registry.YamlSchemas;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SchemaApplierTest {
    private static final Clock CLOCK =
            Clock.fixed(Instant.parse("2026-03-01T12:34:56Z"), ZoneOffset.UTC);

    @TempDir Path folder;

    private final List<String> steps = new ArrayList<>();
    private final TableMaker tables =
            (snapshot, confId) -> {
                steps.add("tables of connection " + confId);
                return List.of("ALTER TABLE t ADD seg");
            };

    /** Remembers the order of what is done to it; allocates segments as etcd does. */
    private final class RecordingTarget implements SchemaTarget {
        private SchemaSnapshot snapshot = Schemas.examples();
        private final List<HistoryEntry> entries = new ArrayList<>();

        @Override
        public SchemaSnapshot current() {
            return snapshot;
        }

        @Override
        public boolean allocatesSegments() {
            return true;
        }

        @Override
        public void write(SchemaSnapshot desired, HistoryEntry entry) {
            steps.add("schemas");
            snapshot = desired;
            entries.add(entry);
        }

        @Override
        public List<HistoryEntry> history() {
            return entries;
        }

        @Override
        public void close() {}
    }

    @Test
    void b52_newColumn_isMadeBeforeTheSchemasNameIt() throws Exception {
        RecordingTarget target = new RecordingTarget();
        SchemaApplier applier = new SchemaApplier(target, tables, CLOCK);
        Map<String, String> files = Schemas.edited("    segments: [seg_2]\n", "");

        SchemaApplier.Applied applied =
                applier.apply(Schemas.parse(withNewVersionOfTaste(files)), false);

        assertThat(steps).containsExactly("tables of connection 1", "schemas");
        assertThat(applied.statements()).containsExactly("ALTER TABLE t ADD seg");
        assertThat(applied.number()).isEqualTo(1);
        assertThat(target.snapshot.entities().get("user").groups().get("taste").columns())
                .containsExactly("seg_2", "seg_3");
        assertThat(target.entries)
                .singleElement()
                .satisfies(
                        entry -> {
                            assertThat(entry.time()).isEqualTo(CLOCK.instant());
                            assertThat(entry.summary())
                                    .contains("group user/taste segments added: [seg_3]");
                        });
    }

    /** 9 + 4 * (8 + 400) bytes: one segment more. */
    private static Map<String, String> withNewVersionOfTaste(Map<String, String> files) {
        files.computeIfPresent(
                "user.yaml",
                (name, text) ->
                        text.replace(
                                "          - {name: taste_8, vector-length: 8, default: 0}\n",
                                "          - {name: taste_8, vector-length: 8, default: 0}\n"
                                        + "      2:\n        features:\n"
                                        + "          - {name: taste_8, vector-length: 8, default: 0}\n"
                                        + "          - {name: t_400, vector-length: 400, default: 0}\n"));
        return files;
    }

    @Test
    void apply_refusedChange_writesNothing() {
        SchemaApplier applier = new SchemaApplier(new RecordingTarget(), tables, CLOCK);

        assertThatThrownBy(
                        () ->
                                applier.apply(
                                        Schemas.parse(
                                                Schemas.edited(
                                                        "string-length: 32", "string-length: 31")),
                                        false))
                .isInstanceOf(UnsafeSchemaChangeException.class)
                .hasMessageContaining("string-length of feature city of version 1 32 -> 31")
                .hasMessageContaining("instead: add a version");
        assertThat(steps).isEmpty();
    }

    @Test
    void apply_invalidSchemas_writesNothing() {
        SchemaApplier applier = new SchemaApplier(new RecordingTarget(), tables, CLOCK);

        assertThatThrownBy(
                        () ->
                                applier.apply(
                                        Schemas.parse(Schemas.edited("store: 1", "store: 9")),
                                        false))
                .isInstanceOf(InvalidSchemasException.class)
                .hasMessageContaining("store of group user/lifetime is 9");
        assertThat(steps).isEmpty();
    }

    @Test
    void apply_nothingChanged_onlyMakesMissingTables() throws Exception {
        RecordingTarget target = new RecordingTarget();

        SchemaApplier.Applied applied =
                new SchemaApplier(target, tables, CLOCK).apply(Schemas.examples(), false);

        assertThat(applied.number()).isZero();
        assertThat(steps).containsExactly("tables of connection 1");
        assertThat(target.entries).isEmpty();
    }

    @Test
    void folder_applied_holdsTheUsersFilesAndTheHistory() throws Exception {
        Path target = folder.resolve("schemas");
        apply(target, Schemas.files());
        apply(target, Schemas.edited("ttl: 365 d", "ttl: 30 d"));

        assertThat(YamlSchemas.readFolder(target))
                .isEqualTo(Schemas.edited("ttl: 365 d", "ttl: 30 d"));
        FolderTarget read = new FolderTarget(target, Map.of());
        assertThat(read.history())
                .extracting(HistoryEntry::number, HistoryEntry::time)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(1L, CLOCK.instant()),
                        org.assertj.core.groups.Tuple.tuple(2L, CLOCK.instant()));
        assertThat(read.history().get(1).summary())
                .isEqualTo("group user/profile ttl 31536000 s -> 2592000 s");
        assertThat(target.resolve(".history/00000002/user.yaml"))
                .hasContent(Schemas.files().get("user.yaml"));
    }

    @Test
    void folder_openSegments_areRefusedWithTheNamesToWrite() {
        assertThatThrownBy(
                        () ->
                                apply(
                                        folder.resolve("schemas"),
                                        Schemas.edited("    segments: [seg_2]\n", "")))
                .isInstanceOf(InvalidSchemasException.class)
                .hasMessageContaining("give it [seg_2]");
    }

    @Test
    void folder_changedByAnother_isRefused() throws Exception {
        Path target = folder.resolve("schemas");
        apply(target, Schemas.files());
        FolderTarget stale = new FolderTarget(target, Schemas.edited("ttl: 365 d", "ttl: 30 d"));
        stale.current();
        Files.writeString(target.resolve("security.yaml"), "readers: {}\n");

        assertThatThrownBy(
                        () ->
                                stale.write(
                                        Schemas.examples(),
                                        new HistoryEntry(2, 1, CLOCK.instant(), "x")))
                .isInstanceOf(SchemasChangedException.class);
        assertThat(Files.readString(target.resolve("user.yaml"))).contains("ttl: 365 d");
    }

    private void apply(Path target, Map<String, String> files) throws InterruptedException {
        try (FolderTarget folderTarget = new FolderTarget(target, files)) {
            new SchemaApplier(folderTarget, TableMaker.NONE, CLOCK)
                    .apply(Schemas.parse(files), false);
        }
    }
}
