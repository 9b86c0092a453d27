package io.dhara.serving.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.serving.grpc.ServingException.Kind;
import io.dhara.stores.read.StoreReadException;
import io.grpc.Status;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatusMappingTest {

    @ParameterizedTest
    @CsvSource({
        "INVALID, INVALID_ARGUMENT, UNKNOWN",
        "NOT_FOUND, NOT_FOUND, UNKNOWN",
        "FAILED_PRECONDITION, FAILED_PRECONDITION, UNKNOWN",
        "UNAVAILABLE, UNAVAILABLE, UNAVAILABLE",
        "DEADLINE, DEADLINE_EXCEEDED, DEADLINE_EXCEEDED",
        "EXHAUSTED, RESOURCE_EXHAUSTED, RESOURCE_EXHAUSTED",
        "DATA_LOSS, DATA_LOSS, DATA_LOSS",
    })
    void servingException_everyKind_hasItsStatus(Kind kind, Status.Code own, Status.Code peer) {
        Throwable failure = new CompletionException(new ServingException(kind, "the text"));

        assertThat(StatusMapping.toStatus(failure).getStatus().getCode()).isEqualTo(own);
        assertThat(StatusMapping.toPeerStatus(failure).getStatus().getCode()).isEqualTo(peer);
        assertThat(StatusMapping.toPeerStatus(failure).getStatus().getDescription())
                .isEqualTo("the text");
    }

    @ParameterizedTest
    @CsvSource({
        "UNAVAILABLE, UNAVAILABLE",
        "DEADLINE, DEADLINE_EXCEEDED",
        "CORRUPT, DATA_LOSS",
    })
    void storeFailure_everyKind_hasItsStatus(StoreReadException.Kind kind, Status.Code status) {
        assertThat(
                        StatusMapping.toStatus(new StoreReadException(kind, "the text"))
                                .getStatus()
                                .getCode())
                .isEqualTo(status);
    }

    @Test
    void bug_isInternalWithAnId_andKeepsItsTextToItself() {
        Status status = StatusMapping.toStatus(new IllegalStateException("password=x")).getStatus();

        assertThat(status.getCode()).isEqualTo(Status.Code.INTERNAL);
        assertThat(status.getDescription())
                .matches("internal error [0-9a-f-]{36}: see the server's log")
                .doesNotContain("password");
        assertThat(status.getCause()).isNull();
    }

    @Test
    void cancellation_isCancelled() {
        assertThat(StatusMapping.toStatus(new CancellationException()).getStatus().getCode())
                .isEqualTo(Status.Code.CANCELLED);
    }
}
