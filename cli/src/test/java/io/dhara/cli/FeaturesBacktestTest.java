package io.dhara.cli;

import static io.dhara.cli.FeaturesCommandTest.assertGolden;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FeaturesBacktestTest {
    private static final String ORDERS =
            "features backtest ../examples/features/kitchen.yaml"
                    + " --input src/test/resources/features/orders.csv --format doordash-csv"
                    + " --at 2026-01-05T13:00:00Z,2026-01-05T13:30:00Z";
    private static final String CLICKS = "features backtest ../examples/features/shop.yaml";

    @TempDir Path dir;

    private static CommandRun run(String line, String... more) {
        List<String> args = new ArrayList<>(Arrays.asList(line.split(" ")));
        args.addAll(Arrays.asList(more));
        return CommandRun.of(args.toArray(String[]::new));
    }

    @Test
    void help_isAsItWas() throws Exception {
        assertGolden("help-backtest.txt", run("features backtest --help").out());
    }

    @Test
    void orders_areAnsweredForBothGroups_theSelectRunByFlink() throws Exception {
        CommandRun run = run(ORDERS);
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertGolden("backtest-orders.txt", run.out());
        assertThat(run.err())
                .contains("line 6 is no event: store_id must be known: got NA")
                .contains("8 records read, 1 of them no events");
    }

    @Test
    void oneGroup_isAnsweredAsCsv() {
        CommandRun run = run(ORDERS, "--group", "restaurant/kitchen_orders", "-o", "csv");
        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .isEqualTo(
                        """
                        restaurant_id,at,running_orders,orders_5m,orders_30m,orders_1h
                        r1,2026-01-05T13:00:00Z,2,0,2,2
                        r1,2026-01-05T13:30:00Z,1,0,0,2
                        r2,2026-01-05T13:00:00Z,1,1,1,1
                        r2,2026-01-05T13:30:00Z,0,0,0,1
                        """);
    }

    @Test
    void givenKeys_areAnsweredAsJson_withNullForDefaults() throws Exception {
        Path clicks = dir.resolve("clicks.jsonl");
        Files.writeString(
                clicks,
                """
                {"user_id": "u1", "item_id": 7, "category_id": "c,1", "behavior": "pv", "at": 1767614400}
                {"user_id": "u1", "item_id": 9, "category_id": "c,1", "behavior": "pv", "at": 1767614460}
                {"user_id": "u1", "item_id": "9"}
                """);
        CommandRun run =
                run(
                        CLICKS,
                        "--input",
                        clicks.toString(),
                        "--at",
                        "1767614500000",
                        "--group",
                        "user/user_recent",
                        "--key",
                        "u1",
                        "--key",
                        "u2",
                        "-o",
                        "json");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertGolden("backtest-clicks.json", run.out());
        assertThat(run.err()).contains("line 3 is no event: bad-field, field item_id must be");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--input pom.xml --at now|an instant looks like",
                "--input no.csv --at 0|--input cannot be read: no.csv",
                "--input orders=pom.xml --at 0|names no source of the definition",
                "--input pom.xml --at 0 --format xml|--format must be jsonl",
                "--input pom.xml --at 0 -o csv|csv holds one group: give --group",
                "--input pom.xml --at 0 --group user/none|--group must be one of user/user_clicks",
                "--input pom.xml --at 0 --group user/user_recent --key a,b|has the parts [user_id]",
                "--at 0|Missing required option: '--input=EVENTS'"
            })
    void wrongUsage_isSaidWithExitCode2(String options, String words) {
        CommandRun run = run(CLICKS + " " + options);
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains(words).contains("Usage: dhara features backtest");
    }

    @Test
    void sourceWithoutAnEventTimeField_isRefused() throws Exception {
        Path definition = dir.resolve("shop.yaml");
        String text = Files.readString(Path.of("../examples/features/shop.yaml"));
        Files.writeString(
                definition,
                text.replace("    event-time: at\n", "").replace("    event-time-unit: s\n", ""));
        CommandRun run =
                run("features backtest", definition.toString(), "--input", "pom.xml", "--at", "0");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("source clicks has no event-time: a backtest needs the");
    }
}
