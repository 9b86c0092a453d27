package io.dhara.realtime.operator;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether values of a row are those of the row before: 64 bits over the names of the features
 * and their values. Two that differ in one number never have the same; others do by chance, once in
 * 2^64. Kept in state: it must not change between releases.
 */
final class ValuesHash {
    private static final long PRIME = 0x9E3779B97F4A7C15L;

    private final long names;

    /**
     * @param features names in the order of the values: a row with other features is another row
     */
    ValuesHash(List<String> features) {
        this.names = of(0, features);
    }

    long of(List<?> values) {
        return of(names, values);
    }

    private static long of(long start, List<?> values) {
        long hash = mix(start, values.size());
        for (@Nullable Object value : values) {
            hash = add(hash, value);
        }
        return hash;
    }

    private static long add(long hash, @Nullable Object value) {
        if (value == null) {
            return mix(hash, 0);
        }
        if (value instanceof List<?> vector) {
            return of(mix(hash, 1), vector);
        }
        if (value instanceof Double || value instanceof Float) {
            return mix(mix(hash, 2), Double.doubleToLongBits(((Number) value).doubleValue()));
        }
        if (value instanceof Number whole) {
            return mix(mix(hash, 3), whole.longValue());
        }
        if (value instanceof Boolean flag) {
            return mix(mix(hash, 4), flag ? 1 : 0);
        }
        String text = value.toString();
        long next = mix(mix(hash, 5), text.length());
        for (int i = 0; i < text.length(); i++) {
            next = mix(next, text.charAt(i));
        }
        return next;
    }

    /** One to one in either argument while the other one stays. */
    private static long mix(long hash, long value) {
        long mixed = (hash ^ value) * PRIME;
        return mixed ^ mixed >>> 29;
    }
}
