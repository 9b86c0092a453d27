package io.dhara.serving.feature;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.dhara.core.registry.SchemaRegistry;
import io.dhara.core.registry.SchemaSnapshot;
import java.util.List;

/**
 * Plans of the request shapes seen lately. A plan serves as long as its snapshot is the current
 * one. Thread-safe.
 */
final class Plans {
    private record Shape(String entity, List<GroupRequest> groups, Dialect dialect) {}

    private final SchemaRegistry registry;
    private final Cache<Shape, ReadPlan> plans;

    Plans(SchemaRegistry registry, int maximum) {
        this.registry = registry;
        this.plans = Caffeine.newBuilder().maximumSize(maximum).executor(Runnable::run).build();
    }

    /** Takes the current snapshot once; see {@link ReadPlanner#plan} for the failures. */
    ReadPlan plan(String entity, List<GroupRequest> groups, Dialect dialect) {
        SchemaSnapshot snapshot = registry.current();
        Shape shape = new Shape(entity, groups, dialect);
        ReadPlan plan = plans.getIfPresent(shape);
        if (plan == null || plan.snapshot() != snapshot) {
            plan = ReadPlanner.plan(snapshot, entity, groups, dialect);
            plans.put(shape, plan);
        }
        return plan;
    }
}
