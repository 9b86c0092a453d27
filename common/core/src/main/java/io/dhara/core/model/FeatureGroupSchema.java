package io.dhara.core.model;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A feature group: features of one entity that are written, versioned and expired together.
 *
 * @param entity label of its entity
 * @param label its own label
 * @param id number inside the entity, 0..65534 (65535 is reserved in the Redis value for event
 *     times)
 * @param storeId which {@link StoreConfig} holds it
 * @param dataType of all its features
 * @param ttl life of a written block from its event time; zero means for ever; at most 513 days
 * @param jobId writer job that owns it
 * @param inMemoryCacheEnabled may be held in serving's process
 * @param distributedCacheEnabled may be held in the distributed cache
 * @param layoutVersion of its blocks: 1 (interoperable) or 2 (with event time and checksum)
 * @param activeVersion version that writers use and readers answer unless told otherwise
 * @param columns its segment columns, sorted as strings (the order chunks are laid out in)
 * @param versions every known version by number; holds at least the active one
 */
public record FeatureGroupSchema(
        String entity,
        String label,
        int id,
        String storeId,
        DataType dataType,
        Duration ttl,
        String jobId,
        boolean inMemoryCacheEnabled,
        boolean distributedCacheEnabled,
        int layoutVersion,
        int activeVersion,
        List<String> columns,
        Map<Integer, SchemaVersion> versions) {

    public static final Duration MAX_TTL = Duration.ofDays(513);
    public static final int MAX_ID = 65_534;

    public FeatureGroupSchema {
        String name = entity + "/" + label;
        if (id < 0 || id > MAX_ID) {
            throw new IllegalArgumentException(
                    "id of feature group " + name + " must be 0.." + MAX_ID + ": got " + id);
        }
        if (ttl.isNegative() || ttl.compareTo(MAX_TTL) > 0) {
            throw new IllegalArgumentException(
                    "ttl-in-seconds of feature group "
                            + name
                            + " must be 0..44323200 (513 days): got "
                            + ttl.toSeconds());
        }
        if (layoutVersion != 1 && layoutVersion != 2) {
            throw new IllegalArgumentException(
                    "layout-version of feature group "
                            + name
                            + " must be 1 or 2: got "
                            + layoutVersion);
        }
        columns = columns.stream().sorted().toList();
        versions = java.util.Collections.unmodifiableMap(new TreeMap<>(versions));
        if (!versions.containsKey(activeVersion)) {
            throw new IllegalArgumentException(
                    "active-version of feature group "
                            + name
                            + " is "
                            + activeVersion
                            + " but its versions are "
                            + versions.keySet());
        }
    }

    public SchemaVersion active() {
        return versions.get(activeVersion);
    }

    /** The version of this number, or null when this snapshot does not know it. */
    public @Nullable SchemaVersion version(int number) {
        return versions.get(number);
    }
}
