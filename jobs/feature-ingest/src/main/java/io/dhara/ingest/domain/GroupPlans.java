package io.dhara.ingest.domain;

import static java.util.Objects.requireNonNull;

import io.dhara.core.model.EntitySchema;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.proto.persist.FeatureGroupSchema;
import io.dhara.proto.persist.Query;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The groups of one message, each with its plan or with why it has none. */
final class GroupPlans {
    private final @Nullable GroupPlan[] plans;
    private final @Nullable RejectedException[] problems;

    private GroupPlans(int count) {
        this.plans = new GroupPlan[count];
        this.problems = new RejectedException[count];
    }

    static GroupPlans of(
            SchemaSnapshot snapshot, EntitySchema entity, Query query, MessageHeaders headers) {
        GroupPlans groups = new GroupPlans(query.getFeatureGroupSchemaCount());
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < groups.count(); i++) {
            FeatureGroupSchema sent = query.getFeatureGroupSchema(i);
            try {
                groups.plans[i] = GroupPlan.of(snapshot, entity, sent, headers);
                if (!seen.add(sent.getLabel())) {
                    throw new RejectedException(
                            RejectReason.DUPLICATE_GROUP,
                            "feature group " + sent.getLabel() + " is named twice in the message");
                }
            } catch (RejectedException e) {
                groups.problems[i] = e;
            }
        }
        return groups;
    }

    int count() {
        return plans.length;
    }

    /**
     * @throws RejectedException if no value can be written to this group
     */
    GroupPlan plan(int group) {
        RejectedException problem = problems[group];
        if (problem != null) {
            throw problem;
        }
        return requireNonNull(plans[group], "group has no plan");
    }
}
