package io.dhara.serving.grpc;

import static java.util.Objects.requireNonNull;

import io.grpc.Context;
import io.grpc.Metadata;
import java.time.Instant;

/**
 * Who calls, until when an answer is of use, and what the answer must not come from. Set by the
 * interceptors; services take it once, on the thread that calls them.
 */
public final class CallerContext {
    /** Stands for callers when authentication is off by config. */
    public static final String ANONYMOUS = "anonymous";

    private static final Context.Key<CallerContext> KEY = Context.key("dhara-caller");

    private final String callerId;
    private final Instant deadline;
    private final boolean cacheBypassed;
    private final Metadata trailers = new Metadata();

    public CallerContext(String callerId, Instant deadline, boolean cacheBypassed) {
        this.callerId = requireNonNull(callerId, "callerId is null");
        this.deadline = requireNonNull(deadline, "deadline is null");
        this.cacheBypassed = cacheBypassed;
    }

    /**
     * The context of the running call.
     *
     * @throws IllegalStateException outside a call that went through the interceptors
     */
    public static CallerContext current() {
        CallerContext context = KEY.get();
        if (context == null) {
            throw new IllegalStateException(
                    "no CallerContext: the service is not behind CallContextInterceptor");
        }
        return context;
    }

    /** A context that carries this one; for the interceptors, and for tests of a service. */
    public Context attachTo(Context context) {
        return context.withValue(KEY, this);
    }

    /** Name of the authenticated caller, or {@link #ANONYMOUS}. */
    public String callerId() {
        return callerId;
    }

    /** The caller's deadline or the configured default, never later than the configured cap. */
    public Instant deadline() {
        return deadline;
    }

    /** True when caches may be older than what the caller has seen: read the store. */
    public boolean cacheBypassed() {
        return cacheBypassed;
    }

    /**
     * Sent with the answer's status. Add to it before the answer is completed, on the thread that
     * completes it.
     */
    public Metadata trailers() {
        return trailers;
    }
}
