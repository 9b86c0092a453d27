package io.dhara.serving.grpc;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;

/** A call that an interceptor ended: nothing the caller sends any more matters. */
final class ClosedCall {
    private ClosedCall() {}

    static <Q, R> ServerCall.Listener<Q> with(ServerCall<Q, R> call, Status status) {
        call.close(status, new Metadata());
        return new ServerCall.Listener<>() {};
    }
}
