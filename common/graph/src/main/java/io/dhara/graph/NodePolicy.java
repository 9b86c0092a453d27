package io.dhara.graph;

import java.time.Duration;

/**
 * How a node behaves when it is slow or fails.
 *
 * @param timeout of one attempt; zero for what is left of the call
 * @param retries further attempts after a failure that may pass; 0 for none
 * @param backoff wait before the first retry, doubled for each further one
 * @param onFailure what a node that failed for good does to the call
 */
public record NodePolicy(Duration timeout, int retries, Duration backoff, OnFailure onFailure) {
    public static final NodePolicy DEFAULT =
            new NodePolicy(Duration.ZERO, 0, Duration.ZERO, OnFailure.DEGRADE);

    /** What a node that failed for good does to the call. */
    public enum OnFailure {
        /** Its cells are marked and hold their fallback; the call goes on. */
        DEGRADE,
        /** The call fails. */
        FAIL
    }
}
