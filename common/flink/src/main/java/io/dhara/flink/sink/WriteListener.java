package io.dhara.flink.sink;

import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Told of every settled write before the sink forgets it: the place for invalidations and for dead
 * letters of refused writes. At-least-once: after a restart, and after a failure of its own, the
 * same write is settled again.
 */
public interface WriteListener extends AutoCloseable {

    /**
     * Called on the task thread; must not wait there. The sink keeps the writes, and the checkpoint
     * with them, until the stage completes. If it fails the writes are retried as a whole, with the
     * sink's backoff.
     *
     * @param writes not empty, in the order of the batch
     */
    CompletionStage<Void> settled(List<SettledWrite> writes);

    @Override
    void close();
}
