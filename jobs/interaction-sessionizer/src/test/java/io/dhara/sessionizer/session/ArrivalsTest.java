package io.dhara.sessionizer.session;

import static io.dhara.sessionizer.session.Events.click;
import static io.dhara.sessionizer.session.Events.clicks;
import static io.dhara.sessionizer.session.Events.times;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArrivalsTest {
    private static final SessionRules RULES =
            new SessionRules(Duration.ofMillis(30), Duration.ofMillis(200), 100);

    private static UserState withPending(List<SessionEvent> events) {
        return UserState.NEW.append(RULES, events);
    }

    private static UserState closedThrough(long time) {
        PendingEvents pending = PendingEvents.of(clicks(time));
        return withPending(pending.events()).cut(RULES, pending.close(RULES, time + 30));
    }

    private static Arrivals judge(
            long clock, UserState user, List<SessionEvent> pending, List<SessionEvent> events) {
        return Arrivals.judge(RULES, clock, user, events, () -> pending);
    }

    @Test
    void coldUser_gapNotPassed_opensASession() {
        Arrivals arrivals = judge(129, UserState.NEW, List.of(), clicks(100));
        assertThat(times(arrivals.pending())).containsExactly(100L);
        assertThat(arrivals.late()).isEmpty();
    }

    @Test
    void coldUser_gapPassed_isLate() {
        Arrivals arrivals = judge(130, UserState.NEW, List.of(), clicks(100));
        assertThat(arrivals.pending()).isEmpty();
        assertThat(arrivals.late())
                .containsExactly(
                        new ClosedSession(CloseReason.LATE, 100, 100, List.of(click(100))));
        assertThat(arrivals.lateEvents()).isEqualTo(1);
    }

    @Test
    void openSessionInReach_overdueEventJoinsIt() {
        List<SessionEvent> pending = clicks(130);
        Arrivals arrivals = judge(150, withPending(pending), pending, clicks(100));
        assertThat(times(arrivals.pending())).containsExactly(100L);
        assertThat(arrivals.late()).isEmpty();
    }

    @Test
    void openSessionOutOfReach_overdueEventIsLate() {
        List<SessionEvent> pending = clicks(131);
        Arrivals arrivals = judge(150, withPending(pending), pending, clicks(100));
        assertThat(arrivals.pending()).isEmpty();
        assertThat(arrivals.late()).hasSize(1);
    }

    @Test
    void overdueEvents_reachTheSessionThroughEachOther() {
        List<SessionEvent> pending = clicks(130);
        Arrivals arrivals = judge(150, withPending(pending), pending, clicks(70, 100, 20));
        assertThat(times(arrivals.pending())).containsExactly(70L, 100L);
        assertThat(times(arrivals.late().get(0).events())).containsExactly(20L);
    }

    @Test
    void overdueEvent_besideOneInTime_joinsIt() {
        Arrivals arrivals = judge(140, UserState.NEW, List.of(), clicks(110, 111));
        assertThat(times(arrivals.pending())).containsExactly(110L, 111L);
    }

    @Test
    void atTheEndOfTheLastClosedSession_isLate_oneLaterOpens() {
        Arrivals arrivals = judge(130, closedThrough(100), List.of(), clicks(100, 101));
        assertThat(times(arrivals.late().get(0).events())).containsExactly(100L);
        assertThat(times(arrivals.pending())).containsExactly(101L);
    }

    @Test
    void severalLateSessions_areCutByTheGap() {
        Arrivals arrivals = judge(1000, UserState.NEW, List.of(), clicks(100, 131, 0));
        assertThat(arrivals.late())
                .extracting(session -> times(session.events()))
                .containsExactly(List.of(0L), List.of(100L), List.of(131L));
    }

    @Test
    void intime_pendingIsNotRead() {
        UserState user = withPending(clicks(130));
        Arrivals arrivals =
                Arrivals.judge(
                        RULES,
                        140,
                        user,
                        clicks(135),
                        () -> {
                            throw new AssertionError("read for nothing");
                        });
        assertThat(arrivals.pending()).hasSize(1);
    }

    @Test
    void erased_upToItsTime() {
        Arrivals arrivals = judge(0, UserState.NEW.erased(100), List.of(), clicks(99, 100, 101));
        assertThat(times(arrivals.pending())).containsExactly(101L);
        assertThat(arrivals.erased()).isEqualTo(2);
    }

    @Test
    void duplicatesOfABatch_areCounted() {
        assertThat(judge(0, UserState.NEW, List.of(), clicks(1, 1, 1)).duplicates()).isEqualTo(2);
    }
}
