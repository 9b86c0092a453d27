package io.dhara.stores.write.scylla;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.Row;
import io.dhara.core.config.Settings;
import io.dhara.core.interaction.InteractionTypes;
import io.dhara.core.interaction.WeekSlots;
import io.dhara.embedded.EmbeddedCassandra;
import io.dhara.embedded.SharedServers;
import io.dhara.stores.Endpoint;
import io.dhara.stores.scylla.ScyllaConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The tables' statements run as they are printed. */
final class InteractionTablesITCase {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final InteractionTypes types = InteractionTypes.from(Settings.parse(Map.of()));

    @Test
    void i17_printedScript_runsAndMakesThePeersTables() {
        InteractionTables tables = tables("cold_ddl", WeekSlots.ISO_WEEK);
        try (CqlSession cql = ColdTierBed.session(SharedServers.cassandra())) {
            for (String statement : tables.print().split(";\n")) {
                cql.execute(statement);
            }
            tables.create(TIMEOUT); // nothing is missing

            Set<String> names = new TreeSet<>();
            cql.execute(
                            "SELECT table_name FROM system_schema.tables WHERE keyspace_name='cold_ddl'")
                    .forEach(row -> names.add(row.getString(0)));
            assertThat(names)
                    .hasSize(5 * 4)
                    .contains(
                            "click_interactions_bucket1",
                            "click_interactions_bucket2",
                            "click_interactions_bucket3",
                            "click_interactions_metadata",
                            "order_interactions_bucket1",
                            "add_to_cart_interactions_metadata");
            // as the peer reads and writes them
            for (String type : List.of("click", "order")) {
                String prefix = "cold_ddl." + type + "_interactions_";
                cql.execute(
                        "UPDATE "
                                + prefix
                                + "bucket1 SET week_0=0x01,week_7=0x02 WHERE user_id='u'");
                cql.execute("UPDATE " + prefix + "bucket3 SET week_16=0x01 WHERE user_id='u'");
                cql.execute("UPDATE " + prefix + "metadata SET week_23=3 WHERE user_id='u'");
                Row row =
                        cql.execute(
                                        "SELECT week_23,week_0 FROM "
                                                + prefix
                                                + "metadata WHERE user_id='u'")
                                .one();
                assertThat(row.getInt("week_23")).isEqualTo(3);
            }
            Row table =
                    cql.execute(
                                    "SELECT compaction, gc_grace_seconds, comment FROM"
                                            + " system_schema.tables WHERE keyspace_name='cold_ddl'"
                                            + " AND table_name='click_interactions_bucket1'")
                            .one();
            assertThat(table.getMap(0, String.class, String.class).get("class"))
                    .endsWith("LeveledCompactionStrategy");
            assertThat(table.getInt(1)).isEqualTo(864_000);
            assertThat(table.getString(2)).isEqualTo("week slots: iso-week");
        }
    }

    @Test
    void create_tablesOfAnotherSlotFunction_isRefused() {
        tables("cold_slots", WeekSlots.ISO_WEEK).create(TIMEOUT);

        assertThatThrownBy(() -> tables("cold_slots", WeekSlots.EPOCH_WEEK).create(TIMEOUT))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("week slots: iso-week")
                .hasMessageContaining("interactions.slots");
        tables("cold_slots", WeekSlots.ISO_WEEK).create(TIMEOUT);
    }

    @Test
    void statements_ofSettings_haveReplicasAndCompaction() {
        Settings settings =
                Settings.parse(
                        Map.of(
                                "interactions.cold.tables.replication", "dc1=3, dc'2=2",
                                "interactions.cold.tables.compaction", "incremental",
                                "interactions.cold.tables.gc-grace", "2 d"));
        InteractionTablesConfig config = InteractionTablesConfig.from(settings, "dc1");
        settings.finish();

        List<String> statements =
                new InteractionTables(
                                scylla("Quoted-Keyspace"), config, types, WeekSlots.EPOCH_WEEK)
                        .statements();

        assertThat(statements.get(0))
                .isEqualTo(
                        "CREATE KEYSPACE IF NOT EXISTS \"Quoted-Keyspace\" WITH replication ="
                                + " {'class': 'NetworkTopologyStrategy', 'dc''2': 2, 'dc1': 3}");
        assertThat(statements.get(1))
                .startsWith(
                        "CREATE TABLE IF NOT EXISTS \"Quoted-Keyspace\".click_interactions_bucket1")
                .contains("'IncrementalCompactionStrategy'")
                .contains("gc_grace_seconds = 172800")
                .contains("'week slots: epoch-week'");
    }

    @Test
    void i13_defaultReplication_isThreeInTheLocalDatacenter() {
        Settings settings = Settings.parse(Map.of());
        assertThat(InteractionTablesConfig.from(settings, "dc9"))
                .isEqualTo(InteractionTablesConfig.of("dc9"));
        assertThat(InteractionTablesConfig.of("dc9").replication()).isEqualTo(Map.of("dc9", 3));
        settings.finish();
    }

    @Test
    void i16_replicationThatMeansNothing_isReported() {
        Settings settings =
                Settings.parse(Map.of("interactions.cold.tables.replication", "dc1,dc2=0"));
        InteractionTablesConfig.from(settings, "dc1");
        assertThatThrownBy(settings::finish)
                .hasMessageContaining("got dc1")
                .hasMessageContaining("got dc2=0");
    }

    private InteractionTables tables(String keyspace, WeekSlots slots) {
        return new InteractionTables(scylla(keyspace), ColdTierBed.oneReplica(), types, slots);
    }

    private static ScyllaConfig scylla(String keyspace) {
        return ScyllaConfig.of(
                List.of(new Endpoint("127.0.0.1", SharedServers.cassandra().port())),
                EmbeddedCassandra.DATACENTER,
                keyspace);
    }
}
