package io.dhara.serving.persist;

import io.dhara.serving.grpc.CallHeaders;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * What a caller asks for in the metadata of a persist.
 *
 * @param waitUntilApplied answer only after the write is applied
 * @param eventTimeMillis event time of the message; null for the time of the call
 * @param schemaVersion value of {@code dhara-schema-version} for the job; null for the active one
 */
record PersistOptions(
        boolean waitUntilApplied, @Nullable Long eventTimeMillis, @Nullable String schemaVersion) {
    private static final Context.Key<PersistOptions> KEY =
            Context.keyWithDefault("dhara-persist-options", new PersistOptions(false, null, null));
    private static final String APPLIED = "applied";

    /** Of the running call. */
    static PersistOptions current() {
        return KEY.get();
    }

    /**
     * @throws IllegalArgumentException naming header and value
     */
    static PersistOptions of(Metadata headers) {
        String wait = headers.get(CallHeaders.WAIT);
        if (wait != null && !wait.equals(APPLIED)) {
            throw new IllegalArgumentException(
                    CallHeaders.WAIT.name() + " must be " + APPLIED + ": got \"" + wait + "\"");
        }
        return new PersistOptions(
                wait != null,
                eventTime(headers.get(CallHeaders.EVENT_TIME)),
                headers.get(CallHeaders.SCHEMA_VERSION));
    }

    private static @Nullable Long eventTime(@Nullable String text) {
        if (text == null) {
            return null;
        }
        try {
            long millis = Long.parseLong(text);
            if (millis >= 0) {
                return millis;
            }
        } catch (NumberFormatException e) {
            throw badEventTime(text, e);
        }
        throw badEventTime(text, null);
    }

    private static IllegalArgumentException badEventTime(
            String text, @Nullable NumberFormatException cause) {
        return new IllegalArgumentException(
                CallHeaders.EVENT_TIME.name()
                        + " must be epoch milliseconds in decimal: got \""
                        + text
                        + "\"",
                cause);
    }

    /** Reads the options before the service runs; refuses what cannot be read. */
    static final class Interceptor implements ServerInterceptor {
        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
            PersistOptions options;
            try {
                options = of(headers);
            } catch (IllegalArgumentException e) {
                call.close(Status.INVALID_ARGUMENT.withDescription(e.getMessage()), new Metadata());
                return new ServerCall.Listener<>() {};
            }
            return Contexts.interceptCall(
                    Context.current().withValue(KEY, options), call, headers, next);
        }
    }
}
