package io.dhara.realtime.domain.definition;

import io.dhara.core.config.Units;
import io.dhara.core.model.EntitySchema;
import io.dhara.core.model.FeatureGroupSchema;
import io.dhara.core.registry.SchemaSnapshot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Whether the groups of a registry can hold what a definition computes. Stateless. */
public final class RegistryFit {
    private RegistryFit() {}

    /**
     * What keeps the values out of the registry, each with its remedy; empty if all fit.
     *
     * @param suffix at the end of the labels of the groups that are written, empty for none
     */
    public static List<String> misfits(FeaturePlan plan, SchemaSnapshot schemas, String suffix) {
        List<String> misfits = new ArrayList<>();
        for (GroupPlan group : plan.groups()) {
            String label = group.group() + suffix;
            EntitySchema entity = schemas.entities().get(group.entity());
            FeatureGroupSchema schema = entity == null ? null : entity.group(label);
            if (entity == null) {
                misfits.add(
                        "entity "
                                + group.entity()
                                + " is not in the registry, which has "
                                + schemas.entities().keySet()
                                + ": add it with ./dhara registry apply");
            } else if (schema == null) {
                misfits.add(
                        "group "
                                + group.entity()
                                + "/"
                                + label
                                + " is not in the registry, which has "
                                + entity.groups().keySet()
                                + ": add it with ./dhara registry apply");
            } else {
                if (entity.keys().size() != group.key().size()) {
                    misfits.add(
                            "key "
                                    + group.keyColumns()
                                    + " of "
                                    + group.name()
                                    + " must have the "
                                    + entity.keys().size()
                                    + " parts of the entity, "
                                    + entity.keys().stream()
                                            .map(EntitySchema.KeyColumn::entityLabel)
                                            .toList());
                }
                misfits.addAll(group.misfits(schema));
            }
        }
        return misfits;
    }

    /**
     * Groups whose values end their life while a window still counts events: they would be served
     * as defaults too soon. Nothing that does not fit is looked at.
     */
    public static List<String> shortLives(FeaturePlan plan, SchemaSnapshot schemas, String suffix) {
        List<String> warnings = new ArrayList<>();
        for (GroupPlan group : plan.groups()) {
            EntitySchema entity = schemas.entities().get(group.entity());
            FeatureGroupSchema schema =
                    entity == null ? null : entity.group(group.group() + suffix);
            Duration span = longestSpan(group);
            if (schema != null && !schema.ttl().isZero() && schema.ttl().compareTo(span) < 0) {
                warnings.add(
                        "values of "
                                + group.name()
                                + " live "
                                + Units.text(schema.ttl())
                                + ", shorter than its longest window of "
                                + Units.text(span)
                                + ": without events they are served as defaults before their window"
                                + " is empty; give the group a longer ttl");
            }
        }
        return warnings;
    }

    private static Duration longestSpan(GroupPlan group) {
        return Stream.concat(
                        group.layout().columns().stream()
                                .flatMap(column -> column.windows().stream())
                                .map(window -> window.length()),
                        group.layout().gauges().stream().map(gauge -> gauge.expireAfter()))
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
    }
}
