package io.dhara.sessionizer.operator;

import static io.dhara.sessionizer.operator.SessionizeBed.click;
import static io.dhara.sessionizer.operator.SessionizeBed.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.proto.v1.SessionRecord;
import io.dhara.sessionizer.tier.ManualTiers;
import io.dhara.stores.interaction.ColdTierConfig.OnCorruptBlock;
import io.dhara.stores.write.interaction.CorruptBlock;
import java.time.Duration;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The way from hot to cold, disturbed at every step. */
class SessionizeFlushTest {
    private static final Duration DRAIN = Duration.ofMillis(50);

    private final ManualTiers tiers = new ManualTiers();

    /** What the former attempt still does after the checkpoint. */
    enum Afterwards {
        NOTHING,
        THE_STEP,
        EVERYTHING
    }

    @ParameterizedTest
    @CsvSource({
        "prepare,NOTHING",
        "prepare,THE_STEP",
        "prepare,EVERYTHING",
        "publish,NOTHING",
        "publish,THE_STEP",
        "publish,EVERYTHING",
        "write,NOTHING",
        "write,THE_STEP",
        "write,EVERYTHING",
        "close,NOTHING",
        "close,THE_STEP",
        "close,EVERYTHING"
    })
    void crashAtAStep_isRepeated_nothingDoubled(String step, Afterwards afterwards)
            throws Exception {
        tiers.cold.put("u", click("u", -500));
        SessionizeBed former = SessionizeBed.fresh(tiers);
        former.clicks("u", 1, 20);
        tiers.gate.hold(step);
        former.watermark(50);
        assertThat(tiers.gate.waiting(step)).isEqualTo(1);
        OperatorSubtaskState state = former.snapshot();
        if (afterwards != Afterwards.NOTHING) {
            tiers.gate.release(step);
        }
        if (afterwards == Afterwards.EVERYTHING) {
            former.settle();
            assertThat(tiers.hot.has("u")).isFalse();
        }
        former.close();
        tiers.gate.open();

        try (SessionizeBed later = former.restored(state)) {
            later.settle();
            assertThat(seconds(tiers.cold.times("u"))).containsExactly(20L, 1L, -500L);
            assertThat(tiers.hot.has("u")).isFalse();
            assertThat(tiers.sessions.records().stream().distinct())
                    .extracting(SessionizeBed::seconds)
                    .containsExactly(List.of(1L, 20L));
            assertThat(tiers.sessions.records()).hasSizeLessThanOrEqualTo(2);
            later.watermark(50);
            later.clicks("u", 60);
            later.watermark(90);
            assertThat(seconds(tiers.cold.times("u"))).containsExactly(60L, 20L, 1L, -500L);
            assertThat(tiers.hot.has("u")).isFalse();
        }
    }

    @Test
    void crashAfterTheClose_leavesNoWork() throws Exception {
        SessionizeBed former = SessionizeBed.fresh(tiers);
        former.clicks("u", 1);
        former.watermark(50);
        OperatorSubtaskState state = former.snapshot();
        former.close();
        tiers.gate.forgetCalls();
        try (SessionizeBed later = former.restored(state)) {
            later.settle();
            assertThat(tiers.gate.calls("prepare", "publish", "write", "close")).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"prepare", "publish", "write", "close"})
    void stepFailsOftenAndAnswersGetLost_isRepeatedUntilItSucceeds(String step) throws Exception {
        try (SessionizeBed bed = SessionizeBed.fresh(tiers)) {
            bed.clicks("u", 1, 20);
            tiers.gate.fail(step, 5);
            bed.watermark(50);
            bed.pass(Duration.ofSeconds(10));
            assertThat(seconds(tiers.cold.times("u"))).containsExactly(20L, 1L);
            assertThat(tiers.hot.has("u")).isFalse();
            bed.clicks("u", 60);
            tiers.gate.loseAnswers(step, 2);
            bed.watermark(90);
            bed.pass(Duration.ofSeconds(10));
            assertThat(seconds(tiers.cold.times("u"))).containsExactly(60L, 20L, 1L);
            assertThat(tiers.hot.has("u")).isFalse();
            assertThat(tiers.sessions.records().stream().distinct()).hasSize(2);
        }
    }

    /** I1. */
    @Test
    void coldReadFails_isRetried_coldTierUntouched() throws Exception {
        tiers.cold.put("u", click("u", -500));
        try (SessionizeBed bed = SessionizeBed.fresh(tiers)) {
            bed.clicks("u", 1);
            tiers.gate.fail("prepare", 100);
            bed.watermark(50);
            bed.pass(Duration.ofMinutes(1));
            assertThat(tiers.gate.count("prepare")).isBetween(10, 40);
            assertThat(seconds(tiers.cold.times("u"))).containsExactly(-500L);
            assertThat(tiers.sessions.records()).isEmpty();
            assertThat(seconds(tiers.hot.times("u"))).contains(1L);
            tiers.gate.fail("prepare", 0);
            bed.pass(Duration.ofSeconds(5));
            assertThat(seconds(tiers.cold.times("u"))).containsExactly(1L, -500L);
        }
    }

    @Test
    void failedWrite_isReadAgain_withANewerWriteTime_andPublishedOnce() throws Exception {
        try (SessionizeBed bed = SessionizeBed.fresh(tiers)) {
            bed.clicks("u", 1);
            tiers.gate.loseAnswers("write", 1);
            bed.watermark(50);
            bed.pass(Duration.ofSeconds(1));
            assertThat(tiers.gate.calls("prepare", "publish", "write", "close"))
                    .containsExactly("prepare u", "publish u", "write u", "prepare u", "close u");
            assertThat(tiers.sessions.records()).hasSize(1);
        }
    }

    @Test
    void eventDuringTheFlush_keepsTheHotKeys_underANewEpoch() throws Exception {
        for (String step : List.of("prepare", "publish", "write")) {
            ManualTiers own = new ManualTiers();
            try (SessionizeBed bed = SessionizeBed.fresh(own)) {
                bed.clicks("u", 1);
                bed.pass(DRAIN);
                long epoch = own.hot.epoch("u");
                own.gate.hold(step);
                bed.watermark(31);
                bed.clicks("u", 40);
                bed.pass(DRAIN);
                own.gate.open();
                bed.settle();
                assertThat(own.gate.count("close")).as(step).isZero();
                assertThat(seconds(own.hot.times("u"))).contains(40L);
                assertThat(own.hot.epoch("u")).isGreaterThan(epoch);
                bed.watermark(70);
                assertThat(seconds(own.cold.times("u"))).containsExactly(40L, 1L);
                assertThat(own.hot.has("u")).isFalse();
            }
        }
    }

    @Test
    void eventBetweenColdWriteAndHotClose_isKept() throws Exception {
        try (SessionizeBed bed = SessionizeBed.fresh(tiers)) {
            bed.clicks("u", 1);
            bed.pass(DRAIN);
            tiers.gate.hold("close");
            bed.watermark(31);
            bed.clicks("u", 40);
            bed.pass(DRAIN);
            assertThat(seconds(tiers.hot.times("u"))).containsExactly(40L, 1L);
            tiers.gate.open();
            bed.settle();
            assertThat(seconds(tiers.hot.times("u"))).as("another epoch").contains(40L);
            assertThat(tiers.hot.isHot("u")).isTrue();
            bed.watermark(70);
            assertThat(seconds(tiers.cold.times("u"))).containsExactly(40L, 1L);
            assertThat(tiers.hot.has("u")).isFalse();
        }
    }

    @Test
    void eventHeldWhileTheSessionCloses_isNotLost() throws Exception {
        try (SessionizeBed bed = SessionizeBed.fresh(tiers)) {
            bed.clicks("u", 1);
            bed.clicks("u", 32);
            bed.watermark(31);
            assertThat(tiers.sessions.records())
                    .extracting(SessionizeBed::seconds)
                    .containsExactly(List.of(1L));
            assertThat(seconds(tiers.hot.times("u"))).contains(32L);
            bed.watermark(62);
            assertThat(seconds(tiers.cold.times("u"))).containsExactly(32L, 1L);
        }
    }

    @Test
    void addStillOnItsWay_whenTheFlushIsDone_bringsNothingBack() throws Exception {
        try (SessionizeBed bed = SessionizeBed.fresh(tiers)) {
            tiers.gate.hold("add");
            bed.clicks("u", 1);
            bed.pass(DRAIN);
            bed.clicks("u", 2);
            bed.watermark(32);
            assertThat(seconds(tiers.cold.times("u"))).containsExactly(2L, 1L);
            assertThat(tiers.gate.count("close")).as("waits for the add").isZero();
            tiers.gate.open();
            bed.settle();
            assertThat(tiers.gate.count("add")).as("and one of nothing").isEqualTo(2);
            assertThat(tiers.hot.has("u")).isFalse();
        }
    }

    @Test
    void sessionsOfOneUser_areFlushedInSequence() throws Exception {
        try (SessionizeBed bed = SessionizeBed.fresh(tiers)) {
            bed.clicks("u", 1, 50, 100);
            bed.clicks("v", 1);
            tiers.gate.hold("write");
            bed.watermark(200);
            assertThat(tiers.gate.calls("prepare")).containsExactly("prepare u", "prepare v");
            tiers.gate.open();
            bed.settle();
            assertThat(tiers.sessions.records())
                    .extracting(SessionRecord::getUserId)
                    .containsExactly("u", "v", "u", "u");
            assertThat(tiers.gate.calls("close")).containsExactlyInAnyOrder("close u", "close v");
            assertThat(seconds(tiers.cold.times("u"))).containsExactly(100L, 50L, 1L);
        }
    }

    @Test
    void corruptBlock_isHeld_untilItIsRepaired() throws Exception {
        tiers.cold.corrupt("u", new CorruptBlock("click", "week_1", new byte[] {1}, "no header"));
        try (SessionizeBed bed = SessionizeBed.fresh(tiers)) {
            bed.clicks("u", 1);
            bed.watermark(50);
            bed.pass(Duration.ofMinutes(1));
            assertThat(tiers.gate.calls("publish", "write", "putAside")).isEmpty();
            assertThat(tiers.hot.isHot("u")).as("history is not complete").isFalse();
            tiers.cold.repair("u");
            bed.pass(Duration.ofSeconds(10));
            assertThat(seconds(tiers.cold.times("u"))).containsExactly(1L);
        }
    }

    /** I12: the bytes are kept before they are written over. */
    @Test
    void corruptBlock_isReplaced_afterItsBytesArePutAside() throws Exception {
        CorruptBlock block = new CorruptBlock("click", "week_1", new byte[] {1}, "no header");
        tiers.onCorruptBlock = OnCorruptBlock.REPLACE;
        tiers.cold.corrupt("u", block);
        try (SessionizeBed bed = SessionizeBed.fresh(tiers)) {
            bed.clicks("u", 1);
            tiers.gate.fail("putAside", 1);
            bed.watermark(50);
            assertThat(tiers.gate.count("write")).isZero();
            bed.pass(Duration.ofSeconds(1));
            assertThat(tiers.sessions.blocks()).containsExactly(block);
            assertThat(seconds(tiers.cold.times("u"))).containsExactly(1L);
        }
    }
}
