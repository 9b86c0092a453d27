package io.dhara.stores.write.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.embedded.EmbeddedCassandra;
import io.dhara.embedded.SharedServers;
import io.dhara.stores.Endpoint;
import io.dhara.stores.scylla.ScyllaConfig;
import io.dhara.stores.write.scylla.ScyllaTables;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables in a real Cassandra before schemas in the registry. */
class SchemaApplyITCase {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    @TempDir Path folder;

    private static ScyllaConfig config(String keyspace) {
        return ScyllaConfig.of(
                List.of(new Endpoint("127.0.0.1", SharedServers.cassandra().port())),
                EmbeddedCassandra.DATACENTER,
                keyspace);
    }

    private SchemaApplier.Applied apply(Map<String, String> files, TableMaker tables)
            throws InterruptedException {
        try (FolderTarget target = new FolderTarget(folder, files)) {
            return new SchemaApplier(target, tables, Clock.systemUTC())
                    .apply(Schemas.parse(files), false);
        }
    }

    private SchemaSnapshot inForce() {
        return new FolderTarget(folder, Map.of()).current();
    }

    @Test
    void b52_columns_areThereBeforeTheSchemasNameThem() throws Exception {
        try (ScyllaTables tables = ScyllaTables.open(config("schema_apply"), TIMEOUT)) {
            tables.createKeyspace(1);
            SchemaApplier.Applied first = apply(Schemas.files(), tables::apply);
            assertThat(first.statements())
                    .filteredOn(cql -> cql.startsWith("CREATE TABLE"))
                    .hasSize(3);
            Map<String, String> grown =
                    Schemas.edited("segments: [seg_2]", "segments: [seg_2, seg_3]");
            TableMaker watched =
                    (snapshot, confId) -> {
                        List<String> statements = tables.apply(snapshot, confId);
                        assertThat(tables.plan(snapshot, confId)).isEmpty();
                        assertThat(inForce().entities()).isEqualTo(Schemas.examples().entities());
                        return statements;
                    };

            SchemaApplier.Applied second = apply(grown, watched);

            assertThat(second.statements())
                    .singleElement()
                    .asString()
                    .startsWith("ALTER TABLE schema_apply.user_features ADD seg_3");
            assertThat(inForce().entities().get("user").groups().get("taste").columns())
                    .containsExactly("seg_2", "seg_3");
            assertThat(apply(grown, tables::apply).statements()).isEmpty();
        }
    }

    @Test
    void b52_tablesThatCannotBeMade_leaveTheSchemasAsTheyWere() throws Exception {
        apply(Schemas.files(), TableMaker.NONE);
        try (ScyllaTables tables = ScyllaTables.open(config("no_such_keyspace"), TIMEOUT)) {
            assertThatThrownBy(
                            () -> apply(Schemas.edited("ttl: 365 d", "ttl: 30 d"), tables::apply))
                    .isInstanceOf(RuntimeException.class);
        }
        assertThat(inForce().entities()).isEqualTo(Schemas.examples().entities());
        assertThat(new FolderTarget(folder, Map.of()).history()).hasSize(1);
    }
}
