package io.dhara.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dhara.localstack.LocalStack;
import io.dhara.localstack.PhaseTimes;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The commands people type, on a running stack. A key of its own per test. */
@Timeout(value = 8, unit = TimeUnit.MINUTES)
class PutAndGetITCase {
    private static final int ACTIVITY_TTL_DAYS = 30;

    @TempDir static Path dir;
    private static LocalStack stack;

    @BeforeAll
    static void start() throws Exception {
        stack =
                LocalStack.start(
                        new LocalStack.Folders(Path.of(".."), dir),
                        Duration.ofMinutes(30),
                        new PhaseTimes((phase, took) -> {}));
    }

    @AfterAll
    static void stop() {
        if (stack != null) {
            stack.close();
        }
    }

    @Test
    void get_afterAPutThatWaited_showsValuesDefaultsTimesAndVersions() throws Exception {
        Instant happened = Instant.now().minusSeconds(60).truncatedTo(ChronoUnit.MILLIS);
        CommandRun put =
                putAndWait(
                        "put user cli-1 --group activity views_1d=3 buys_1d=-1 --event-time "
                                + happened);
        assertThat(put.out()).contains("(applied)");

        List<JsonNode> values = values("get user cli-1 --groups activity");
        assertThat(values)
                .extracting(value -> value.path("feature").asText() + "=" + text(value))
                .containsExactly("views_1d=3", "carts_1d=0", "buys_1d=-1", "favs_1d=0");
        for (JsonNode value : values) {
            assertThat(value.path("key").asText()).isEqualTo("cli-1");
            assertThat(value.path("type").asText()).isEqualTo("DataTypeInt32");
            assertThat(value.path("status").asText()).isEqualTo("present");
            assertThat(value.path("event_time_ms").asLong()).isEqualTo(happened.toEpochMilli());
            assertThat(value.path("schema_version").asInt()).isEqualTo(2);
            assertThat(Instant.ofEpochMilli(value.path("expiry_ms").asLong()))
                    .isBetween(
                            happened.plus(ACTIVITY_TTL_DAYS, ChronoUnit.DAYS).minusSeconds(1),
                            happened.plus(ACTIVITY_TTL_DAYS, ChronoUnit.DAYS).plusSeconds(1));
        }
    }

    @Test
    void get_ofSeveralKeysAndGroups_tellsEveryTypeRowByRow() throws Exception {
        putAndWait("put user cli-2 --group profile city=Pune language=hi");
        putAndWait("put user cli-2 --group taste taste_8=0.5,-1,0,0,0,0,0,2.25");
        putAndWait("put user cli-2 --group flags is_prime=true is_new=0");

        CommandRun get =
                run("get user cli-2 nobody-writes-this --groups profile,taste,flags,lifetime");

        assertThat(get.exitCode()).as(get.err()).isZero();
        assertThat(get.out().lines().map(line -> line.split(" {2,}")).toList())
                .filteredOn(columns -> !columns[0].equals("KEY"))
                .extracting(columns -> String.join(" ", List.of(columns).subList(0, 5)))
                .containsExactlyInAnyOrder(
                        "cli-2 profile city Pune present",
                        "cli-2 profile language hi present",
                        "cli-2 profile segment new present",
                        "cli-2 taste taste_8 0.5:-1:0:0:0:0:0:2.25 present",
                        "cli-2 flags is_new false present",
                        "cli-2 flags is_prime true present",
                        "cli-2 flags has_app false present",
                        "cli-2 lifetime views_total 0 missing",
                        "cli-2 lifetime buys_total 0 missing",
                        "cli-2 lifetime last_seen_epoch_s 0 missing",
                        "nobody-writes-this profile city unknown missing",
                        "nobody-writes-this profile language en missing",
                        "nobody-writes-this profile segment new missing",
                        "nobody-writes-this taste taste_8 0:0:0:0:0:0:0:0 missing",
                        "nobody-writes-this flags is_new true missing",
                        "nobody-writes-this flags is_prime false missing",
                        "nobody-writes-this flags has_app false missing",
                        "nobody-writes-this lifetime views_total 0 missing",
                        "nobody-writes-this lifetime buys_total 0 missing",
                        "nobody-writes-this lifetime last_seen_epoch_s 0 missing");
        assertThat(get.out()).startsWith("KEY").containsPattern("cli-2 .*v1").contains(" -  ");
    }

    @Test
    void put_ofACompositeKey_isReadByItsParts() throws Exception {
        putAndWait("put user_category cli-3,shoes --group affinity score=0.75");

        assertThat(values("get user_category cli-3,shoes cli-3,hats --groups affinity"))
                .extracting(value -> value.path("key").asText() + " " + text(value))
                .containsExactly(
                        "cli-3,shoes 0.75", "cli-3,shoes 0", "cli-3,hats 0", "cli-3,hats 0");
    }

    @Test
    void put_withoutWait_returnsAtKafkasAcknowledgementAndIsAppliedLater() {
        CommandRun put = run("put user cli-4 --group lifetime views_total=41");
        assertThat(put.exitCode()).as(put.err()).isZero();
        assertThat(put.out()).contains("--wait waits until it is applied");

        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .until(
                        () ->
                                values("get user cli-4 --groups lifetime").stream()
                                        .anyMatch(value -> text(value).equals("41")));
    }

    @Test
    void get_thatServingRefuses_failsWithItsWordsAndARemedy() {
        CommandRun group = run("get user cli-5 --groups nothing");
        assertThat(group.exitCode()).isEqualTo(1);
        assertThat(group.err()).contains("nothing").contains("./dhara registry get");
        assertThat(group.out()).isEmpty();
    }

    private static String text(JsonNode value) {
        return value.path("value").asText();
    }

    private static List<JsonNode> values(String line) throws Exception {
        CommandRun get = run(line + " -o json");
        assertThat(get.exitCode()).as(get.err()).isZero();
        List<JsonNode> values = new ArrayList<>();
        new ObjectMapper().readTree(get.out()).path("values").forEach(values::add);
        return values;
    }

    /** Tries again when told to: serving that has lost touch for a moment refuses to wait. */
    private static CommandRun putAndWait(String line) {
        return Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .pollDelay(Duration.ZERO)
                .until(() -> run(line + " --wait --deadline PT30S"), run -> run.exitCode() == 0);
    }

    private static CommandRun run(String line) {
        return CommandRun.of((line + " --data-dir " + dir).split(" "));
    }
}
