package io.dhara.serving.grpc;

import io.dhara.stores.read.StoreReadException;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one place that turns failures into gRPC statuses. What it does not know is a bug of ours: it
 * is answered INTERNAL with an id, and the cause is logged under that id and never sent.
 */
public final class StatusMapping {
    private static final Logger LOG = LoggerFactory.getLogger(StatusMapping.class);

    private StatusMapping() {}

    /** For {@code dhara.v1} services. Ready for {@code StreamObserver.onError}. */
    public static StatusRuntimeException toStatus(Throwable failure) {
        return statusOf(failure, false).asRuntimeException();
    }

    /**
     * For the services BharatMLStack's clients call: as {@link #toStatus}, but what the request
     * itself is at fault for (INVALID, NOT_FOUND, FAILED_PRECONDITION) is UNKNOWN with the text,
     * which is how a plain Go error arrives.
     */
    public static StatusRuntimeException toPeerStatus(Throwable failure) {
        return statusOf(failure, true).asRuntimeException();
    }

    private static Status statusOf(Throwable failure, boolean peer) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof ServingException serving) {
            return of(serving.kind(), peer).withDescription(serving.getMessage());
        }
        if (cause instanceof StoreReadException store) {
            return of(store.kind()).withDescription(store.getMessage());
        }
        if (cause instanceof StatusRuntimeException status) {
            return status.getStatus();
        }
        if (cause instanceof StatusException status) {
            return status.getStatus();
        }
        if (cause instanceof CancellationException) {
            return Status.CANCELLED.withDescription("the caller cancelled the call");
        }
        String id = UUID.randomUUID().toString();
        LOG.error("internal error {}", id, cause);
        return Status.INTERNAL.withDescription("internal error " + id + ": see the server's log");
    }

    private static Status of(ServingException.Kind kind, boolean peer) {
        return switch (kind) {
            case INVALID -> peer ? Status.UNKNOWN : Status.INVALID_ARGUMENT;
            case NOT_FOUND -> peer ? Status.UNKNOWN : Status.NOT_FOUND;
            case FAILED_PRECONDITION -> peer ? Status.UNKNOWN : Status.FAILED_PRECONDITION;
            case UNIMPLEMENTED -> Status.UNIMPLEMENTED;
            case UNAVAILABLE -> Status.UNAVAILABLE;
            case DEADLINE -> Status.DEADLINE_EXCEEDED;
            case EXHAUSTED -> Status.RESOURCE_EXHAUSTED;
            case DATA_LOSS -> Status.DATA_LOSS;
        };
    }

    private static Status of(StoreReadException.Kind kind) {
        return switch (kind) {
            case UNAVAILABLE -> Status.UNAVAILABLE;
            case DEADLINE -> Status.DEADLINE_EXCEEDED;
            case CORRUPT -> Status.DATA_LOSS;
        };
    }
}
