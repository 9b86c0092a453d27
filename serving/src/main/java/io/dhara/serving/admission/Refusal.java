package io.dhara.serving.admission;

import static io.grpc.Metadata.ASCII_STRING_MARSHALLER;
import static io.grpc.Metadata.BINARY_BYTE_MARSHALLER;

import com.google.protobuf.Any;
import com.google.rpc.RetryInfo;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.time.Duration;
import java.util.Base64;
import java.util.List;

/**
 * A RESOURCE_EXHAUSTED with a hint when to try again, in both forms that clients look for: {@code
 * grpc-retry-pushback-ms}, which clients with a retry policy obey, and {@code google.rpc.RetryInfo}
 * in the status details. Made once and sent often.
 */
final class Refusal {
    static final Metadata.Key<String> PUSHBACK =
            Metadata.Key.of("grpc-retry-pushback-ms", ASCII_STRING_MARSHALLER);
    static final Metadata.Key<byte[]> DETAILS =
            Metadata.Key.of("grpc-status-details-bin", BINARY_BYTE_MARSHALLER);

    private final Status status;
    private final String pushback;
    private final byte[] details;

    Refusal(String why, Duration retryAfter) {
        this.status = Status.RESOURCE_EXHAUSTED.withDescription(why);
        this.pushback = Long.toString(Math.max(1, retryAfter.toMillis()));
        this.details =
                com.google.rpc.Status.newBuilder()
                        .setCode(status.getCode().value())
                        .setMessage(why)
                        .addDetails(
                                Any.pack(
                                        RetryInfo.newBuilder()
                                                .setRetryDelay(
                                                        com.google.protobuf.Duration.newBuilder()
                                                                .setSeconds(retryAfter.getSeconds())
                                                                .setNanos(retryAfter.getNano()))
                                                .build()))
                        .build()
                        .toByteArray();
    }

    /** Names and values in turn, as they stand in HTTP/2; the reason is plain text. */
    List<String> trailers() {
        return List.of(
                "grpc-status",
                Integer.toString(status.getCode().value()),
                "grpc-message",
                String.valueOf(status.getDescription()),
                PUSHBACK.name(),
                pushback,
                DETAILS.name(),
                Base64.getEncoder().withoutPadding().encodeToString(details));
    }

    /** Ends the call; what its caller sends any more is not looked at. */
    <Q, R> ServerCall.Listener<Q> of(ServerCall<Q, R> call) {
        Metadata trailers = new Metadata();
        trailers.put(PUSHBACK, pushback);
        trailers.put(DETAILS, details);
        call.close(status, trailers);
        return new ServerCall.Listener<>() {};
    }
}
