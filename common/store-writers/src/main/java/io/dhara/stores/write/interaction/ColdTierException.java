package io.dhara.stores.write.interaction;

/** The cold tier could not be asked, or did not take a write. Another try later may succeed. */
public final class ColdTierException extends Exception {
    private static final long serialVersionUID = 1L;

    public ColdTierException(String message, Throwable cause) {
        super(message, cause);
    }
}
