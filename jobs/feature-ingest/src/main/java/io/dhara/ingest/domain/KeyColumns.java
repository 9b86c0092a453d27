package io.dhara.ingest.domain;

import io.dhara.core.model.EntityKey;
import io.dhara.core.model.EntitySchema;
import java.util.Arrays;
import java.util.List;

/**
 * Puts the key values of a message, which come in the order of its {@code keys_schema}, into the
 * entity's key sequence order. Columns are matched by name, never by place.
 */
final class KeyColumns {
    private final String entity;
    private final int[] placeOf;

    private KeyColumns(String entity, int[] placeOf) {
        this.entity = entity;
        this.placeOf = placeOf;
    }

    static KeyColumns of(EntitySchema entity, List<String> keysSchema) {
        List<String> expected =
                entity.keys().stream().map(EntitySchema.KeyColumn::entityLabel).toList();
        int[] placeOf = new int[expected.size()];
        Arrays.fill(placeOf, -1);
        for (int i = 0; i < keysSchema.size(); i++) {
            int sequence = entity.keyIndex(keysSchema.get(i));
            if (sequence < 0 || placeOf[sequence] >= 0) {
                throw mismatch(entity, keysSchema, expected);
            }
            placeOf[sequence] = i;
        }
        if (keysSchema.size() != expected.size()) {
            throw mismatch(entity, keysSchema, expected);
        }
        return new KeyColumns(entity.label(), placeOf);
    }

    EntityKey keyOf(List<String> keyValues) {
        if (keyValues.size() != placeOf.length) {
            throw new RejectedException(
                    RejectReason.KEY_MISMATCH,
                    "key_values must have one value per key column, "
                            + placeOf.length
                            + ": got "
                            + keyValues.size());
        }
        String[] values = new String[placeOf.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = keyValues.get(placeOf[i]);
            if (values[i].isEmpty()) {
                throw new RejectedException(
                        RejectReason.KEY_MISMATCH,
                        "key value " + placeOf[i] + " (0-based) is empty");
            }
        }
        return new EntityKey(entity, List.of(values));
    }

    private static RejectedException mismatch(
            EntitySchema entity, List<String> keysSchema, List<String> expected) {
        return new RejectedException(
                RejectReason.KEY_MISMATCH,
                "keys_schema of entity "
                        + entity.label()
                        + " must name "
                        + expected
                        + ", in any order: got "
                        + Labels.shown(keysSchema));
    }
}
