package io.dhara.stores;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class GatheringTest {
    @Test
    void set_anyOrder_completesWithTheLast() {
        Gathering<String> gathering = new Gathering<>(3);
        gathering.set(2, "c");
        gathering.set(0, "a");
        assertThat(gathering.stage().toCompletableFuture()).isNotDone();
        gathering.set(1, "b");
        assertThat(gathering.stage().toCompletableFuture())
                .isCompletedWithValue(List.of("a", "b", "c"));
    }

    @Test
    void set_twice_keepsTheFirst() {
        Gathering<String> gathering = new Gathering<>(2);
        gathering.set(0, "first");
        gathering.set(0, "late");
        gathering.setMissing("none");
        assertThat(gathering.stage().toCompletableFuture())
                .isCompletedWithValue(List.of("first", "none"));
    }

    @Test
    void gathering_ofNothing_isComplete() {
        assertThat(new Gathering<String>(0).stage().toCompletableFuture())
                .isCompletedWithValue(List.of());
    }
}
