package io.dhara.serving.interaction;

import io.dhara.serving.grpc.CallHeaders;
import io.dhara.serving.http.HttpCall;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Makes one unary gRPC call for an HTTP request. */
final class HttpToGrpc {
    private static final String OWN_TRAILERS = "dhara-";

    /** Request headers that are handed on; an empty one counts as absent, as for the peer. */
    private static final List<Metadata.Key<String>> HANDED_ON =
            List.of(
                    CallHeaders.CALLER_ID,
                    CallHeaders.AUTH_TOKEN,
                    CallHeaders.INTERACTION_CALLER_ID);

    private static final HttpResponseStatus CLIENT_CLOSED =
            new HttpResponseStatus(499, "Cancelled");

    private HttpToGrpc() {}

    /**
     * What came of it.
     *
     * @param message null unless the status is OK
     * @param headers for the HTTP answer
     */
    record Answered<R>(@Nullable R message, Status status, Map<String, String> headers) {
        Answered {
            headers = Map.copyOf(headers);
        }
    }

    /** Never fails; completes on the thread that ends the call. */
    static <Q, R> CompletableFuture<Answered<R>> call(
            Channel channel, MethodDescriptor<Q, R> method, Q request, HttpCall http) {
        CompletableFuture<Answered<R>> answered = new CompletableFuture<>();
        ClientCall<Q, R> call = channel.newCall(method, CallOptions.DEFAULT);
        call.start(new OneAnswer<>(answered), metadata(http));
        call.request(2);
        call.sendMessage(request);
        call.halfClose();
        return answered;
    }

    private static Metadata metadata(HttpCall http) {
        Metadata metadata = new Metadata();
        for (Metadata.Key<String> key : HANDED_ON) {
            String value = http.header(key.name());
            if (value != null && !value.isEmpty()) {
                metadata.put(key, value);
            }
        }
        return metadata;
    }

    /** As google.rpc.Code maps them. */
    static HttpResponseStatus codeOf(Status status) {
        return switch (status.getCode()) {
            case OK -> HttpResponseStatus.OK;
            case INVALID_ARGUMENT, FAILED_PRECONDITION, OUT_OF_RANGE ->
                    HttpResponseStatus.BAD_REQUEST;
            case UNAUTHENTICATED -> HttpResponseStatus.UNAUTHORIZED;
            case PERMISSION_DENIED -> HttpResponseStatus.FORBIDDEN;
            case NOT_FOUND -> HttpResponseStatus.NOT_FOUND;
            case ALREADY_EXISTS, ABORTED -> HttpResponseStatus.CONFLICT;
            case RESOURCE_EXHAUSTED -> HttpResponseStatus.TOO_MANY_REQUESTS;
            case CANCELLED -> CLIENT_CLOSED;
            case UNIMPLEMENTED -> HttpResponseStatus.NOT_IMPLEMENTED;
            case UNAVAILABLE -> HttpResponseStatus.SERVICE_UNAVAILABLE;
            case DEADLINE_EXCEEDED -> HttpResponseStatus.GATEWAY_TIMEOUT;
            case UNKNOWN, INTERNAL, DATA_LOSS -> HttpResponseStatus.INTERNAL_SERVER_ERROR;
        };
    }

    private static final class OneAnswer<R> extends ClientCall.Listener<R> {
        private final CompletableFuture<Answered<R>> answered;
        private @Nullable R message;

        OneAnswer(CompletableFuture<Answered<R>> answered) {
            this.answered = answered;
        }

        @Override
        public void onMessage(R given) {
            message = given;
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            Map<String, String> headers = new HashMap<>();
            for (String name : trailers.keys()) {
                String value =
                        name.startsWith(OWN_TRAILERS)
                                        && !name.endsWith(Metadata.BINARY_HEADER_SUFFIX)
                                ? trailers.get(
                                        Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER))
                                : null;
                if (value != null) {
                    headers.put(name, value);
                }
            }
            answered.complete(new Answered<>(status.isOk() ? message : null, status, headers));
        }
    }
}
