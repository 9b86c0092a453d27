package io.dhara.sessionizer.operator;

import static io.dhara.sessionizer.operator.SessionizeBed.click;
import static io.dhara.sessionizer.operator.SessionizeBed.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.sessionizer.tier.ManualTiers;
import java.time.Duration;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;

/** The hot tier fails, forgets, is rebuilt. */
class SessionizeHotTest {
    private static final Duration DRAIN = Duration.ofMillis(50);

    private final ManualTiers tiers = new ManualTiers();

    @Test
    void open_establishesAnEmptyTier() throws Exception {
        try (SessionizeBed bed = SessionizeBed.fresh(tiers)) {
            assertThat(bed.timers()).isZero();
            assertThat(tiers.hot.isEstablished()).isTrue();
        }
    }

    @Test
    void watch_findsLossWhileUsersAreIdle_addsAgainAndEstablishes() throws Exception {
        tiers.cold.put("u", click("u", -500));
        try (SessionizeBed bed = SessionizeBed.fresh(tiers)) {
            bed.clicks("u", 1, 2);
            bed.clicks("v", 3);
            bed.pass(DRAIN);
            tiers.hot.lose();
            bed.pass(Duration.ofSeconds(1));
            assertThat(tiers.hot.isEstablished()).isTrue();
            assertThat(tiers.hot.isHot("u")).isTrue();
            assertThat(seconds(tiers.hot.times("u"))).containsExactly(2L, 1L, -500L);
            assertThat(seconds(tiers.hot.times("v"))).containsExactly(3L);
        }
    }

    @Test
    void lost_addsTheWholePartAgain_thenEstablishes() throws Exception {
        try (SessionizeBed bed = SessionizeBed.fresh(tiers)) {
            bed.clicks("u", 1);
            bed.clicks("v", 2);
            bed.pass(DRAIN);
            tiers.hot.evict("u");
            bed.clicks("u", 5);
            tiers.gate.hold("isWhole");
            bed.pass(DRAIN);
            assertThat(seconds(tiers.hot.times("u"))).as("at once").containsExactly(5L, 1L);
            assertThat(tiers.hot.isHot("u")).isFalse();
            tiers.gate.open();
            bed.settle();
            assertThat(tiers.hot.isEstablished()).isTrue();
            assertThat(tiers.hot.isHot("u")).isTrue();
            assertThat(tiers.hot.isHot("v")).isTrue();
        }
    }

    @Test
    void lossDuringTheRebuild_beginsAnew() throws Exception {
        try (SessionizeBed bed = SessionizeBed.fresh(tiers)) {
            bed.clicks("u", 1);
            bed.pass(DRAIN);
            tiers.hot.lose();
            tiers.gate.hold("establish");
            bed.pass(Duration.ofSeconds(1));
            assertThat(tiers.gate.waiting("establish")).isEqualTo(1);
            tiers.hot.lose();
            tiers.gate.open();
            bed.settle();
            assertThat(tiers.hot.isEstablished()).as("it was lost once more").isFalse();
            bed.pass(Duration.ofSeconds(1));
            assertThat(tiers.hot.isEstablished()).isTrue();
            assertThat(tiers.hot.isHot("u")).isTrue();
            assertThat(seconds(tiers.hot.times("u"))).containsExactly(1L);
        }
    }

    @Test
    void establishFails_isRepeated() throws Exception {
        tiers.gate.fail("establish", 3);
        try (SessionizeBed bed = SessionizeBed.fresh(tiers)) {
            bed.pass(Duration.ofSeconds(1));
            assertThat(tiers.hot.isEstablished()).isTrue();
        }
    }

    @Test
    void unfinishedFlush_isAddedAgainToo() throws Exception {
        try (SessionizeBed bed = SessionizeBed.fresh(tiers)) {
            bed.clicks("u", 1);
            tiers.gate.hold("write");
            bed.watermark(31);
            tiers.hot.lose();
            bed.pass(Duration.ofSeconds(1));
            assertThat(seconds(tiers.hot.times("u"))).containsExactly(1L);
            tiers.gate.open();
            bed.settle();
            assertThat(seconds(tiers.cold.times("u"))).containsExactly(1L);
            assertThat(tiers.hot.has("u")).isFalse();
        }
    }

    @Test
    void hotTierAway_isTriedAgain_nothingLost() throws Exception {
        try (SessionizeBed bed = SessionizeBed.fresh(tiers)) {
            tiers.gate.fail("add", 6);
            bed.clicks("u", 1);
            bed.pass(DRAIN);
            bed.clicks("u", 2);
            bed.pass(Duration.ofSeconds(20));
            assertThat(seconds(tiers.hot.times("u"))).containsExactly(2L, 1L);
            assertThat(tiers.hot.isHot("u")).isTrue();
        }
    }

    @Test
    void addsOfOneUser_areCombined() throws Exception {
        try (SessionizeBed bed = SessionizeBed.fresh(tiers)) {
            bed.clicks("u", 1, 2, 3);
            bed.clicks("v", 1);
            bed.pass(DRAIN);
            assertThat(tiers.gate.calls("add")).containsExactly("add u,v");
        }
    }

    @Test
    void historyCannotBeRead_staysLoading_untilItCan() throws Exception {
        tiers.cold.put("u", click("u", -500));
        tiers.gate.fail("history", 4);
        try (SessionizeBed bed = SessionizeBed.fresh(tiers)) {
            bed.clicks("u", 1);
            bed.pass(DRAIN);
            assertThat(tiers.hot.isHot("u")).isFalse();
            bed.pass(Duration.ofSeconds(3));
            assertThat(tiers.hot.isHot("u")).isTrue();
            assertThat(seconds(tiers.hot.times("u"))).containsExactly(1L, -500L);
        }
    }

    @Test
    void loadRefused_isStartedAgain() throws Exception {
        try (SessionizeBed bed = SessionizeBed.fresh(tiers)) {
            tiers.gate.hold("load");
            bed.clicks("u", 1);
            bed.pass(DRAIN);
            tiers.hot.evict("u");
            tiers.gate.open();
            bed.settle();
            assertThat(tiers.hot.isHot("u")).isFalse();
            bed.pass(Duration.ofSeconds(1));
            assertThat(tiers.gate.count("history")).isEqualTo(2);
            assertThat(tiers.hot.isHot("u")).isTrue();
            assertThat(seconds(tiers.hot.times("u"))).containsExactly(1L);
        }
    }

    @Test
    void loadThatHadItsEffect_isNotRepeatedForEver() throws Exception {
        tiers.gate.loseAnswers("load", 1);
        try (SessionizeBed bed = SessionizeBed.fresh(tiers)) {
            bed.clicks("u", 1);
            bed.pass(Duration.ofSeconds(10));
            assertThat(tiers.hot.isHot("u")).isTrue();
            assertThat(tiers.gate.count("history")).isEqualTo(2);
        }
    }

    @Test
    void loadOfAFormerSession_marksNothing() throws Exception {
        try (SessionizeBed bed = SessionizeBed.fresh(tiers)) {
            tiers.gate.hold("history");
            bed.clicks("u", 1);
            bed.watermark(31);
            assertThat(tiers.hot.has("u")).isFalse();
            tiers.gate.open();
            bed.settle();
            assertThat(tiers.gate.count("load")).isZero();
            assertThat(tiers.hot.has("u")).isFalse();
        }
    }

    /** The checkpoint has the event, Kafka does not bring it again, the hot tier never had it. */
    @Test
    void eventNotAcknowledgedAtTheCheckpoint_isAddedAfterTheRestore() throws Exception {
        SessionizeBed former = SessionizeBed.fresh(tiers);
        former.clicks("u", 1);
        former.pass(DRAIN);
        tiers.gate.hold("add");
        former.clicks("u", 5);
        OperatorSubtaskState state = former.snapshot();
        former.close();
        tiers.gate.forgetHeld();
        try (SessionizeBed later = former.restored(state)) {
            later.settle();
            assertThat(seconds(tiers.hot.times("u"))).containsExactly(5L, 1L);
            assertThat(tiers.hot.isHot("u")).isTrue();
            // and the flag goes with the next checkpoint
            OperatorSubtaskState second = later.snapshot();
            tiers.gate.forgetCalls();
            try (SessionizeBed last = later.restored(second)) {
                last.settle();
                assertThat(tiers.gate.count("add")).isZero();
            }
        }
    }

    @Test
    void restoredSession_takesANewEpoch_andAddsAllOfItAgain() throws Exception {
        SessionizeBed former = SessionizeBed.fresh(tiers);
        former.clicks("u", 1);
        former.pass(DRAIN);
        long epoch = tiers.hot.epoch("u");
        OperatorSubtaskState state = former.snapshot();
        former.close();
        tiers.hot.evict("u");
        try (SessionizeBed later = former.restored(state)) {
            later.clicks("u", 5);
            later.pass(DRAIN);
            assertThat(tiers.hot.epoch("u")).isGreaterThan(epoch);
            assertThat(seconds(tiers.hot.times("u"))).containsExactly(5L, 1L);
            assertThat(tiers.hot.isHot("u")).isTrue();
        }
    }

    @Test
    void closeOfAFormerAttempt_leavesTheKeysOfTheNewOne() throws Exception {
        SessionizeBed former = SessionizeBed.fresh(tiers);
        former.clicks("u", 1);
        former.pass(DRAIN);
        OperatorSubtaskState state = former.snapshot();
        tiers.gate.hold("close");
        former.watermark(31);
        try (SessionizeBed later = former.restored(state)) {
            later.clicks("u", 10);
            later.pass(DRAIN);
            tiers.gate.open();
            former.settle();
            assertThat(seconds(tiers.hot.times("u"))).contains(10L, 1L);
            later.watermark(40);
            assertThat(seconds(tiers.cold.times("u"))).containsExactly(10L, 1L);
            assertThat(tiers.hot.has("u")).isFalse();
        }
        former.close();
    }
}
