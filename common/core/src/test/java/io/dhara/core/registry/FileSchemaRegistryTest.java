package io.dhara.core.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileSchemaRegistryTest {
    private static final Duration INTERVAL = Duration.ofMillis(10);

    @TempDir Path folder;

    @BeforeEach
    void copyExamples() throws IOException {
        write(Examples.files());
    }

    private void write(Map<String, String> files) throws IOException {
        for (Map.Entry<String, String> file : files.entrySet()) {
            Files.writeString(folder.resolve(file.getKey()), file.getValue());
        }
    }

    private static void until(BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited too long").isLessThan(end);
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static Duration profileTtl(SchemaSnapshot snapshot) {
        return snapshot.entities().get("user").groups().get("profile").ttl();
    }

    @Test
    void change_valid_isTakenAndListenersAreTold() throws Exception {
        try (FileSchemaRegistry registry = FileSchemaRegistry.open(folder, INTERVAL)) {
            List<Duration> told = new CopyOnWriteArrayList<>();
            registry.subscribe(snapshot -> told.add(profileTtl(snapshot)));
            until(() -> told.size() == 1);

            write(Examples.edited("user.yaml", "ttl: 365 d", "ttl: 30 d"));
            until(() -> told.size() == 2);

            assertThat(told).containsExactly(Duration.ofDays(365), Duration.ofDays(30));
            assertThat(profileTtl(registry.current())).hasDays(30);
            assertThat(registry.lastProblem()).isEmpty();
        }
    }

    @Test
    void change_invalid_keepsTheLastGoodAndSaysWhy() throws Exception {
        try (FileSchemaRegistry registry = FileSchemaRegistry.open(folder, INTERVAL)) {
            write(Examples.edited("user.yaml", "ttl: 365 d", "ttl: 999 d"));
            until(() -> !registry.lastProblem().isEmpty());

            assertThat(registry.lastProblem())
                    .startsWith("user.yaml line ")
                    .contains("ttl-in-seconds of feature group user/profile must be 0..44323200");
            assertThat(profileTtl(registry.current())).hasDays(365);

            write(Examples.edited("user.yaml", "ttl: 365 d", "ttl: 9 d"));
            until(() -> registry.lastProblem().isEmpty());
            assertThat(profileTtl(registry.current())).hasDays(9);
        }
    }

    @Test
    void b49_editInPlaceThatStoredBlocksDoNotSurvive_isNotFollowed() throws Exception {
        try (FileSchemaRegistry registry = FileSchemaRegistry.open(folder, INTERVAL)) {
            write(Examples.edited("user.yaml", "vector-length: 8", "vector-length: 16"));
            until(() -> !registry.lastProblem().isEmpty());

            assertThat(registry.lastProblem())
                    .contains("vector-length of feature taste_8 of version 1 8 -> 16")
                    .contains("instead: add a version");
            assertThat(registry.current()).isEqualTo(Examples.snapshot());
        }
    }

    @Test
    void version_removedFromTheFile_staysReadable() throws Exception {
        try (FileSchemaRegistry registry = FileSchemaRegistry.open(folder, INTERVAL)) {
            Map<String, String> files = Examples.edited("user.yaml", "ttl: 365 d", "ttl: 30 d");
            String user = files.get("user.yaml");
            files.put(
                    "user.yaml",
                    user.substring(0, user.indexOf("      1:\n"))
                            + user.substring(user.indexOf("      2:\n")));
            write(files);
            until(() -> profileTtl(registry.current()).equals(Duration.ofDays(30)));

            assertThat(
                            registry.current()
                                    .entities()
                                    .get("user")
                                    .groups()
                                    .get("activity")
                                    .versions())
                    .containsOnlyKeys(1, 2);
        }
    }

    /** A store and its group in two files: neither is seen without the other. */
    @Test
    void change_overTwoFiles_isSeenWhole() throws Exception {
        try (FileSchemaRegistry registry = FileSchemaRegistry.open(folder, INTERVAL)) {
            List<SchemaSnapshot> told = new CopyOnWriteArrayList<>();
            registry.subscribe(told::add);
            Map<String, String> files =
                    Examples.edited("user_category.yaml", "store: 2", "store: 5");
            files.put(
                    "stores.yaml",
                    files.get("stores.yaml") + "\n  \"5\": {kind: redis, connection: 2}\n");
            Files.writeString(
                    folder.resolve("user_category.yaml"), files.get("user_category.yaml"));
            until(() -> !registry.lastProblem().isEmpty());
            Files.writeString(folder.resolve("stores.yaml"), files.get("stores.yaml"));
            until(() -> registry.lastProblem().isEmpty());

            assertThat(registry.current().stores()).containsKey("5");
            assertThat(told)
                    .allMatch(snapshot -> SnapshotValidator.check(snapshot).isEmpty())
                    .hasSize(2);
        }
    }

    @Test
    void refresh_afterAChange_seesItWithoutWaiting() throws Exception {
        try (FileSchemaRegistry registry = FileSchemaRegistry.open(folder, Duration.ofHours(1))) {
            write(Examples.edited("user.yaml", "ttl: 365 d", "ttl: 30 d"));

            until(() -> profileTtl(registry.refresh()).equals(Duration.ofDays(30)));
        }
    }

    @Test
    void folder_awayForAWhile_isReportedAndThenFine() throws Exception {
        try (FileSchemaRegistry registry = FileSchemaRegistry.open(folder, INTERVAL)) {
            Path aside = folder.resolveSibling(folder.getFileName() + "-aside");
            Files.move(folder, aside);
            until(() -> !registry.lastProblem().isEmpty());
            assertThat(registry.current().entities()).containsKey("user");
            Files.move(aside, folder);
            until(() -> registry.lastProblem().isEmpty());
        }
    }

    @Test
    void open_invalidFolder_failsWithEveryProblem() throws Exception {
        write(Examples.edited("user.yaml", "ttl: 365 d", "ttl: soon"));
        write(Map.of("product.yaml", "entity: product\nkind: x\n"));

        assertThatThrownBy(() -> FileSchemaRegistry.open(folder, INTERVAL).close())
                .isInstanceOf(InvalidSchemasException.class)
                .hasMessageContaining("ttl of group profile")
                .hasMessageContaining("keys of entity product")
                .hasMessageContaining("has no field kind");
    }

    @Test
    void listener_thatFails_doesNotStopTheOthers() throws Exception {
        try (FileSchemaRegistry registry = FileSchemaRegistry.open(folder, INTERVAL)) {
            List<SchemaSnapshot> told = new CopyOnWriteArrayList<>();
            registry.subscribe(
                    snapshot -> {
                        throw new IllegalStateException("listener of a test");
                    });
            registry.subscribe(told::add);
            write(Examples.edited("user.yaml", "ttl: 365 d", "ttl: 30 d"));

            until(() -> told.size() == 2);
        }
    }
}
