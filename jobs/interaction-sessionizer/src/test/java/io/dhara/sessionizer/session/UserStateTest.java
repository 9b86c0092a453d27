package io.dhara.sessionizer.session;

import static io.dhara.sessionizer.session.Events.click;
import static io.dhara.sessionizer.session.Events.clicks;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class UserStateTest {
    private static final SessionRules RULES =
            new SessionRules(Duration.ofMillis(30), Duration.ofMillis(100), 5);

    @Test
    void append_inOrder_movesTheCloseTime() {
        UserState user = UserState.NEW.append(RULES, clicks(10)).append(RULES, clicks(40, 50));
        assertThat(user.closeMillis()).isEqualTo(80);
        assertThat(user.pending()).isEqualTo(3);
    }

    @Test
    void append_manyEvents_looksWhenTheClockReachesTheOneThatFilledIt() {
        UserState user = UserState.NEW.append(RULES, clicks(1, 2, 3, 4, 5));
        assertThat(user.closeMillis()).isEqualTo(5);
        assertThat(user.append(RULES, clicks(6)).closeMillis()).isEqualTo(5);
    }

    @Test
    void forget_onceTwoGapsHavePassed_butAnErasureAfterTheWindow() {
        PendingEvents pending = PendingEvents.of(clicks(100));
        UserState user =
                UserState.NEW.append(RULES, pending.events()).cut(RULES, pending.close(RULES, 130));
        assertThat(user.dueMillis(RULES)).isEqualTo(160);
        assertThat(user.erased(7).dueMillis(RULES)).isEqualTo(7 + Duration.ofDays(168).toMillis());
    }

    @Test
    void newUser_isForgottenAtOnce() {
        assertThat(UserState.NEW.forgetMillis(RULES)).isEqualTo(UserState.NEVER);
    }

    /** Else a session would close too late, or never. */
    @Property
    void closeMillis_isNeverLaterThanTheTrueOne_beforeTheSessionIsFull(
            @ForAll @Size(min = 1, max = 30) List<@IntRange(max = 400) Integer> times,
            @ForAll @IntRange(min = 1, max = 4) int batch) {
        SessionRules rules = new SessionRules(Duration.ofMillis(30), Duration.ofMillis(100), 1000);
        List<SessionEvent> all = new ArrayList<>();
        UserState user = UserState.NEW;
        for (int from = 0; from < times.size(); from += batch) {
            List<SessionEvent> arrived = new ArrayList<>();
            for (int time : times.subList(from, Math.min(times.size(), from + batch))) {
                arrived.add(click(time));
            }
            arrived = PendingEvents.of(arrived).events();
            all.addAll(arrived);
            user = user.append(rules, arrived);
            PendingEvents.Cut cut = PendingEvents.of(all).close(rules, -1);
            assertThat(user.closeMillis()).isLessThanOrEqualTo(cut.first().closeMillis());
            assertThat(user.startMillis()).isEqualTo(cut.first().startMillis());
        }
    }
}
