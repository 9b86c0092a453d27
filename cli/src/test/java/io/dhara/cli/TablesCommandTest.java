package io.dhara.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TablesCommandTest {
    private static final String SHIPPED =
            "--config ../flink-conf/jobs/interaction-sessionizer.settings.yaml";

    @TempDir Path dir;

    private static CommandRun run(String line) {
        return CommandRun.of(line.split(" "));
    }

    @Test
    void tables_ofTheSettingsThatShip_areBharatMlStacks_withReplicasNamed() {
        CommandRun run = run("tables " + SHIPPED);

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out())
                .startsWith("CREATE KEYSPACE IF NOT EXISTS ")
                .contains("interaction_store_timeseries", "'dc1': 3")
                .contains("click_interactions_bucket1", "order_interactions_bucket3")
                .contains("wishlist_interactions_metadata")
                .doesNotContain("app_open");
        assertThat(run.out().strip()).endsWith(";");
    }

    @Test
    void tables_settingsOnTheLine_goBeforeTheFile() {
        CommandRun run =
                run(
                        "tables "
                                + SHIPPED
                                + " interactions.types=CLICK"
                                + " interactions.cold.tables.replication=a=2,b=1 -o json");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out())
                .contains("'a': 2, 'b': 1")
                .contains("\"applied\" : false")
                .doesNotContain("order_interactions");
    }

    @Test
    void tables_ofServingsSettings_areTheSame() throws Exception {
        Path serving = dir.resolve("serving.yaml");
        Files.writeString(
                serving,
                """
                serving: {port: 8089}
                stores:
                  redis: {4: {hosts: r:6379}}
                  scylla:
                    1: {contact-points: s:9042, datacenter: dc1, keyspace: onfs}
                    3: {contact-points: s:9042, datacenter: dc1, keyspace: ks}
                interactions: {cold.store: 3, hot-wait: 5 ms, persist: off}
                """);

        CommandRun run = run("tables --config " + serving);

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("ks.click_interactions_bucket1");
    }

    @Test
    void tables_wrongSettings_areWrongUsage_allAtOnce() {
        CommandRun run =
                run(
                        "tables "
                                + SHIPPED
                                + " interactions.cold.store=9 interactions.cold.unheard-of=1");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err())
                .contains("interactions.cold.store must be the <conf-id>")
                .contains("interactions.cold.unheard-of is not a known setting");

        assertThat(run("tables --config nowhere.yaml").exitCode()).isEqualTo(2);
        assertThat(run("tables " + SHIPPED + " novalue").err()).contains("looks like KEY=VALUE");
    }
}
