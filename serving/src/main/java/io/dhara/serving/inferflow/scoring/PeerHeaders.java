package io.dhara.serving.inferflow.scoring;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

/**
 * What BharatMLStack's Inferflow takes from a request's metadata.
 *
 * @param userId or empty
 * @param appVersionCode or empty
 */
public record PeerHeaders(String userId, String appVersionCode) {
    private static final Metadata.Key<String> USER_ID =
            Metadata.Key.of("user-id", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> APP_VERSION_CODE =
            Metadata.Key.of("app-version-code", Metadata.ASCII_STRING_MARSHALLER);
    private static final PeerHeaders NONE = new PeerHeaders("", "");
    private static final Context.Key<PeerHeaders> KEY =
            Context.keyWithDefault("dhara-peer-headers", NONE);

    /** Of the running call; take it once, on the thread that calls the service. */
    public static PeerHeaders current() {
        return KEY.get();
    }

    /** Puts them into the call's context. */
    static final class Interceptor implements ServerInterceptor {
        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
            PeerHeaders given =
                    new PeerHeaders(text(headers, USER_ID), text(headers, APP_VERSION_CODE));
            return Contexts.interceptCall(
                    Context.current().withValue(KEY, given), call, headers, next);
        }

        private static String text(Metadata headers, Metadata.Key<String> key) {
            String value = headers.get(key);
            return value == null ? "" : value;
        }
    }
}
