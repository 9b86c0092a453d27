package io.dhara.realtime.domain.definition;

import java.util.List;

/**
 * A definition that was checked and compiled: one job. Immutable.
 *
 * @param name of the job
 * @param sources by their names
 * @param groups in the order of the definition
 */
public record FeaturePlan(String name, List<SourceSpec> sources, List<GroupPlan> groups) {
    public FeaturePlan {
        sources = List.copyOf(sources);
        groups = List.copyOf(groups);
    }
}
