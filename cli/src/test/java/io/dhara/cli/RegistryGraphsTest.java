package io.dhara.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Graphs go the way of the schemas: checked, planned and applied together with them. */
class RegistryGraphsTest {
    private static final String GRAPH =
            """
            graph: one
            inputs: {user_id: {row: true}}
            nodes:
              user: {kind: features, entity: user, keys: [user_id], groups: {activity: [views_1d]}}
            answer: [user_id, "user:activity:views_1d"]
            """;

    @TempDir Path dir;

    private Path inForce;
    private Path wanted;

    @BeforeEach
    void write() throws IOException {
        inForce = dir.resolve("live/schemas");
        wanted = Files.createDirectories(dir.resolve("new/schemas"));
        Files.createDirectories(wanted.resolve("graphs"));
        Files.writeString(
                wanted.resolve("stores.yaml"), "stores:\n  \"2\": {kind: redis, connection: 2}\n");
        user();
        graph("one.yaml", GRAPH);
    }

    @Test
    void validate_ofGraphs_countsThem() {
        CommandRun run = run("validate", wanted.toString());

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("1 graphs");
    }

    @Test
    void validate_ofABadGraph_namesFileComponentAndRemedy() throws IOException {
        graph("one.yaml", GRAPH.replace("[views_1d]", "[view]"));

        CommandRun run = run("validate", wanted.toString());

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out())
                .contains("one.yaml: component user reads feature view of group activity");
    }

    @Test
    void apply_ofSchemasAndGraphs_putsBothInForce() throws IOException {
        assertThat(apply().exitCode()).isZero();

        assertThat(Files.readString(dir.resolve("live/graphs/one.yaml"))).isEqualTo(GRAPH);
        CommandRun get = run("get", "--registry=" + inForce);
        assertThat(get.out()).contains("# graphs/one.yaml").contains("graph: one");
        CommandRun history = run("history", "--registry=" + inForce);
        assertThat(history.out()).contains("graph one added");
        assertThat(apply().out()).contains("nothing changes");
    }

    @Test
    void plan_ofAChangedGraph_showsColumnsThatComeAndGo() throws IOException {
        apply();
        graph(
                "one.yaml",
                GRAPH.replace("[views_1d]}", "[carts_1d]}").replace("views_1d\"]", "carts_1d\"]"));

        CommandRun run = run("plan", wanted.toString(), "--registry=" + inForce);

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .contains("graph one: changed")
                .contains("+column user:activity:carts_1d Int32")
                .contains("-column user:activity:views_1d Int32");
    }

    @Test
    void apply_ofAGraphThatDoesNotFit_writesNothing() throws IOException {
        apply();
        graph("one.yaml", GRAPH.replace("user:activity:views_1d", "user:activity:views_2d"));
        Path user = wanted.resolve("user.yaml");
        Files.writeString(user, Files.readString(user).replace("30 d", "10 d"));

        CommandRun run = apply();

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("nothing was applied");
        assertThat(run.out()).contains("REFUSED: one.yaml: graph answers column");
        assertThat(Files.readString(inForce.resolve("user.yaml"))).contains("30 d");
        assertThat(Files.readString(dir.resolve("live/graphs/one.yaml"))).isEqualTo(GRAPH);
    }

    @Test
    void apply_ofSchemasThatBreakAGraphInForce_isRefused() throws IOException {
        apply();
        Files.delete(wanted.resolve("graphs/one.yaml"));
        Files.delete(wanted.resolve("graphs"));
        Files.writeString(
                wanted.resolve("user.yaml"),
                Files.readString(wanted.resolve("user.yaml")).replace("activity:", "actions:"));

        CommandRun run =
                run("apply", wanted.toString(), "--registry=" + inForce, "--allow-removals");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).contains("the change of schemas breaks graph one, which is in force");
        assertThat(Files.readString(inForce.resolve("user.yaml"))).contains("activity:");
    }

    @Test
    void apply_thatRemovesAGraph_needsToBeAllowed() throws IOException {
        apply();
        Files.delete(wanted.resolve("graphs/one.yaml"));

        assertThat(apply().out()).contains("graph one: removed").contains("REFUSED: graph one");
        assertThat(dir.resolve("live/graphs/one.yaml")).exists();
        run("apply", wanted.toString(), "--registry=" + inForce, "--allow-removals");

        assertThat(dir.resolve("live/graphs/one.yaml")).doesNotExist();
    }

    private CommandRun apply() {
        return run("apply", wanted.toString(), "--registry=" + inForce);
    }

    private static CommandRun run(String... args) {
        String[] all = new String[args.length + 1];
        all[0] = "registry";
        System.arraycopy(args, 0, all, 1, args.length);
        return CommandRun.of(all);
    }

    private void graph(String name, String text) throws IOException {
        Files.writeString(wanted.resolve("graphs").resolve(name), text);
    }

    private void user() throws IOException {
        Files.writeString(
                wanted.resolve("user.yaml"),
                """
                entity: user
                keys:
                  - {name: user_id, column: user_id}
                groups:
                  activity:
                    id: 0
                    store: 2
                    type: Int32
                    ttl: 30 d
                    job: feature-ingest
                    active-version: 1
                    versions:
                      1:
                        features:
                          - {name: views_1d, default: 0}
                          - {name: carts_1d, default: 0}
                """);
    }
}
