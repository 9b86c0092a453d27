package io.dhara.sessionizer.operator;

import static io.dhara.sessionizer.operator.SessionizeBed.CONFIG;
import static io.dhara.sessionizer.operator.SessionizeBed.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.proto.v1.SessionClosed;
import io.dhara.proto.v1.SessionRecord;
import io.dhara.sessionizer.session.SessionRules;
import io.dhara.sessionizer.tier.ManualTiers;
import java.time.Duration;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.junit.jupiter.api.Test;

/** When sessions close: event time, idle time, caps, the end. */
class SessionizeClockTest {
    private final ManualTiers tiers = new ManualTiers();

    private static SessionizeConfig rules(Duration gap, Duration cap, int maxEvents) {
        return new SessionizeConfig(
                new SessionRules(gap, cap, maxEvents),
                CONFIG.flushInterval(),
                CONFIG.flushMaxEvents(),
                CONFIG.flushMaxBytes(),
                CONFIG.tick(),
                CONFIG.tiers());
    }

    private List<List<Long>> published() {
        return tiers.sessions.records().stream().map(SessionizeBed::seconds).toList();
    }

    private List<SessionClosed> reasons() {
        return tiers.sessions.records().stream().map(SessionRecord::getClosed).toList();
    }

    @Test
    void idleStream_stillFlushes() throws Exception {
        try (SessionizeBed bed = SessionizeBed.fresh(tiers)) {
            bed.clicks("u", 10);
            bed.watermark(5);
            bed.idle();
            bed.pass(Duration.ofSeconds(34));
            assertThat(published()).isEmpty();
            bed.pass(Duration.ofSeconds(2));
            assertThat(published()).containsExactly(List.of(10L));
            assertThat(reasons()).containsExactly(SessionClosed.SESSION_CLOSED_GAP);
            assertThat(tiers.hot.has("u")).isFalse();
        }
    }

    @Test
    void activeStream_processingTimeClosesNothing() throws Exception {
        try (SessionizeBed bed = SessionizeBed.fresh(tiers)) {
            bed.clicks("u", 10);
            bed.watermark(5);
            bed.pass(Duration.ofMinutes(5));
            assertThat(published()).isEmpty();
        }
    }

    @Test
    void stalledProcess_doesNotJump() throws Exception {
        try (SessionizeBed bed = SessionizeBed.fresh(tiers)) {
            bed.clicks("u", 10);
            bed.watermark(5);
            bed.idle();
            bed.pass(Duration.ofSeconds(2));
            bed.stall(Duration.ofHours(1));
            bed.pass(Duration.ofSeconds(2));
            assertThat(published()).isEmpty();
            bed.active();
            bed.clicks("u", 30);
            bed.watermark(60);
            assertThat(published()).containsExactly(List.of(10L, 30L));
        }
    }

    @Test
    void restoredWhileIdle_goesOnFromTheRestoredClock() throws Exception {
        SessionizeBed former = SessionizeBed.fresh(tiers);
        former.clicks("u", 10);
        former.watermark(5);
        former.idle();
        former.pass(Duration.ofSeconds(20));
        OperatorSubtaskState state = former.snapshot();
        former.close();
        try (SessionizeBed later = former.restored(state)) {
            later.idle();
            later.pass(Duration.ofSeconds(17));
            assertThat(published()).containsExactly(List.of(10L));
        }
    }

    @Test
    void restored_judgesLateEventsAsBefore() throws Exception {
        SessionizeBed former = SessionizeBed.fresh(tiers);
        former.watermark(1_000);
        OperatorSubtaskState state = former.snapshot();
        former.close();
        try (SessionizeBed later = former.restored(state)) {
            later.clicks("u", 500);
            later.pass(Duration.ofMillis(50));
            assertThat(reasons()).containsExactly(SessionClosed.SESSION_CLOSED_LATE);
        }
    }

    @Test
    void cap_byTime() throws Exception {
        try (SessionizeBed bed =
                SessionizeBed.fresh(
                        rules(Duration.ofSeconds(30), Duration.ofSeconds(60), 1_000), tiers)) {
            bed.clicks("u", 0, 20, 40, 60, 80);
            bed.watermark(61);
            assertThat(published()).containsExactly(List.of(0L, 20L, 40L, 60L));
            assertThat(reasons()).containsExactly(SessionClosed.SESSION_CLOSED_CAP);
            assertThat(tiers.hot.has("u")).isTrue();
            bed.watermark(200);
            assertThat(published()).hasSize(2);
            assertThat(reasons().get(1)).isEqualTo(SessionClosed.SESSION_CLOSED_GAP);
        }
    }

    @Test
    void cap_byCount() throws Exception {
        try (SessionizeBed bed =
                SessionizeBed.fresh(
                        rules(Duration.ofSeconds(30), Duration.ofSeconds(600), 3), tiers)) {
            bed.clicks("u", 1, 2, 3, 4, 5, 6, 7);
            bed.watermark(7);
            assertThat(published()).containsExactly(List.of(1L, 2L, 3L), List.of(4L, 5L, 6L));
            bed.watermark(37);
            assertThat(published()).hasSize(3);
            assertThat(reasons())
                    .containsExactly(
                            SessionClosed.SESSION_CLOSED_CAP,
                            SessionClosed.SESSION_CLOSED_CAP,
                            SessionClosed.SESSION_CLOSED_GAP);
        }
    }

    @Test
    void cap_byCount_whileEventsNeverPause() throws Exception {
        try (SessionizeBed bed =
                SessionizeBed.fresh(
                        rules(Duration.ofSeconds(30), Duration.ofHours(4), 10), tiers)) {
            for (int second = 0; second < 100; second++) {
                bed.clicks("u", second);
                bed.watermark(second - 5);
            }
            assertThat(published()).hasSize(9);
            assertThat(published().get(8).get(0)).isEqualTo(80L);
        }
    }

    @Test
    void timers_atMostOneAUser() throws Exception {
        try (SessionizeBed bed = SessionizeBed.fresh(tiers)) {
            for (int second = 0; second < 400; second += 7) {
                bed.clicks("u", second, second - 3);
                bed.clicks("v", second);
                bed.watermark(second - 20);
                assertThat(bed.timers()).isEqualTo(2);
            }
            bed.watermark(440);
            assertThat(bed.timers()).as("to forget them").isEqualTo(2);
            bed.watermark(600);
            assertThat(bed.timers()).isZero();
        }
    }

    @Test
    void closedUser_isForgottenAfterTwoGaps() throws Exception {
        try (SessionizeBed bed = SessionizeBed.fresh(tiers)) {
            bed.clicks("u", 1);
            bed.watermark(60);
            bed.clicks("u", 1);
            bed.watermark(61);
            assertThat(tiers.sessions.records()).hasSize(1);
            bed.watermark(62);
            OperatorSubtaskState state = bed.snapshot();
            try (SessionizeBed later = bed.restored(state)) {
                assertThat(later.timers()).isZero();
                assertThat(later.usersInState()).isZero();
            }
        }
    }

    @Test
    void drain_closesEverything_andWaits() throws Exception {
        try (SessionizeBed bed = SessionizeBed.fresh(tiers)) {
            bed.clicks("u", 1, 50);
            bed.clicks("v", 40);
            bed.watermark(30);
            bed.harness.processWatermark(Watermark.MAX_WATERMARK);
            tiers.gate.hold("write");
            Thread store = tiers.releaseFromAnotherThread("write", 2);
            bed.harness.endInput();
            store.join();
            assertThat(seconds(tiers.cold.times("u"))).containsExactly(50L, 1L);
            assertThat(seconds(tiers.cold.times("v"))).containsExactly(40L);
            assertThat(reasons())
                    .containsExactlyInAnyOrder(
                            SessionClosed.SESSION_CLOSED_GAP,
                            SessionClosed.SESSION_CLOSED_STOP,
                            SessionClosed.SESSION_CLOSED_STOP);
            assertThat(tiers.hot.userIds()).isEmpty();
        }
    }

    @Test
    void restoredAfterADrain_goesOnInTheTimeBefore() throws Exception {
        SessionizeBed former = SessionizeBed.fresh(tiers);
        former.clicks("u", 40);
        former.watermark(30);
        former.harness.processWatermark(Watermark.MAX_WATERMARK);
        tiers.gate.hold("write");
        Thread store = tiers.releaseFromAnotherThread("write", 1);
        former.harness.endInput();
        store.join();
        OperatorSubtaskState state = former.snapshot();
        former.close();
        tiers.gate.open();
        try (SessionizeBed later = former.restored(state)) {
            later.clicks("u", 45);
            later.clicks("w", 45);
            later.watermark(74);
            assertThat(published()).containsExactly(List.of(40L));
            later.watermark(75);
            assertThat(published()).hasSize(3);
            assertThat(reasons()).doesNotContain(SessionClosed.SESSION_CLOSED_LATE);
        }
    }
}
