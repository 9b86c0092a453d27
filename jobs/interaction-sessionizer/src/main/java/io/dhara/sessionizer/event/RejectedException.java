package io.dhara.sessionizer.event;

import static java.util.Objects.requireNonNull;

/** Ends the reading of an event or record. Expected, so it carries no stack trace. */
final class RejectedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final RejectReason reason;
    private final String detail;

    RejectedException(RejectReason reason, String detail) {
        super(detail, null, false, false);
        this.reason = requireNonNull(reason, "reason is null");
        this.detail = requireNonNull(detail, "detail is null");
    }

    RejectReason reason() {
        return reason;
    }

    String detail() {
        return detail;
    }
}
