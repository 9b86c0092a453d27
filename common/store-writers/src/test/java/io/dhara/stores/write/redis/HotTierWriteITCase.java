package io.dhara.stores.write.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.interaction.Interaction;
import io.dhara.stores.interaction.HotAnswer;
import io.dhara.stores.interaction.HotAnswer.State;
import io.dhara.stores.write.interaction.HotTierWriter.Added;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Adds, loads and closes of users' sessions, as a reader sees them. */
final class HotTierWriteITCase extends HotTierFixture {
    private static final String U = "u1";

    @Test
    void session_fromFirstAddToClose_isLoadingThenHotThenAbsent() {
        establish();
        assertThat(read(U)).isEqualTo(answer(State.ABSENT, true, false));

        assertThat(add(U, EPOCH, click(U, 1, T))).isEqualTo(Added.LOADING);
        assertThat(read(U)).isEqualTo(answer(State.LOADING, true, false, click(U, 1, T)));

        assertThat(load(U, EPOCH, click(U, 2, T - 1000))).isTrue();
        assertThat(read(U))
                .isEqualTo(answer(State.HOT, true, true, click(U, 1, T), click(U, 2, T - 1000)));

        assertThat(add(writer, U, EPOCH, true, click(U, 3, T + 1))).isEqualTo(Added.HOT);
        assertThat(clicks(U)).hasSize(3);

        assertThat(closeSession(U, EPOCH)).isTrue();
        assertThat(read(U)).isEqualTo(answer(State.ABSENT, true, false));
        assertThat(redis.keys(U + "*")).isEmpty();
    }

    private static HotAnswer answer(
            State state, boolean established, boolean complete, Interaction... clicks) {
        return new HotAnswer(
                state,
                established,
                List.of(
                        new io.dhara.stores.interaction.TypeInteractions(
                                List.of(clicks), complete)));
    }
}
