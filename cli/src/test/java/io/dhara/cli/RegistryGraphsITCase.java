package io.dhara.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.embedded.EmbeddedEtcd;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Graphs applied to a real etcd, where one is installed; reported as skipped where not. */
class RegistryGraphsITCase {
    @TempDir Path dir;

    @Test
    void apply_toEtcd_isReadBackAndListed() throws Exception {
        Path wanted = Files.createDirectories(dir.resolve("schemas"));
        Path graphs = Files.createDirectories(dir.resolve("graphs"));
        Files.writeString(
                wanted.resolve("stores.yaml"), "stores:\n  \"2\": {kind: redis, connection: 2}\n");
        Files.writeString(
                wanted.resolve("user.yaml"),
                """
                entity: user
                keys:
                  - {name: user_id, column: user_id}
                groups:
                  activity: {id: 0, store: 2, type: Int32, ttl: 30 d, job: feature-ingest, active-version: 1, versions: {
                    1: {features: [{name: views_1d, default: 0}]}}}
                """);
        String graph =
                """
                graph: one
                inputs: {user_id: {row: true}}
                nodes:
                  user: {kind: features, entity: user, keys: [user_id], groups: {activity: [views_1d]}}
                answer: [user_id, "user:activity:views_1d"]
                """;
        Files.writeString(graphs.resolve("one.yaml"), graph);
        Optional<EmbeddedEtcd> etcd = EmbeddedEtcd.startIfInstalled(dir.resolve("etcd"));
        Assumptions.assumeTrue(
                etcd.isPresent(),
                "no etcd on the PATH or in DHARA_ETCD: install etcd-server to run this");
        try (EmbeddedEtcd server = etcd.get()) {
            Path config = dir.resolve("serving.yaml");
            Files.writeString(
                    config,
                    """
                    registry.etcd.endpoints: %s
                    inferflow.graphs.etcd.endpoints: %s
                    """
                            .formatted(server.endpoint(), server.endpoint()));
            String from = "--config=" + config;

            CommandRun applied =
                    CommandRun.of("registry", "apply", wanted.toString(), from, "--no-tables");
            assertThat(applied.exitCode()).as(applied.err()).isZero();
            assertThat(CommandRun.of("registry", "get", from).out())
                    .contains("# graphs/one.yaml")
                    .contains(graph.strip());
            assertThat(CommandRun.of("registry", "history", from).out())
                    .contains("graph one added");
            assertThat(CommandRun.of("registry", "plan", wanted.toString(), from).out())
                    .contains("nothing changes");
            Files.writeString(
                    graphs.resolve("one.yaml"), graph.replace("inputs", "version: 3\ninputs"));
            assertThat(
                            CommandRun.of(
                                            "registry",
                                            "apply",
                                            wanted.toString(),
                                            from,
                                            "--no-tables")
                                    .out())
                    .contains("graph one: changed")
                    .contains("applied as change 2 of graphs");
        }
    }
}
