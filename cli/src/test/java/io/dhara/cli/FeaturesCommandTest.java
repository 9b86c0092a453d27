package io.dhara.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FeaturesCommandTest {
    private static final Path KITCHEN = Path.of("../examples/features/kitchen.yaml");
    private static final Path SHOP = Path.of("../examples/features/shop.yaml");
    private static final String REGISTRY = "--registry=../examples/schemas";

    /** Write what is printed to the golden files instead of comparing with them. */
    private static final boolean WRITE_GOLDEN = Boolean.getBoolean("dhara.golden.write");

    @TempDir Path dir;

    static void assertGolden(String name, String text) throws IOException {
        Path file = Path.of("src/test/resources/features", name);
        if (WRITE_GOLDEN) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        }
        assertThat(text).as("as in %s", file).isEqualTo(Files.readString(file));
    }

    private Path edited(Path definition, String from, String to) throws IOException {
        String text = Files.readString(definition);
        assertThat(text).contains(from);
        Path file = dir.resolve(definition.getFileName());
        Files.writeString(file, text.replace(from, to));
        return file;
    }

    private CommandRun run(String... args) {
        return CommandRun.of(args);
    }

    @ParameterizedTest
    @CsvSource({
        "features, help-features.txt",
        "features validate, help-validate.txt",
        "features plan, help-plan.txt",
        "features explain, help-explain.txt",
        "features submit, help-submit.txt"
    })
    void help_isAsItWas(String command, String golden) throws Exception {
        assertGolden(golden, run((command + " --help").split(" ")).out());
    }

    @Test
    void validate_ofTheExamples_saysWhatTheyCompute() {
        assertThat(run("features", "validate", KITCHEN.toString()).out())
                .isEqualTo("valid: kitchen-load computes 8 features in 2 groups from 1 sources\n");
        CommandRun shop = run("features", "validate", SHOP.toString(), REGISTRY);
        assertThat(shop.exitCode()).isZero();
        assertThat(shop.out()).endsWith("from 1 sources, and the groups can hold them\n");
    }

    @Test
    void validate_ofABadFile_namesEveryLineAndRemedyWithExitCode1() throws Exception {
        Path bad = edited(KITCHEN, "aggregate: gauge", "aggregate: gage");
        Files.writeString(bad, Files.readString(bad).replace("topic: shop", "tpoic: shop"));
        CommandRun run = run("features", "validate", bad.toString());
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out())
                .contains(bad + " line 10: topic of source orders must be given")
                .contains(bad + " line 32: aggregate must be one of [count, ")
                .contains("got gage");
        assertThat(run("features", "validate", bad.toString(), "-o", "json").out())
                .contains("\"valid\" : false")
                .contains("\"place\" : \"" + bad + " line 10\"");
    }

    @Test
    void validate_ofWhatTheRegistryLacks_isExitCode1() throws Exception {
        Path other = edited(KITCHEN, "created_to_delivered_s_{window}", "mean_s_{window}");
        CommandRun run = run("features", "validate", other.toString(), REGISTRY);
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out())
                .isEqualTo(
                        "../examples/schemas: feature mean_s_1h of restaurant/kitchen_times is not"
                                + " in version 1 of the group: add it in a new version, or rename"
                                + " it\n");
    }

    @Test
    void validate_ofNoFile_failsWithItsName() {
        CommandRun run = run("features", "validate", "no.yaml");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).startsWith("dhara: cannot read the definition no.yaml");
    }

    @Test
    void plan_ofNothingChanged_keepsAll() {
        CommandRun run = run("features", "plan", KITCHEN.toString(), "--from", KITCHEN.toString());
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).isEqualTo("nothing changes: every value is kept\n");
    }

    @Test
    void plan_ofAWindowMore_isCompatible() throws Exception {
        Path after = edited(KITCHEN, "[5 min, 30 min, 60 min]", "[5 min, 30 min, 60 min, 24 h]");
        CommandRun run = run("features", "plan", after.toString(), "--from", KITCHEN.toString());
        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .startsWith("FILLS feature orders_1d of restaurant/kitchen_orders: ")
                .contains("compatible: stop the job with a savepoint");
    }

    @Test
    void plan_ofAnotherMeaning_isRefusedAndOffersAShadow() throws Exception {
        Path after = edited(KITCHEN, "where: {status: created}", "where: {status: delivered}");
        CommandRun run = run("features", "plan", after.toString(), "--from", KITCHEN.toString());
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).contains("REFUSED feature orders_5m").contains("--shadow _next");
        assertThat(
                        run(
                                        "features",
                                        "plan",
                                        after.toString(),
                                        "--from",
                                        KITCHEN.toString(),
                                        "-o",
                                        "json")
                                .out())
                .contains("\"compatible\" : false")
                .contains("\"effect\" : \"refused\"");
    }

    @Test
    void plan_ofANewJob_saysWhatItBeginsWith() throws Exception {
        CommandRun run = run("features", "plan", SHOP.toString(), REGISTRY);
        assertThat(run.exitCode()).isZero();
        assertGolden("plan-shop.txt", run.out());
    }

    @Test
    void explain_ofADefinitionWithIds_saysWhatTheyCost() throws Exception {
        Path withIds =
                Files.writeString(
                        dir.resolve("ids.yaml"),
                        Files.readString(KITCHEN)
                                .replace("lateness: 1 h\n", "lateness: 1 h\n    id: order_id\n"));
        assertThat(run("features", "explain", withIds.toString()).out())
                .contains(
                        "an event counts once by order_id: until it is late the id is kept as"
                                + " well, with some 20 bytes");
        assertThat(run("features", "plan", withIds.toString(), "--from", KITCHEN.toString()).out())
                .contains("events that come from now on count once by it");
    }

    @ParameterizedTest
    @CsvSource({"kitchen.yaml, explain-kitchen.txt", "shop.yaml, explain-shop.txt"})
    void explain_ofTheExamples_isAsItWas(String definition, String golden) throws Exception {
        CommandRun run = run("features", "explain", "../examples/features/" + definition);
        assertThat(run.exitCode()).isZero();
        assertGolden(golden, run.out());
    }

    @Test
    void submit_ofWhatTheRegistryLacks_isRefusedBeforeFlinkIsAsked() {
        CommandRun run =
                run(
                        "features",
                        "submit",
                        KITCHEN.toString(),
                        "--flink=http://127.0.0.1:1",
                        "--set=kafka.bootstrap-servers=127.0.0.1:1",
                        "--set=registry.folder=../examples/schemas",
                        "--shadow=_next");
        assertThat(run.exitCode()).as(run.err()).isEqualTo(1);
        assertThat(run.err())
                .contains("does not fit the registry")
                .contains("group restaurant/kitchen_orders_next is not in the registry")
                .contains("./dhara registry apply");
    }

    @Test
    void submit_withAnUnknownSetting_isRefusedWithItsName() {
        CommandRun run =
                run(
                        "features",
                        "submit",
                        SHOP.toString(),
                        "--flink=http://127.0.0.1:1",
                        "--set=kafka.bootstrap-servers=127.0.0.1:1",
                        "--set=registry.folder=../examples/schemas",
                        "--set=features.flush=1s");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("features.flush");
    }

    @Test
    void submit_withoutAStack_failsWithARemedy() {
        CommandRun run = run("features", "submit", SHOP.toString(), "--data-dir", dir.toString());
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("./dhara up");
    }
}
