package io.dhara.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.embedded.EmbeddedCassandra;
import io.dhara.embedded.SharedServers;
import org.junit.jupiter.api.Test;

class TablesCommandITCase {
    private static CommandRun apply(String... more) {
        String line =
                "tables --config ../flink-conf/jobs/interaction-sessionizer.settings.yaml --apply"
                        + " stores.scylla.3.contact-points=127.0.0.1:"
                        + SharedServers.cassandra().port()
                        + " stores.scylla.3.datacenter="
                        + EmbeddedCassandra.DATACENTER
                        + " stores.scylla.3.keyspace=cli_tables"
                        + " interactions.cold.tables.replication="
                        + EmbeddedCassandra.DATACENTER
                        + "=1 "
                        + String.join(" ", more);
        return CommandRun.of(line.strip().split(" "));
    }

    @Test
    void apply_makesTheTables_canBeRepeated_andRefusesAnotherSlotFunction() {
        for (int i = 0; i < 2; i++) {
            CommandRun run = apply();
            assertThat(run.exitCode()).as(run.err()).isZero();
            assertThat(run.out()).contains("keyspace cli_tables has the 20 tables");
        }

        CommandRun other = apply("interactions.slots=epoch-week");
        assertThat(other.exitCode()).isEqualTo(1);
        assertThat(other.err()).contains("interactions.slots");
    }
}
