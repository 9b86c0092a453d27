package io.dhara.stores.write.interaction;

/**
 * The hot tier did not do what it was asked, or did not say so: the call may or may not have had
 * its effect, and is to be repeated.
 */
public final class HotTierException extends Exception {
    private static final long serialVersionUID = 1L;

    public HotTierException(String message, Throwable cause) {
        super(message, cause);
    }

    public HotTierException(String message) {
        super(message);
    }
}
