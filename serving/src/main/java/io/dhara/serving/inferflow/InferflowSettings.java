package io.dhara.serving.inferflow;

import java.time.Duration;

/**
 * Limits of one request for a matrix.
 *
 * @param maxRows most rows
 * @param maxResponseBytes most bytes of one answer
 * @param answerReserve taken off the caller's deadline before it is handed to the nodes, so that an
 *     answer without a late node still arrives; at most a tenth of the time left is taken
 */
public record InferflowSettings(int maxRows, int maxResponseBytes, Duration answerReserve) {
    public static final InferflowSettings DEFAULTS =
            new InferflowSettings(2_000, 64 << 20, Duration.ofMillis(5));

    public InferflowSettings {
        if (maxRows < 1) {
            throw new IllegalArgumentException("max-rows must be positive: got " + maxRows);
        }
        if (maxResponseBytes < 1) {
            throw new IllegalArgumentException(
                    "max-response-size must be positive: got " + maxResponseBytes);
        }
        if (answerReserve.isNegative()) {
            throw new IllegalArgumentException(
                    "answer-reserve must not be negative: got " + answerReserve);
        }
    }
}
