package io.dhara.serving.feature;

import io.dhara.core.model.EntityKey;
import io.dhara.core.model.EntitySchema;
import io.dhara.serving.grpc.ServingException;
import io.dhara.serving.grpc.ServingException.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one request, each once, in the entity's key sequence order.
 *
 * @param distinct each key once, in order of first appearance
 * @param rows per requested row its place in {@code distinct}
 */
record RequestedKeys(List<EntityKey> distinct, int[] rows) {

    /**
     * How a request names and delivers its keys.
     *
     * @param field name of the request's list of key columns, for error texts
     * @param columns names of the key columns, in the order of every key's values; null for the
     *     entity's own order
     * @param extraColumnsAllowed columns that are no key of the entity are skipped instead of
     *     refused
     * @param count number of keys
     * @param values values of the i-th key
     */
    record Source(
            String field,
            @Nullable List<String> columns,
            boolean extraColumnsAllowed,
            int count,
            IntFunction<? extends List<String>> values) {}

    /**
     * @param maxKeys most keys of one request
     * @throws ServingException for too many keys, columns that do not name the entity's key, or a
     *     key of another length than the columns
     */
    static RequestedKeys of(EntitySchema entity, Source source, int maxKeys) {
        if (source.count == 0) {
            return new RequestedKeys(List.of(), new int[0]);
        }
        if (source.count > maxKeys) {
            throw new ServingException(
                    Kind.INVALID,
                    "keys: at most " + maxKeys + " in one request, got " + source.count);
        }
        int[] positions = positions(entity, source);
        int width = source.columns == null ? positions.length : source.columns.size();
        Map<EntityKey, Integer> seen = new HashMap<>(source.count * 2);
        List<EntityKey> distinct = new ArrayList<>(source.count);
        int[] rows = new int[source.count];
        for (int i = 0; i < rows.length; i++) {
            List<String> values = source.values.apply(i);
            if (values.size() != width) {
                throw new ServingException(
                        Kind.INVALID,
                        "keys["
                                + i
                                + "]: expected "
                                + width
                                + " values as in "
                                + source.field
                                + ", got "
                                + values.size());
            }
            String[] ordered = new String[positions.length];
            for (int k = 0; k < ordered.length; k++) {
                ordered[k] = values.get(positions[k]);
            }
            EntityKey key = new EntityKey(entity.label(), Arrays.asList(ordered));
            Integer place = seen.putIfAbsent(key, distinct.size());
            if (place == null) {
                place = distinct.size();
                distinct.add(key);
            }
            rows[i] = place;
        }
        return new RequestedKeys(distinct, rows);
    }

    /** Per key column in sequence order its place in a requested key. */
    private static int[] positions(EntitySchema entity, Source source) {
        int[] positions = new int[entity.keys().size()];
        if (source.columns == null) {
            Arrays.setAll(positions, i -> i);
            return positions;
        }
        Arrays.fill(positions, -1);
        for (int i = 0; i < source.columns.size(); i++) {
            String name = source.columns.get(i);
            int sequence = entity.keyIndex(name);
            if (sequence < 0) {
                if (source.extraColumnsAllowed) {
                    continue;
                }
                throw wrongColumns(entity, source, name + " is no key column");
            }
            if (positions[sequence] >= 0) {
                throw wrongColumns(entity, source, name + " is named twice");
            }
            positions[sequence] = i;
        }
        for (int sequence = 0; sequence < positions.length; sequence++) {
            if (positions[sequence] < 0) {
                String missing = entity.keys().get(sequence).entityLabel();
                throw wrongColumns(entity, source, missing + " is missing");
            }
        }
        return positions;
    }

    private static ServingException wrongColumns(
            EntitySchema entity, Source source, String problem) {
        return new ServingException(
                Kind.INVALID,
                source.field
                        + " "
                        + source.columns
                        + " does not name the key of entity "
                        + entity.label()
                        + ": "
                        + problem
                        + "; its key columns are "
                        + entity.keys().stream().map(EntitySchema.KeyColumn::entityLabel).toList());
    }
}
