package io.dhara.sessionizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.embedded.EmbeddedRedis;
import io.dhara.flink.testkit.JobProcess;
import io.dhara.sessionizer.SessionBed.Servers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The job's process is killed (-9) at random points and inside flushes, and continues from its
 * newest checkpoint while events go on: everything ends in the cold tier once and in one session,
 * and no read between ever misses what an earlier one had.
 */
class KillITCase {
    /** More for a longer search: {@code -Dtest.argLine="... -Ddhara.kill.seeds=200"}. */
    private static final int SEEDS = Integer.getInteger("dhara.kill.seeds", 30);

    private static final Duration WITHIN = Duration.ofSeconds(60);

    private static final long LATENESS_MILLIS = 300;

    /** One source: a process has to start many times. */
    private static final Map<String, String> SETTINGS =
            Map.of(
                    "interactions.sources.clicks.enabled", "false",
                    "interactions.sources.orders.enabled", "false",
                    "interactions.session-gap", "1500 ms",
                    "interactions.session-cap", "5 s",
                    "interactions.lateness", LATENESS_MILLIS + " ms",
                    "interactions.idle-after", "2 s");

    private static final int SESSION_USERS = 10;
    private static final int ENDLESS_USERS = 8;

    /** What a kill is aimed at. */
    private enum Aim {
        RANDOM,
        FIRST_SESSION_RECORD,
        END_OF_GAP,
        FIRST_COLD_CELL
    }

    private static Aim aim(int seed) {
        return seed % 2 == 0
                ? Aim.RANDOM
                : List.of(Aim.FIRST_SESSION_RECORD, Aim.END_OF_GAP, Aim.FIRST_COLD_CELL)
                        .get(seed / 2 % 3);
    }

    @Test
    void killedAnywhere_losesNothingAndDoublesNothing(@TempDir Path folder) throws Exception {
        try (EmbeddedRedis redis = EmbeddedRedis.start(folder.resolve("redis"));
                SessionBed bed = SessionBed.open(Servers.shared(redis), SETTINGS);
                SessionTail tail = new SessionTail(bed);
                ReadWatchedLoad load = ReadWatchedLoad.start(bed, 1)) {
            JobProcess process = SessionProcess.start(folder, bed.settings(), 2);
            JobProcess next = SessionProcess.standBy(folder, bed.settings(), 2);
            try {
                load.events().begin("99", 1, ENDLESS_USERS);
                Awaitility.await("the hot tier serves")
                        .atMost(WITHIN)
                        .until(() -> load.watch().fromHotAlone() > 0);
                for (int seed = 0; seed < SEEDS; seed++) {
                    awaitKillTime(aim(seed), new Random(seed), 100 + seed + "00", bed, tail, load);
                    process.kill();
                    process = next;
                    next = SessionProcess.standBy(folder, bed.settings(), 2);
                    process.begin();
                    load.watch().assertNothingVanished();
                }
                load.events().pause();
                Awaitility.await()
                        .atMost(WITHIN)
                        .pollInterval(Duration.ofMillis(300))
                        .ignoreExceptions() // of a server that is slow
                        .untilAsserted(() -> load.assertAllInColdTier(bed));
                assertThat(process.isAlive()).isTrue();
            } finally {
                process.close();
                next.close();
            }
            load.watch().assertNothingVanished();
            assertThat(load.watch().distrusted()).isZero();
            SessionChecks.assertEveryEventInOneSession(bed, load.oracle());
            System.out.println(load.watch() + ", " + SessionChecks.summary(bed));
        }
    }

    /** Lets users begin and waits until the process is to be killed. */
    private static void awaitKillTime(
            Aim aim,
            Random random,
            String prefix,
            SessionBed bed,
            SessionTail tail,
            ReadWatchedLoad load) {
        var record = tail.first(r -> r.getUserId().startsWith(prefix));
        load.events().begin(prefix, SESSION_USERS, ENDLESS_USERS);
        switch (aim) {
            case RANDOM -> pause(random.nextInt(4000));
            case FIRST_SESSION_RECORD ->
                    record.orTimeout(WITHIN.toSeconds(), TimeUnit.SECONDS).join();
            case END_OF_GAP -> {
                Awaitility.await("the job reads")
                        .atMost(WITHIN)
                        .until(() -> !bed.tiers().readAll(List.of(prefix + "-0")).isEmpty());
                long end = load.events().begin(prefix + "5", SESSION_USERS, ENDLESS_USERS);
                long closes = end + bed.rules().gapMillis() + LATENESS_MILLIS;
                pause(closes + random.nextInt(250) - System.currentTimeMillis());
            }
            case FIRST_COLD_CELL -> {
                var click = bed.config().rules().types().byName("CLICK").orElseThrow();
                List<String> own = load.events().usersOf(prefix);
                Awaitility.await("something is in the cold tier")
                        .atMost(WITHIN)
                        .pollInterval(Duration.ofMillis(5))
                        .until(() -> bed.tiers().hasCells(click, own));
            }
        }
    }

    private static void pause(long millis) {
        Awaitility.await().pollDelay(Duration.ofMillis(Math.max(0, millis))).until(() -> true);
    }
}
