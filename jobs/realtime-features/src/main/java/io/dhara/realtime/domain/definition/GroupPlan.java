package io.dhara.realtime.domain.definition;

import io.dhara.core.model.FeatureGroupSchema;
import io.dhara.core.model.FeatureSpec;
import io.dhara.realtime.domain.event.EventRow;
import io.dhara.realtime.domain.event.FieldType;
import io.dhara.realtime.domain.tile.HistoryLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One feature group as it is computed. Immutable.
 *
 * @param entity label in the registry
 * @param group label in the registry
 * @param source the one it reads when there is no select; else empty
 * @param select Flink SQL over the sources, giving exactly the columns and {@code event_time};
 *     empty: the source's fields
 * @param columns of its events, in the order of {@link
 *     io.dhara.realtime.domain.event.EventRow#value}
 * @param key places of the entity's key parts among the columns, in the entity's order
 * @param id place of the event's id among the columns, by which it counts once; -1: events have
 *     none, and each counts
 * @param layout what is kept per key
 * @param features in the order of the definition
 */
public record GroupPlan(
        String entity,
        String group,
        String source,
        String select,
        Map<String, FieldType> columns,
        List<Integer> key,
        int id,
        HistoryLayout layout,
        List<PlannedFeature> features) {

    /** {@link #id} of a group whose events have none. */
    public static final int NO_ID = -1;

    public GroupPlan {
        columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
        key = List.copyOf(key);
        features = List.copyOf(features);
    }

    /** {@code entity/group}. */
    public String name() {
        return entity + "/" + group;
    }

    /** Names of the key's columns. */
    public List<String> keyColumns() {
        List<String> names = List.copyOf(columns.keySet());
        return key.stream().map(names::get).toList();
    }

    /** Whether events have ids. */
    public boolean hasId() {
        return id != NO_ID;
    }

    /** Name of the id's column; empty if events have none. */
    public String idColumn() {
        return hasId() ? List.copyOf(columns.keySet()).get(id) : "";
    }

    /** An event's id; empty if it has none. */
    public String idOf(EventRow event) {
        Object value = hasId() ? event.value(id) : null;
        return value == null ? "" : value.toString();
    }

    /**
     * What keeps its values out of a feature group; empty if it fits. Features of the group that
     * the plan does not give are served as their defaults.
     */
    public List<String> misfits(FeatureGroupSchema schema) {
        List<String> misfits = new ArrayList<>();
        for (PlannedFeature feature : features) {
            FeatureSpec spec =
                    schema.active().features().stream()
                            .filter(candidate -> candidate.label().equals(feature.name()))
                            .findFirst()
                            .orElse(null);
            String subject = "feature " + feature.name() + " of " + name();
            if (spec == null) {
                misfits.add(
                        subject
                                + " is not in version "
                                + schema.activeVersion()
                                + " of the group: add it in a new version, or rename it");
            } else if (!feature.result().fits(schema.dataType())) {
                misfits.add(
                        subject
                                + " is a "
                                + feature.result()
                                + ", which the group's type "
                                + schema.dataType().wireName()
                                + " cannot hold: put it into a group of another type");
            } else if (feature.result().length() > spec.vectorLength()) {
                misfits.add(
                        subject
                                + " has "
                                + feature.result().length()
                                + " elements, its vector-length is "
                                + spec.vectorLength()
                                + ": make them equal");
            }
        }
        return misfits;
    }
}
