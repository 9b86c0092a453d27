package io.dhara.stores;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class ReopeningTest {
    private final Deque<CompletableFuture<String>> tries = new ArrayDeque<>();

    @Test
    void get_whileOpeningOrOpen_opensOnce() {
        Reopening<String> reopening = new Reopening<>(Duration.ZERO, this::open);
        assertThat(reopening.get()).isSameAs(reopening.get()).isNotDone();
        tries.getLast().complete("open");
        assertThat(reopening.get()).isCompletedWithValue("open");
        assertThat(tries).hasSize(1);
    }

    @Test
    void get_afterAFailure_opensAgainButNotWithinThePause() {
        Reopening<String> eager = new Reopening<>(Duration.ZERO, this::open);
        tries.getLast().completeExceptionally(new IllegalStateException("refused"));
        assertThat(eager.get()).isNotDone();
        assertThat(tries).hasSize(2);

        tries.clear();
        Reopening<String> patient = new Reopening<>(Duration.ofDays(1), this::open);
        tries.getLast().completeExceptionally(new IllegalStateException("refused"));
        assertThat(patient.get()).isCompletedExceptionally();
        assertThat(tries).hasSize(1);
    }

    @Test
    void close_whileOpening_closesWhatOpensLater() {
        List<String> closed = new ArrayList<>();
        Reopening<String> reopening = new Reopening<>(Duration.ZERO, this::open);
        assertThat(reopening.close(opened -> note(closed, opened)).toCompletableFuture()).isDone();
        assertThat(closed).isEmpty();
        tries.getLast().complete("late");
        assertThat(closed).containsExactly("late");
    }

    @Test
    void close_afterAFailure_opensNothing() {
        Reopening<String> reopening = new Reopening<>(Duration.ZERO, this::open);
        tries.getLast().completeExceptionally(new IllegalStateException("refused"));
        assertThat(reopening.close(opened -> note(new ArrayList<>(), opened)).toCompletableFuture())
                .isDone();
        assertThat(reopening.get()).isCompletedExceptionally();
        assertThat(tries).hasSize(1);
    }

    private CompletableFuture<String> open() {
        CompletableFuture<String> opening = new CompletableFuture<>();
        tries.add(opening);
        return opening;
    }

    private static CompletableFuture<Void> note(List<String> closed, String opened) {
        closed.add(opened);
        return CompletableFuture.completedFuture(null);
    }
}
