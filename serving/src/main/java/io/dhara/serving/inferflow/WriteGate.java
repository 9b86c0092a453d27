package io.dhara.serving.inferflow;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Whether an attempt of a node may still write into the matrix. Whoever closes it learns when the
 * last write has ended, so that nothing is written into a matrix that is read already. Thread-safe
 * and without blocking: several threads may write different rows at once.
 */
public final class WriteGate {
    private static final int CLOSED = Integer.MIN_VALUE;

    /** Writers inside, and {@link #CLOSED}. */
    private final AtomicInteger state = new AtomicInteger();

    private @Nullable Runnable whenQuiet;

    /**
     * Runs the writes, unless the attempt is over.
     *
     * @param writes into the matrix; must not wait for anything
     * @return whether they were run
     */
    public boolean write(Runnable writes) {
        int before = state.getAndUpdate(now -> now < 0 ? now : now + 1);
        if (before < 0) {
            return false;
        }
        try {
            writes.run();
            return true;
        } finally {
            if (state.decrementAndGet() == CLOSED) {
                quiet();
            }
        }
    }

    /** Whether writes are refused: what they would need is not worth computing any more. */
    public boolean isClosed() {
        return state.get() < 0;
    }

    /**
     * Lets nobody in any more. To be called once.
     *
     * @param then run once no write is under way: here, or on the thread of the last writer
     */
    void close(Runnable then) {
        whenQuiet = then;
        if (state.getAndUpdate(now -> now | CLOSED) == 0) {
            quiet();
        }
    }

    private void quiet() {
        Runnable then = whenQuiet;
        if (then != null) {
            then.run();
        }
    }
}
