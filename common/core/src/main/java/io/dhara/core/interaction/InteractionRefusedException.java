package io.dhara.core.interaction;

/**
 * Interactions that must not become a block: writing them would lose or corrupt data. The text
 * names field, value and limit.
 */
public final class InteractionRefusedException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    public InteractionRefusedException(String message) {
        super(message);
    }
}
