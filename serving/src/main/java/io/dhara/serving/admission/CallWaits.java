package io.dhara.serving.admission;

import io.netty.util.concurrent.FastThreadLocal;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How long calls wait for the thread that serves them, and whether too long. Thread-safe; keeps
 * what it knows per thread.
 *
 * <p>On an event loop the queue is what its sockets hold. One turn of the loop reads whatever has
 * arrived, so a call has waited at least since the first call of its turn was begun; a task given
 * to the loop runs when the turn is over. On other threads a call waits from its arrival on.
 */
final class CallWaits {
    private final long targetNanos;
    private final long intervalNanos;
    private final FastThreadLocal<OfThread> threads;

    /**
     * @param currentLoop the event loop that this is called on, if it is one
     */
    CallWaits(AdmissionSettings settings, Supplier<@Nullable Executor> currentLoop) {
        this.targetNanos = settings.maxWait().toNanos();
        this.intervalNanos = settings.burst().toNanos();
        this.threads =
                new FastThreadLocal<>() {
                    @Override
                    protected OfThread initialValue() {
                        return new OfThread(currentLoop.get());
                    }
                };
    }

    /**
     * Whether a call that this thread now comes to is worth serving.
     *
     * @param arrivedNanos when the transport had it
     */
    boolean admit(long nowNanos, long arrivedNanos) {
        return targetNanos == 0 || threads.get().admit(nowNanos, arrivedNanos);
    }

    private final class OfThread implements Runnable {
        private final @Nullable Executor loop;
        private final StandingQueue queue = new StandingQueue(targetNanos, intervalNanos);
        private boolean inTurn;
        private long turnStart;
        private long longestWait;

        OfThread(@Nullable Executor loop) {
            this.loop = loop;
        }

        boolean admit(long now, long arrived) {
            if (loop == null) {
                queue.observe(now, now - arrived);
                return queue.admits(now - arrived);
            }
            if (!inTurn) {
                inTurn = true;
                turnStart = now;
                longestWait = 0;
                loop.execute(this);
            }
            long waited = now - turnStart;
            longestWait = waited;
            return queue.admits(waited);
        }

        /** The turn is over. */
        @Override
        public void run() {
            inTurn = false;
            queue.observe(turnStart + longestWait, longestWait);
        }
    }
}
