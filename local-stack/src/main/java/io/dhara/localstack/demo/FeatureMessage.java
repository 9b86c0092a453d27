package io.dhara.localstack.demo;

import java.util.List;
import java.util.Map;

/**
 * Features of one entity key, to be sent as one Kafka message.
 *
 * @param keyValues in the entity's key order
 * @param groups group label to feature label to value: Long, Double, Boolean, String, or a List of
 *     one of them for vectors
 * @param schemaVersion version to write with, or 0 for the active one
 */
record FeatureMessage(
        String entity,
        List<String> keyValues,
        Map<String, Map<String, Object>> groups,
        long eventTimeMs,
        int schemaVersion) {

    FeatureMessage {
        keyValues = List.copyOf(keyValues);
    }

    FeatureMessage(
            String entity,
            List<String> keyValues,
            Map<String, Map<String, Object>> groups,
            long eventTimeMs) {
        this(entity, keyValues, groups, eventTimeMs, 0);
    }

    /** Rows that it counts for: one per group. */
    int rows() {
        return groups.size();
    }

    FeatureMessage shifted(long byMs) {
        return new FeatureMessage(entity, keyValues, groups, eventTimeMs + byMs, schemaVersion);
    }
}
