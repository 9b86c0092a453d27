package io.dhara.core.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One entity: its label and its key values in the entity's key sequence order. Two keys are equal
 * only if every value is, so {@code (a|b, c)} and {@code (a, b|c)} are different keys.
 */
public record EntityKey(String entity, List<String> values) {
    public EntityKey {
        values = List.copyOf(values);
    }

    // By hand: a record's own go through method handles, and every lookup of a cache asks them.

    @Override
    public boolean equals(@Nullable Object other) {
        if (!(other instanceof EntityKey key)
                || key.values.size() != values.size()
                || !key.entity.equals(entity)) {
            return false;
        }
        for (int i = 0; i < values.size(); i++) {
            if (!values.get(i).equals(key.values.get(i))) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int hashCode() {
        int hash = entity.hashCode();
        for (int i = 0; i < values.size(); i++) {
            hash = 31 * hash + values.get(i).hashCode();
        }
        return hash;
    }
}
