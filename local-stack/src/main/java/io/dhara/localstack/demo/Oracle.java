package io.dhara.localstack.demo;

import io.dhara.core.model.EntityKey;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the stores must hold after the messages it was told of, by the promise of the platform: the
 * newest event time wins, and of equal ones the last sent. Knows nothing of how the platform does
 * it.
 */
final class Oracle {

    /**
     * The values a group must have.
     *
     * @param schemaVersion version it was written with, or 0 for the active one
     */
    record Expected(long eventTimeMs, int schemaVersion, Map<String, Object> values) {}

    private final Map<EntityKey, Map<String, Expected>> keys = new LinkedHashMap<>();
    private final Map<String, Duration> ttls;
    private long rows;
    private long expired;

    /**
     * @param ttls life of a group's values by {@code entity/group}; zero for ever
     */
    Oracle(Map<String, Duration> ttls) {
        this.ttls = Map.copyOf(ttls);
    }

    /** Notes a good message, in the order in which messages of its key are sent. */
    void sent(FeatureMessage message, long nowMs) {
        Map<String, Expected> groups =
                keys.computeIfAbsent(
                        new EntityKey(message.entity(), message.keyValues()), k -> new HashMap<>());
        message.groups()
                .forEach(
                        (group, values) -> {
                            rows++;
                            if (isExpired(message.entity(), group, message.eventTimeMs(), nowMs)) {
                                expired++;
                                return;
                            }
                            Expected old = groups.get(group);
                            if (old == null || old.eventTimeMs() <= message.eventTimeMs()) {
                                groups.put(
                                        group,
                                        new Expected(
                                                message.eventTimeMs(),
                                                message.schemaVersion(),
                                                values));
                            }
                        });
    }

    /** Whether the life of a value of this event time has ended. */
    boolean isExpired(String entity, String group, long eventTimeMs, long nowMs) {
        Duration ttl = ttls.getOrDefault(entity + "/" + group, Duration.ZERO);
        return !ttl.isZero() && nowMs > (eventTimeMs / 1000 + ttl.toSeconds()) * 1000;
    }

    /** Every key that was sent. */
    Collection<EntityKey> keys() {
        return keys.keySet();
    }

    /** What the group of a key must hold, or null for nothing. */
    @Nullable Expected expected(EntityKey key, String group) {
        return keys.getOrDefault(key, Map.of()).get(group);
    }

    /** Rows of all messages noted. */
    long rows() {
        return rows;
    }

    /** Of these, rows whose life had ended when they were sent. */
    long expired() {
        return expired;
    }
}
