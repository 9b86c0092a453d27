package io.dhara.serving.grpc;

import static java.util.Objects.requireNonNull;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lets a call through if its caller id and token are in the registry. Statuses are BharatMLStack's:
 * INVALID_ARGUMENT for a missing header, UNAUTHENTICATED for a wrong one.
 */
final class AuthInterceptor implements ServerInterceptor {
    static final Context.Key<String> CALLER_ID =
            Context.keyWithDefault("dhara-caller-id", CallerContext.ANONYMOUS);

    private final CallerTokens readers;
    private final CallerTokens persisters;
    private final Set<String> persistServices;
    private final Set<String> openServices;

    /**
     * @param readers who may call every service but the persist services
     * @param persisters who may call those
     * @param openServices full service names that anyone may call
     */
    AuthInterceptor(
            CallerTokens readers,
            CallerTokens persisters,
            Set<String> persistServices,
            Set<String> openServices) {
        this.readers = requireNonNull(readers, "readers is null");
        this.persisters = requireNonNull(persisters, "persisters is null");
        this.persistServices = Set.copyOf(persistServices);
        this.openServices = Set.copyOf(openServices);
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        String service = String.valueOf(call.getMethodDescriptor().getServiceName());
        if (openServices.contains(service)) {
            return next.startCall(call, headers);
        }
        String callerId = headers.get(CallHeaders.CALLER_ID);
        String token = headers.get(CallHeaders.AUTH_TOKEN);
        Status refusal = refusal(service, callerId, token);
        if (refusal != null) {
            return ClosedCall.with(call, refusal);
        }
        Context context = Context.current().withValue(CALLER_ID, callerId);
        return Contexts.interceptCall(context, call, headers, next);
    }

    private @Nullable Status refusal(
            String service, @Nullable String callerId, @Nullable String token) {
        if (callerId == null) {
            return missing(CallHeaders.CALLER_ID);
        }
        if (token == null) {
            return missing(CallHeaders.AUTH_TOKEN);
        }
        CallerTokens tokens = persistServices.contains(service) ? persisters : readers;
        return tokens.matches(callerId, token)
                ? null
                : Status.UNAUTHENTICATED.withDescription("Invalid auth token");
    }

    private static Status missing(Metadata.Key<String> header) {
        return Status.INVALID_ARGUMENT.withDescription(header.name() + " is missing");
    }
}
