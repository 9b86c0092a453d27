package io.dhara.sessionizer.operator;

import static io.dhara.sessionizer.operator.SessionizeBed.T0;
import static io.dhara.sessionizer.operator.SessionizeBed.click;
import static io.dhara.sessionizer.operator.SessionizeBed.seconds;
import static io.dhara.sessionizer.operator.SessionizeBed.stored;
import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.interaction.Interaction;
import io.dhara.proto.v1.SessionClosed;
import io.dhara.proto.v1.SessionRecord;
import io.dhara.sessionizer.tier.ManualTiers;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Events that come after their time, twice, or again. */
class SessionizeLateTest {
    private static final Duration DRAIN = Duration.ofMillis(50);

    private final ManualTiers tiers = new ManualTiers();

    private List<SessionRecord> records() {
        return tiers.sessions.records();
    }

    @Test
    void lateEvent_ofAColdUser_isASessionOfItsOwn() throws Exception {
        try (SessionizeBed bed = SessionizeBed.fresh(tiers)) {
            bed.watermark(100);
            bed.clicks("u", 70);
            bed.pass(DRAIN);
            assertThat(records()).hasSize(1);
            assertThat(records().get(0).getClosed()).isEqualTo(SessionClosed.SESSION_CLOSED_LATE);
            assertThat(seconds(tiers.cold.times("u"))).containsExactly(70L);
            assertThat(tiers.hot.has("u")).isFalse();
            assertThat(bed.timers()).isZero();
        }
    }

    @Test
    void lateEvent_ofAUserWithAnOpenSession_isColdAtOnce_andTheSessionStaysHot() throws Exception {
        try (SessionizeBed bed = SessionizeBed.fresh(tiers)) {
            bed.clicks("u", 95);
            bed.watermark(100);
            bed.clicks("u", 60);
            bed.pass(DRAIN);
            assertThat(records())
                    .extracting(SessionRecord::getClosed)
                    .containsExactly(SessionClosed.SESSION_CLOSED_LATE);
            assertThat(seconds(tiers.cold.times("u"))).containsExactly(60L);
            assertThat(seconds(tiers.hot.times("u"))).containsExactly(95L, 60L);
            assertThat(tiers.gate.count("close")).isZero();
            bed.watermark(125);
            assertThat(seconds(tiers.cold.times("u"))).containsExactly(95L, 60L);
            assertThat(tiers.hot.has("u")).isFalse();
        }
    }

    @Test
    void lateEvent_inReachOfTheOpenSession_joinsIt() throws Exception {
        try (SessionizeBed bed = SessionizeBed.fresh(tiers)) {
            bed.clicks("u", 95);
            bed.watermark(100);
            bed.clicks("u", 65);
            bed.watermark(125);
            assertThat(records())
                    .extracting(SessionizeBed::seconds)
                    .containsExactly(List.of(65L, 95L));
        }
    }

    @Test
    void lateEvent_olderThanTheLastClosedSession_isASessionOfItsOwn() throws Exception {
        try (SessionizeBed bed = SessionizeBed.fresh(tiers)) {
            bed.clicks("u", 0, 20);
            bed.watermark(50);
            bed.clicks("u", 10, 45);
            bed.pass(DRAIN);
            assertThat(records())
                    .extracting(SessionizeBed::seconds)
                    .containsExactly(List.of(0L, 20L), List.of(10L));
            bed.watermark(75);
            assertThat(records()).hasSize(3);
            assertThat(seconds(tiers.cold.times("u"))).containsExactly(45L, 20L, 10L, 0L);
        }
    }

    @Test
    void lateAppOpen_leavesNothing() throws Exception {
        try (SessionizeBed bed = SessionizeBed.fresh(tiers)) {
            bed.watermark(100);
            bed.appOpen("u", 10);
            bed.pass(DRAIN);
            assertThat(tiers.gate.calls("add", "prepare", "publish")).isEmpty();
        }
    }

    @Test
    void duplicatesInPending_areOneEvent() throws Exception {
        try (SessionizeBed bed = SessionizeBed.fresh(tiers)) {
            for (int i = 0; i < 3; i++) {
                bed.clicks("u", 1, 5, 1);
                bed.pass(DRAIN);
            }
            bed.watermark(40);
            assertThat(records())
                    .extracting(SessionizeBed::seconds)
                    .containsExactly(List.of(1L, 5L));
            assertThat(records().get(0).getCountsMap()).containsEntry("CLICK", 2);
            assertThat(tiers.cold.interactions("u")).hasSize(2);
        }
    }

    @Test
    void replayAfterClose_leavesNoRecordAndNoWrite() throws Exception {
        try (SessionizeBed bed = SessionizeBed.fresh(tiers)) {
            bed.clicks("u", 1, 5);
            bed.watermark(40);
            tiers.gate.forgetCalls();
            bed.clicks("u", 1, 5);
            bed.pass(DRAIN);
            bed.watermark(10_000);
            bed.clicks("u", 5, 1);
            bed.pass(DRAIN);
            assertThat(tiers.gate.calls("publish", "write")).isEmpty();
            assertThat(tiers.gate.count("prepare")).isEqualTo(2);
            assertThat(records()).hasSize(1);
            assertThat(tiers.hot.has("u")).isFalse();
        }
    }

    @Test
    void replayWithOneNewEvent_publishesThatAlone() throws Exception {
        try (SessionizeBed bed = SessionizeBed.fresh(tiers)) {
            bed.clicks("u", 1, 5);
            bed.watermark(40);
            bed.clicks("u", 1, 3, 5);
            bed.pass(DRAIN);
            assertThat(seconds(records().get(1))).containsExactly(3L);
            assertThat(records().get(1).getCountsMap()).containsEntry("CLICK", 1);
            assertThat(tiers.cold.interactions("u")).hasSize(3);
        }
    }

    @Test
    void lateOrder_toldAgainWithANewerTime_isWrittenButNotPublished() throws Exception {
        Interaction first = new Interaction("u", "ORDER", 1, 0, T0 + 1_000, "S1", "");
        Interaction again = new Interaction("u", "ORDER", 1, 0, T0 + 2_000, "S1", "");
        try (SessionizeBed bed = SessionizeBed.fresh(tiers)) {
            bed.event(stored(first));
            bed.watermark(40);
            bed.event(stored(again));
            bed.pass(DRAIN);
            assertThat(tiers.cold.interactions("u")).containsExactly(again);
            assertThat(records()).hasSize(1);
        }
    }

    @Test
    void history_ofAnEarlierJob_isNotNewToALateSession() throws Exception {
        tiers.cold.put("u", click("u", 10));
        try (SessionizeBed bed = SessionizeBed.fresh(tiers)) {
            bed.watermark(1_000);
            bed.clicks("u", 10);
            bed.pass(DRAIN);
            assertThat(records()).isEmpty();
            assertThat(tiers.gate.count("write")).isZero();
        }
    }
}
