package io.dhara.localstack.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.SettableFuture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class OpenLoopTest {
    private static final int CALLS = 50;
    private static final OpenLoop LOOP = new OpenLoop(100, Duration.ZERO, Duration.ofMillis(500));

    /** Nobody answers before the last call: none of the others waited for that. */
    @Test
    void answersThatComeLate_holdNoCallBackAndCountFromTheDueTime() throws Exception {
        List<SettableFuture<String>> open = new ArrayList<>();
        OpenLoop.Result result =
                LOOP.run(
                        () -> {
                            open.add(SettableFuture.create());
                            if (open.size() == CALLS) {
                                open.forEach(call -> call.set("answer"));
                            }
                            return open.get(open.size() - 1);
                        });
        assertThat(result.calls()).isEqualTo(CALLS);
        assertThat(result.failures()).isZero();
        assertThat(result.latencyMicros().getMaxValue())
                .isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toMicros(490));
        assertThat(result.latencyMicros().getValueAtPercentile(50))
                .isGreaterThan(TimeUnit.MILLISECONDS.toMicros(200));
    }

    /** A stall while one call is started counts against those that were due meanwhile. */
    @Test
    void startThatComesLate_countsFromTheDueTime() throws Exception {
        long stall = TimeUnit.MILLISECONDS.toNanos(300);
        int[] calls = {0};
        OpenLoop.Result result =
                LOOP.run(
                        () -> {
                            if (calls[0]++ == 0) {
                                long end = System.nanoTime() + stall;
                                while (System.nanoTime() - end < 0) {
                                    Thread.onSpinWait();
                                }
                            }
                            return Futures.immediateFuture("answer");
                        });
        assertThat(result.calls()).isEqualTo(CALLS);
        assertThat(result.latencyMicros().getValueAtPercentile(70))
                .isGreaterThan(TimeUnit.MILLISECONDS.toMicros(50));
    }

    @Test
    void manyThousandsOfOpenCalls_areAllWaitedFor() throws Exception {
        int calls = 80_000;
        List<SettableFuture<String>> open = new ArrayList<>(calls);
        OpenLoop.Result result =
                new OpenLoop(calls * 2, Duration.ZERO, Duration.ofMillis(500))
                        .run(
                                () -> {
                                    open.add(SettableFuture.create());
                                    SettableFuture<String> made = open.get(open.size() - 1);
                                    if (open.size() == calls) {
                                        open.forEach(call -> call.set("answer"));
                                    }
                                    return made;
                                });
        assertThat(result.calls()).isEqualTo(calls);
    }

    @Test
    void warmUpIsNotMeasured_failuresAreCountedApart() throws Exception {
        int[] calls = {0};
        OpenLoop.Result result =
                new OpenLoop(100, Duration.ofMillis(200), Duration.ofMillis(100))
                        .run(
                                () ->
                                        ++calls[0] % 2 == 0
                                                ? Futures.immediateFailedFuture(
                                                        new IllegalStateException("refused"))
                                                : Futures.immediateFuture("answer"));
        assertThat(calls[0]).isEqualTo(30);
        assertThat(result.calls()).isEqualTo(10);
        assertThat(result.failures()).isEqualTo(5);
    }
}
