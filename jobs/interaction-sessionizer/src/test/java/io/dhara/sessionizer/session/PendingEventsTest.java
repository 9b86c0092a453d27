package io.dhara.sessionizer.session;

import static io.dhara.sessionizer.session.Events.appOpen;
import static io.dhara.sessionizer.session.Events.click;
import static io.dhara.sessionizer.session.Events.clicks;
import static io.dhara.sessionizer.session.Events.order;
import static io.dhara.sessionizer.session.Events.times;
import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.sessionizer.session.PendingEvents.Bounds;
import io.dhara.sessionizer.session.PendingEvents.Cut;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class PendingEventsTest {
    private static final SessionRules RULES =
            new SessionRules(Duration.ofMillis(30), Duration.ofMillis(100), 4);

    private static Cut close(long clock, SessionEvent... events) {
        return PendingEvents.of(List.of(events)).close(RULES, clock);
    }

    @Test
    void gap_exactlyTheGap_stays() {
        Cut cut = PendingEvents.of(clicks(0, 30, 60)).close(RULES, 89);
        assertThat(cut.closed()).isEmpty();
        assertThat(cut.first()).isEqualTo(new Bounds(0, 60, 90));
    }

    @Test
    void gap_oneMillisecondMore_opensANewSession() {
        Cut cut = PendingEvents.of(clicks(0, 31)).close(RULES, 30);
        assertThat(cut.closed()).hasSize(1);
        assertThat(times(cut.closed().get(0).events())).containsExactly(0L);
        assertThat(times(cut.open())).containsExactly(31L);
    }

    @Test
    void clock_oneBeforeTheGap_closesNothing() {
        assertThat(close(29, click(0)).closed()).isEmpty();
        assertThat(close(30, click(0)).closed()).hasSize(1);
    }

    @Test
    void closed_hasBoundsReasonAndEventsInOrder() {
        ClosedSession session = close(1000, click(20, 2), click(0), appOpen(20)).closed().get(0);
        assertThat(session)
                .isEqualTo(
                        new ClosedSession(
                                CloseReason.GAP,
                                0,
                                20,
                                List.of(click(0), appOpen(20), click(20, 2))));
        assertThat(session.stored("u")).hasSize(2);
    }

    @Test
    void duplicates_areOneEvent() {
        PendingEvents pending = PendingEvents.of(clicks(5, 5, 7, 5));
        assertThat(times(pending.events())).containsExactly(5L, 7L);
        assertThat(pending.duplicates()).isEqualTo(2);
    }

    @Test
    void cap_atExactlyTheCap_stays_oneMoreOpensANewSession() {
        SessionRules rules = new SessionRules(Duration.ofMillis(60), Duration.ofMillis(100), 1_000);
        Cut cut = PendingEvents.of(clicks(0, 50, 100, 101)).close(rules, 100);
        assertThat(times(cut.closed().get(0).events())).containsExactly(0L, 50L, 100L);
        assertThat(cut.closed().get(0).reason()).isEqualTo(CloseReason.CAP);
        assertThat(cut.first()).isEqualTo(new Bounds(101, 101, 161));
    }

    @Test
    void cap_withoutAFurtherEvent_closesByTheClock() {
        SessionRules rules = new SessionRules(Duration.ofMillis(60), Duration.ofMillis(100), 9);
        assertThat(PendingEvents.of(clicks(0, 50, 90)).close(rules, 99).closed()).isEmpty();
        assertThat(PendingEvents.of(clicks(0, 50, 90)).close(rules, 100).closed().get(0).reason())
                .isEqualTo(CloseReason.CAP);
    }

    @Test
    void maxEvents_closesWithTheLastOfThatMillisecond() {
        Cut cut = close(9, click(1), click(2), click(3), click(9, 1), click(9, 2), click(10, 1));
        assertThat(times(cut.closed().get(0).events())).containsExactly(1L, 2L, 3L, 9L, 9L);
        assertThat(cut.closed().get(0).reason()).isEqualTo(CloseReason.CAP);
        assertThat(times(cut.open())).containsExactly(10L);
    }

    @Test
    void maxEvents_beforeTheClockReachesTheLast_waitsForEarlierOnes() {
        assertThat(close(8, click(1), click(2), click(3), click(9), click(10)).closed()).isEmpty();
    }

    @Test
    void closeAll_whatTheClockHasNotPassed_stops() {
        Cut cut = PendingEvents.of(clicks(0, 100, 200)).closeAll(RULES, 40);
        assertThat(cut.closed())
                .extracting(ClosedSession::reason)
                .containsExactly(CloseReason.GAP, CloseReason.GAP, CloseReason.STOP);
        assertThat(cut.open()).isEmpty();
        assertThat(PendingEvents.of(clicks(0)).closeAll(RULES, 30).closed().get(0).reason())
                .isEqualTo(CloseReason.GAP);
    }

    @Test
    void orderToldAgainLater_countsOnce_asTheNewest() {
        ClosedSession session =
                close(1000, order(0, "S1"), click(5), order(20, "S1")).closed().get(0);
        assertThat(session.events()).containsExactly(click(5), order(20, "S1"));
        assertThat(session.startMillis()).isZero();
    }
}
