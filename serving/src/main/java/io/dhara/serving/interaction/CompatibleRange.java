package io.dhara.serving.interaction;

import io.dhara.core.interaction.InteractionWindow;
import io.dhara.serving.grpc.ServingException;
import io.dhara.serving.grpc.ServingException.Kind;
import java.time.Duration;

/** The peer's checks of a retrieve, in its order, with the status that a client can act on. */
final class CompatibleRange {
    /** Silently lowered to this, as the peer does. */
    static final int MAX_LIMIT = 2_000;

    private static final long WEEK_MILLIS = Duration.ofDays(7).toMillis();

    private CompatibleRange() {}

    /**
     * @param exact refuse more than 24 weeks; else what the peer takes, anything below 25
     * @return the limit to use
     * @throws ServingException INVALID, naming field, value and limit
     */
    static int check(long start, long end, int limit, long nowMillis, boolean exact) {
        if (end < start) {
            throw invalid(
                    "end_timestamp must not be before start_timestamp: got "
                            + end
                            + " and "
                            + start);
        }
        if (end > nowMillis) {
            throw invalid("end_timestamp must not be after now, " + nowMillis + ": got " + end);
        }
        long longest =
                exact
                        ? InteractionWindow.WEEKS * WEEK_MILLIS
                        : (InteractionWindow.WEEKS + 1) * WEEK_MILLIS - 1;
        long length = end - start;
        // A negative length is one that a long cannot hold.
        if (length < 0 || length > longest) {
            throw invalid(
                    "end_timestamp - start_timestamp must be at most "
                            + longest
                            + " ms: got "
                            + start
                            + ".."
                            + end);
        }
        if (limit <= 0) {
            throw invalid("limit must be positive: got " + limit);
        }
        return Math.min(limit, MAX_LIMIT);
    }

    private static ServingException invalid(String message) {
        return new ServingException(Kind.INVALID, message);
    }
}
