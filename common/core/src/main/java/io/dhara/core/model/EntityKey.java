package io.dhara.core.model;

import java.util.List;

/**
 * One entity: its label and its key values in the entity's key sequence order. Two keys are equal
 * only if every value is, so {@code (a|b, c)} and {@code (a, b|c)} are different keys.
 */
public record EntityKey(String entity, List<String> values) {
    public EntityKey {
        values = List.copyOf(values);
    }
}
