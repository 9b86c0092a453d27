package io.dhara.serving.grpc;

import static java.util.Objects.requireNonNull;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lets a call through if it names its caller and, where a token is needed, the registry has caller
 * and token. Statuses are BharatMLStack's: INVALID_ARGUMENT for a missing header, UNAUTHENTICATED
 * for a wrong one.
 */
final class AuthInterceptor implements ServerInterceptor {
    static final Context.Key<String> CALLER_ID =
            Context.keyWithDefault("dhara-caller-id", CallerContext.ANONYMOUS);

    /**
     * Whose tokens count.
     *
     * @param readers who may call every method but those that persist
     * @param persisters who may call those
     */
    record Tokens(CallerTokens readers, CallerTokens persisters) {}

    private final Map<String, OfferedService> offered = new HashMap<>();
    private final @Nullable Tokens tokens;
    private final Set<String> openServices;

    /**
     * @param offered what is not among them is for readers
     * @param tokens null lets everyone in where a token is needed
     * @param openServices full service names that anyone may call
     */
    AuthInterceptor(
            List<OfferedService> offered, @Nullable Tokens tokens, Set<String> openServices) {
        offered.forEach(service -> this.offered.put(service.name(), service));
        this.tokens = tokens;
        this.openServices = Set.copyOf(openServices);
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        MethodDescriptor<Q, R> method = call.getMethodDescriptor();
        String name = requireNonNull(method.getServiceName(), "method without a service");
        OfferedService service = offered.get(name);
        boolean tokenNeeded = service == null || service.tokenNeeded();
        if (openServices.contains(name) || (tokenNeeded && tokens == null)) {
            return next.startCall(call, headers);
        }
        Metadata.Key<String> callerHeader =
                service == null ? CallHeaders.CALLER_ID : service.callerHeader();
        String callerId = headers.get(callerHeader);
        if (callerId == null) {
            return ClosedCall.with(call, missing(callerHeader));
        }
        if (tokenNeeded && tokens != null) {
            boolean persists = service != null && service.persists(method);
            Status refusal =
                    refusal(
                            persists ? tokens.persisters : tokens.readers,
                            callerId,
                            headers,
                            service == null ? CallHeaders.AUTH_TOKEN : service.tokenHeader());
            if (refusal != null) {
                return ClosedCall.with(call, refusal);
            }
        }
        Context context = Context.current().withValue(CALLER_ID, callerId);
        return Contexts.interceptCall(context, call, headers, next);
    }

    private static @Nullable Status refusal(
            CallerTokens tokens,
            String callerId,
            Metadata headers,
            Metadata.Key<String> tokenHeader) {
        String token = headers.get(tokenHeader);
        if (token == null) {
            return missing(tokenHeader);
        }
        return tokens.matches(callerId, token)
                ? null
                : Status.UNAUTHENTICATED.withDescription("Invalid auth token");
    }

    private static Status missing(Metadata.Key<String> header) {
        return Status.INVALID_ARGUMENT.withDescription(header.name() + " is missing");
    }
}
