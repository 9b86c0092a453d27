package io.dhara.serving.grpc;

import java.time.Duration;

/**
 * How long a call may take.
 *
 * @param byDefault for a caller that sets no deadline
 * @param waitingDefault the same for a persist that waits until it is applied
 * @param longest cap on what callers ask for
 */
public record DeadlineRules(Duration byDefault, Duration waitingDefault, Duration longest) {
    public DeadlineRules {
        if (byDefault.compareTo(longest) > 0 || waitingDefault.compareTo(longest) > 0) {
            throw new IllegalArgumentException(
                    "default-deadline and wait-deadline must not exceed max-deadline: got "
                            + byDefault
                            + ", "
                            + waitingDefault
                            + " and "
                            + longest);
        }
    }
}
