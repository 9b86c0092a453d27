package io.dhara.flink.sink;

import static java.util.Objects.requireNonNull;

/**
 * One unit of a message whose sender waits for it.
 *
 * @param requestId value of the message's {@code dhara-request-id} header
 * @param unit 0-based number of this unit among {@code units}
 */
public record WaitUnit(String requestId, int unit, int units) {
    public WaitUnit {
        requireNonNull(requestId, "requestId is null");
    }
}
