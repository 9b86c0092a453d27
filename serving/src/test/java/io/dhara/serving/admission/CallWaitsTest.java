package io.dhara.serving.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class CallWaitsTest {
    private static final AdmissionSettings SETTINGS = AdmissionSettings.DEFAULTS;
    private static final long MICRO = 1_000;

    private final Queue<Runnable> endsOfTurn = new ArrayDeque<>();

    @Test
    void loop_callsLateInEveryTurn_areRefused_andTheFirstOfATurnServed() {
        CallWaits waits = new CallWaits(SETTINGS, () -> endsOfTurn::add);
        long now = 0;
        for (int turn = 0; turn < 50; turn++) {
            boolean burst = turn < 9;
            boolean standing = turn > 25;
            for (int call = 0; call < 10; call++) {
                boolean early = call * 1_000 <= SETTINGS.maxWait().toNanos() / MICRO;
                boolean admitted = waits.admit(now, now);
                if (burst || standing) {
                    assertThat(admitted).isEqualTo(burst || early);
                }
                now += 1_000 * MICRO;
            }
            endsOfTurn.remove().run();
            assertThat(endsOfTurn).isEmpty();
        }
    }

    @Test
    void loop_longCallsOneByOne_waitForNothing() {
        CallWaits waits = new CallWaits(SETTINGS, () -> endsOfTurn::add);
        for (long now = 0; now < 1_000_000_000L; now += 50_000 * MICRO) {
            assertThat(waits.admit(now, now)).isTrue();
            endsOfTurn.remove().run();
        }
    }

    @Test
    void pool_callsThatWaitedSinceTheyArrived_areRefused() {
        CallWaits waits = new CallWaits(SETTINGS, () -> null);
        long wait = Duration.ofMillis(10).toNanos();
        long now = wait;
        for (int call = 0; call < 30; call++) {
            waits.admit(now, now - wait);
            now += wait;
        }

        assertThat(waits.admit(now, now - wait)).isFalse();
        assertThat(waits.admit(now, now)).isTrue();
    }
}
