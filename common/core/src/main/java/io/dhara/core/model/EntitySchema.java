package io.dhara.core.model;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What features describe: a user, a product, a user x category pair.
 *
 * @param label name in requests and messages
 * @param keys key columns in sequence order; at least one
 * @param inMemoryCache settings of serving's in-process cache for this entity
 * @param distributedCache settings of the distributed cache for this entity
 * @param groups feature groups by label
 */
public record EntitySchema(
        String label,
        List<KeyColumn> keys,
        CacheConfig inMemoryCache,
        CacheConfig distributedCache,
        Map<String, FeatureGroupSchema> groups) {

    /**
     * @param sequence 0-based place in the key
     * @param entityLabel name in requests and messages ({@code keys_schema})
     * @param columnLabel column of the store's table
     */
    public record KeyColumn(int sequence, String entityLabel, String columnLabel) {}

    /**
     * @param ttlSeconds life of an entry; 0 means no expiry of its own
     * @param jitterPercent life varies by this share up and down, 0..100
     * @param confId which configured cache connection
     */
    public record CacheConfig(boolean enabled, int ttlSeconds, int jitterPercent, int confId) {
        public static final CacheConfig OFF = new CacheConfig(false, 0, 0, 0);
    }

    public EntitySchema {
        keys = List.copyOf(keys);
        groups = java.util.Collections.unmodifiableMap(new java.util.TreeMap<>(groups));
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("entity " + label + " has no keys");
        }
        for (int i = 0; i < keys.size(); i++) {
            if (keys.get(i).sequence() != i) {
                throw new IllegalArgumentException(
                        "key sequences of entity "
                                + label
                                + " must be 0.."
                                + (keys.size() - 1)
                                + " without gaps: got "
                                + keys.stream().map(KeyColumn::sequence).toList());
            }
        }
    }

    /** The group of this exact label, or null. */
    public @Nullable FeatureGroupSchema group(String groupLabel) {
        return groups.get(groupLabel);
    }

    /** Place in the key sequence of the column that requests call by this name, or -1. */
    public int keyIndex(String entityLabel) {
        for (int i = 0; i < keys.size(); i++) {
            if (keys.get(i).entityLabel().equals(entityLabel)) {
                return i;
            }
        }
        return -1;
    }
}
