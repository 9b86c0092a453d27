package io.dhara.serving.inferflow;

/** Told of every run whose answer is built. Thread-safe. */
public interface ExecutionListener {
    /** Listens to nothing. */
    ExecutionListener NONE = (execution, trackingId, userId) -> {};

    /**
     * On the thread that sends the answer, which waits: it must be quick and must not fail.
     *
     * @param execution of the main matrix; may be kept, nothing changes it any more
     * @param trackingId of the request, or empty
     * @param userId whom the answer is for, or empty
     */
    void answered(Execution execution, String trackingId, String userId);
}
