package io.dhara.flink.feature;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The features of one entity in one group at one instant. Immutable.
 *
 * @param key parts of the entity key, in the entity's order
 * @param eventTimeMillis instant the values hold at, epoch milliseconds
 * @param values in the order of the sink's features: a {@link Boolean}, {@link Number}, {@link
 *     String}, or a {@link List} of one of these for a vector; null: the feature is left out, its
 *     default is served
 */
public record FeatureRow(List<String> key, long eventTimeMillis, List<@Nullable Object> values) {
    public FeatureRow {
        key = List.copyOf(key);
        values = Collections.unmodifiableList(new ArrayList<>(values));
    }
}
