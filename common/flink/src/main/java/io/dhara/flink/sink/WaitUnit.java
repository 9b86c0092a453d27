package io.dhara.flink.sink;

import static java.util.Objects.requireNonNull;

/**
 * One unit of a message whose sender waits for it, or all of them.
 *
 * @param requestId value of the message's {@code dhara-request-id} header
 * @param unit 0-based number of this unit among {@code units}
 * @param units of the message; 0 when all of them are meant, however many they are
 */
public record WaitUnit(String requestId, int unit, int units) {
    public WaitUnit {
        requireNonNull(requestId, "requestId is null");
    }

    /** Every unit of the message: it ended before its units could be told apart. */
    public static WaitUnit all(String requestId) {
        return new WaitUnit(requestId, 0, 0);
    }
}
