package io.dhara.cli;

/**
 * The thing asked for failed: printed as one line with its remedy, exit code 1. Not for wrong
 * usage, which is picocli's.
 */
final class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CommandFailure(String message) {
        super(message);
    }

    CommandFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
