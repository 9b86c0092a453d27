package io.dhara.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class DharaCliTest {
    private final StringBuilder out = new StringBuilder();
    private final StringBuilder err = new StringBuilder();

    @TempDir Path dir;

    @Test
    void help_ofEveryCommand_isGivenWithExitCode0() {
        for (List<String> command : commands(DharaCli.commandLine(), List.of())) {
            List<String> args = new ArrayList<>(command);
            args.add("--help");
            assertThat(run(args.toArray(String[]::new))).as("%s", args).isZero();
            assertThat(out.toString()).as("%s", args).contains("Usage: dhara");
            out.setLength(0);
        }
        assertThat(err.toString()).isEmpty();
    }

    private static List<List<String>> commands(CommandLine commandLine, List<String> path) {
        List<List<String>> all = new ArrayList<>();
        all.add(path);
        commandLine
                .getSubcommands()
                .forEach(
                        (name, command) -> {
                            List<String> longer = new ArrayList<>(path);
                            longer.add(name);
                            if (!name.equals("help")) {
                                all.addAll(commands(command, longer));
                            }
                        });
        return all;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nonsense",
                "registry",
                "demo --input /does/not/exist.csv",
                "demo --events 0",
                "demo --event-time yesterday",
                "demo --input pom.xml",
                "bench",
                "bench nonsense",
                "bench --all encode",
                "get user",
                "interactions u1",
                "interactions u1 --type CLICK --last 3 --from 0",
                "interactions u1 --type CLICK --to 0",
                "interactions u1 --type CLICK --from yesterday",
                "interact u1",
                "interact u1 CLICK shoes",
            })
    void wrongUsage_isSaidOnStandardErrorWithExitCode2(String line) {
        assertThat(run(line.isEmpty() ? new String[0] : line.split(" "))).isEqualTo(2);
        assertThat(err.toString()).containsAnyOf("Usage: dhara", "Did you mean");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void demo_onAFolderWithData_isRefusedWithARemedy() throws Exception {
        Files.createDirectories(dir.resolve("kafka"));
        assertThat(run("demo", "--data-dir", dir.toString())).isEqualTo(1);
        assertThat(err.toString()).contains("remove it, or name another with --data-dir");
    }

    @Test
    void down_withoutAStack_saysSo() {
        assertThat(run("down", "--data-dir", dir.toString())).isZero();
        assertThat(out.toString()).contains("no stack runs in");
    }

    @Test
    void get_withoutAStack_failsWithARemedy() {
        assertThat(run("get", "user", "u1", "--groups", "g", "--data-dir", dir.toString()))
                .isEqualTo(1);
        assertThat(err.toString()).contains("./dhara up");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void registryValidate_ofBrokenFiles_namesFileAndLine() throws Exception {
        Files.writeString(dir.resolve("stores.yaml"), "stores:\n  \"1\": {kind: tape}\n");
        assertThat(run("registry", "validate", dir.toString())).isEqualTo(1);
        assertThat(out.toString()).contains("stores.yaml").contains("tape");
    }

    @Test
    void registryPlanAndApply_onFolders_changeOnlyWhatIsSafe() throws Exception {
        Path inForce = Files.createDirectories(dir.resolve("in-force"));
        Path wanted = Files.createDirectories(dir.resolve("wanted"));
        Files.writeString(
                wanted.resolve("stores.yaml"), "stores:\n  \"2\": {kind: redis, connection: 2}\n");
        Files.writeString(wanted.resolve("user.yaml"), user("30 d", "Int32"));
        String registry = "--registry=" + inForce;

        assertThat(run("registry", "apply", wanted.toString(), registry)).isZero();
        Files.writeString(wanted.resolve("user.yaml"), user("10 d", "Int32"));
        assertThat(run("registry", "plan", wanted.toString(), registry)).isZero();
        assertThat(run("registry", "apply", wanted.toString(), registry)).isZero();
        Files.writeString(wanted.resolve("user.yaml"), user("10 d", "Int64"));
        assertThat(run("registry", "plan", wanted.toString(), registry)).isEqualTo(1);
        assertThat(run("registry", "apply", wanted.toString(), registry)).isEqualTo(1);

        assertThat(Files.readString(inForce.resolve("user.yaml"))).contains("Int32");
        assertThat(out.toString()).contains("REFUSED group user/activity");
        out.setLength(0);
        assertThat(run("registry", "history", registry, "-o", "json")).isZero();
        assertThat(out.toString()).contains("\"number\" : 2").doesNotContain("\"number\" : 3");
        assertThat(run("registry", "get", "user", registry)).isZero();
    }

    private static String user(String ttl, String type) {
        return """
               entity: user
               keys:
                 - {name: user_id, column: user_id}
               groups:
                 activity:
                   id: 0
                   store: 2
                   type: %s
                   ttl: %s
                   job: feature-ingest
                   active-version: 1
                   versions:
                     1:
                       features:
                         - {name: views_1d, default: 0}
               """
                .formatted(type, ttl);
    }

    private int run(String... args) {
        CommandRun run = CommandRun.of(args);
        out.append(run.out());
        err.append(run.err());
        return run.exitCode();
    }
}
