package io.dhara.serving.inferflow;

/**
 * How one attempt of a node ended. Rows that failed are marked in the matrix.
 *
 * @param message of the failure, empty when all is well
 * @param retryable whether another attempt may do better
 * @param asked distinct keys or rows that were asked for
 */
public record NodeResult(Outcome outcome, String message, boolean retryable, int asked) {

    /** How an attempt ended. */
    public enum Outcome {
        OK,
        /** Some rows failed. */
        PARTIAL,
        /** No row was filled. */
        FAILED,
        /** Cut off by its timeout or by the deadline of the call. */
        LATE,
        /** There was nothing to do. */
        SKIPPED
    }

    public static NodeResult ok(int asked) {
        return new NodeResult(Outcome.OK, "", false, asked);
    }

    public static NodeResult failed(String message, boolean retryable, int asked) {
        return new NodeResult(Outcome.FAILED, message, retryable, asked);
    }
}
