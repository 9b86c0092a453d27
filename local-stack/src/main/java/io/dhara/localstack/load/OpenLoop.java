package io.dhara.localstack.load;

import static java.util.Objects.requireNonNull;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Calls that arrive at a fixed rate whether or not earlier ones are answered. A latency runs from
 * the instant at which its call was due, so a stall counts against every call that fell into it,
 * and so does a start that comes late.
 *
 * @param perSecond calls
 * @param warmUp at first, not measured
 * @param duration that is measured
 */
public record OpenLoop(int perSecond, Duration warmUp, Duration duration) {
    private static final Duration DRAIN = Duration.ofSeconds(30);
    private static final int DIGITS = 3;

    /** Longest latency that is told apart; longer ones count as this. */
    private static final long MAX_MICROS = TimeUnit.MINUTES.toMicros(1);

    /**
     * @param latencyMicros of the answered calls, in microseconds
     * @param failures calls that were answered by an error; not in the histogram
     */
    public record Result(Histogram latencyMicros, long failures) {
        /** Measured calls. */
        public long calls() {
            return latencyMicros.getTotalCount() + failures;
        }
    }

    public OpenLoop {
        requireNonNull(warmUp, "warmUp is null");
        requireNonNull(duration, "duration is null");
        if (perSecond < 1) {
            throw new IllegalArgumentException("perSecond must be at least 1: got " + perSecond);
        }
    }

    /**
     * Makes the calls on this thread, and returns when all are answered.
     *
     * @param call starts one and returns at once
     * @throws TimeoutException if answers are missing half a minute after the last call
     */
    public Result run(Supplier<? extends ListenableFuture<?>> call)
            throws InterruptedException, TimeoutException {
        ConcurrentHistogram latency = new ConcurrentHistogram(MAX_MICROS, DIGITS);
        AtomicLong failures = new AtomicLong();
        OpenCalls open = new OpenCalls();
        long start = System.nanoTime();
        long measureFrom = start + warmUp.toNanos();
        long end = measureFrom + duration.toNanos();
        long intervalNanos = TimeUnit.SECONDS.toNanos(1) / perSecond;
        for (long due = start; due - end < 0; due += intervalNanos) {
            for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                LockSupport.parkNanos(wait);
            }
            open.begin();
            Futures.addCallback(
                    call.get(),
                    new Answer(due, due - measureFrom >= 0, latency, failures, open),
                    MoreExecutors.directExecutor());
        }
        open.end();
        if (!open.none.await(DRAIN.toSeconds(), TimeUnit.SECONDS)) {
            throw new TimeoutException("calls were not answered within " + DRAIN);
        }
        return new Result(latency, failures.get());
    }

    /** Calls on their way, as many as there are, and the loop itself while it makes some. */
    private static final class OpenCalls {
        final CountDownLatch none = new CountDownLatch(1);
        private final AtomicLong open = new AtomicLong(1);

        void begin() {
            open.incrementAndGet();
        }

        void end() {
            if (open.decrementAndGet() == 0) {
                none.countDown();
            }
        }
    }

    private record Answer(
            long dueNanos, boolean measured, Histogram latency, AtomicLong failures, OpenCalls open)
            implements FutureCallback<Object> {
        @Override
        public void onSuccess(Object answer) {
            if (measured) {
                long micros = TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - dueNanos);
                latency.recordValue(Math.min(micros, MAX_MICROS));
            }
            open.end();
        }

        @Override
        public void onFailure(Throwable thrown) {
            if (measured) {
                failures.incrementAndGet();
            }
            open.end();
        }
    }
}
