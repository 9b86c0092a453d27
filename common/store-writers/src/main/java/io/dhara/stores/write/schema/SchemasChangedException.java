package io.dhara.stores.write.schema;

/**
 * Someone else changed the schemas while a change was being applied; plan again and apply again.
 */
public final class SchemasChangedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public SchemasChangedException(String message) {
        super(message);
    }
}
