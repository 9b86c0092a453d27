package io.dhara.realtime.source;

import static java.util.Objects.requireNonNull;

/** Ends the reading of a record. Expected, so it carries no stack trace. */
final class RejectedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final RejectReason reason;
    private final String detail;

    RejectedException(RejectReason reason, String detail) {
        super(detail, null, false, false);
        this.reason = requireNonNull(reason, "reason is null");
        this.detail = requireNonNull(detail, "detail is null");
    }

    /** A field that is of another kind than declared. */
    static RejectedException badField(String field, String expected, String got) {
        return new RejectedException(
                RejectReason.BAD_FIELD, "field " + field + " must be " + expected + ": got " + got);
    }

    static RejectedException malformed(String detail) {
        return new RejectedException(RejectReason.MALFORMED, detail);
    }

    RejectReason reason() {
        return reason;
    }

    String detail() {
        return detail;
    }
}
