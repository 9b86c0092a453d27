package io.dhara.benchmarks;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * Calls of which so many are always on their way: for what a call costs, not for how long it takes.
 *
 * @param calls in all
 */
record ClosedLoop(int calls, int inFlight) {
    private static final long WITHIN_SECONDS = 60;

    /**
     * Makes the calls and returns when all are answered.
     *
     * @throws IllegalStateException if one fails
     * @throws TimeoutException if one is not answered within a minute
     */
    void run(Supplier<? extends ListenableFuture<?>> call)
            throws InterruptedException, TimeoutException {
        Semaphore free = new Semaphore(inFlight);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        FutureCallback<Object> ended =
                new FutureCallback<>() {
                    @Override
                    public void onSuccess(Object answer) {
                        free.release();
                    }

                    @Override
                    public void onFailure(Throwable thrown) {
                        failure.compareAndSet(null, thrown);
                        free.release();
                    }
                };
        for (int i = 0; i < calls; i++) {
            await(free, 1);
            Futures.addCallback(call.get(), ended, MoreExecutors.directExecutor());
        }
        await(free, inFlight);
        if (failure.get() != null) {
            throw new IllegalStateException("a call failed", failure.get());
        }
    }

    private static void await(Semaphore free, int permits)
            throws InterruptedException, TimeoutException {
        if (!free.tryAcquire(permits, WITHIN_SECONDS, TimeUnit.SECONDS)) {
            throw new TimeoutException("no answer within " + WITHIN_SECONDS + " s");
        }
    }
}
