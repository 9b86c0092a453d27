package io.dhara.realtime.domain.definition;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What replacing one definition by another does to values that are already kept: whether the job
 * may go on from its savepoint.
 *
 * @param steps in the order of the new definition, then what is no longer there
 */
public record DefinitionChange(List<Step> steps) {

    /** What becomes of state. */
    public enum Effect {
        /** Values are as before. */
        KEEPS,
        /**
         * A new value that is right once its window has passed, or at once where state serves it.
         */
        FILLS,
        /** State that nothing reads any more is dropped. */
        FORGETS,
        /** Values would mix two meanings: the change is refused. */
        REFUSED
    }

    /**
     * @param subject source, group or feature
     * @param reason why, and for a refusal the remedy
     */
    public record Step(Effect effect, String subject, String reason) {
        @Override
        public String toString() {
            return effect + " " + subject + ": " + reason;
        }
    }

    public DefinitionChange {
        steps = List.copyOf(steps);
    }

    /** Whether the job may be restored from a savepoint of the earlier definition. */
    public boolean compatible() {
        return steps.stream().noneMatch(step -> step.effect() == Effect.REFUSED);
    }

    /** Compares two definitions of one job. */
    public static DefinitionChange between(FeaturePlan before, FeaturePlan after) {
        List<Step> steps = new ArrayList<>();
        if (!before.name().equals(after.name())) {
            steps.add(
                    new Step(
                            Effect.REFUSED,
                            "name",
                            "a savepoint of "
                                    + before.name()
                                    + " is not one of "
                                    + after.name()
                                    + ": submit it as a job of its own"));
        }
        sources(byName(before.sources(), SourceSpec::name), after.sources(), steps);
        Map<String, GroupPlan> groups = byName(before.groups(), GroupPlan::name);
        for (GroupPlan group : after.groups()) {
            GroupPlan old = groups.remove(group.name());
            if (old == null) {
                steps.add(
                        new Step(
                                Effect.FILLS,
                                "group " + group.name(),
                                "is new and starts without events"));
            } else {
                group(old, group, steps);
            }
        }
        groups.keySet()
                .forEach(
                        name ->
                                steps.add(
                                        new Step(
                                                Effect.FORGETS,
                                                "group " + name,
                                                "is gone; served values stay until their TTL")));
        return new DefinitionChange(steps);
    }

    private static <T> Map<String, T> byName(List<T> items, Function<T, String> name) {
        return items.stream()
                .collect(Collectors.toMap(name, item -> item, (a, b) -> a, HashMap::new));
    }

    private static void sources(
            Map<String, SourceSpec> before, List<SourceSpec> after, List<Step> steps) {
        for (SourceSpec source : after) {
            SourceSpec old = before.remove(source.name());
            String subject = "source " + source.name();
            if (old == null) {
                steps.add(new Step(Effect.FILLS, subject, "is new and is read from now on"));
            } else if (!old.topic().equals(source.topic())) {
                steps.add(
                        refused(
                                subject,
                                "topic changes from "
                                        + old.topic()
                                        + " to "
                                        + source.topic()
                                        + ": its offsets are those of another topic; declare a new"
                                        + " source"));
            } else if (!old.eventTime().equals(source.eventTime())
                    || old.eventTimeUnit() != source.eventTimeUnit()) {
                steps.add(
                        refused(
                                subject,
                                "event-time changes: kept events were placed by the other one"));
            } else if (!old.equals(source)) {
                steps.add(new Step(Effect.KEEPS, subject, "is read differently from now on"));
            }
        }
        before.keySet()
                .forEach(
                        name ->
                                steps.add(
                                        new Step(
                                                Effect.FORGETS,
                                                "source " + name,
                                                "is gone and its offsets with it")));
    }

    private static Step refused(String subject, String reason) {
        return new Step(
                Effect.REFUSED,
                subject,
                reason + "; or run it side by side as a shadow group until its windows are full");
    }

    private static void group(GroupPlan before, GroupPlan after, List<Step> steps) {
        String subject = "group " + after.name();
        if (!before.keyColumns().equals(after.keyColumns())) {
            steps.add(
                    refused(
                            subject,
                            "key changes from "
                                    + before.keyColumns()
                                    + " to "
                                    + after.keyColumns()
                                    + ": state is kept by key"));
            return;
        }
        if (!before.source().equals(after.source()) || !before.select().equals(after.select())) {
            steps.add(
                    refused(
                            subject,
                            "what it reads changes (source or select): kept events are of the other"
                                    + " selection, and the engine cannot map its state"));
            return;
        }
        if (!before.layout().lateness().equals(after.layout().lateness())) {
            steps.add(
                    new Step(
                            Effect.KEEPS,
                            subject,
                            "lateness changes for events that come from now on"));
        }
        id(before, after, steps);
        features(before, after, steps);
    }

    private static void id(GroupPlan before, GroupPlan after, List<Step> steps) {
        String old = before.idColumn();
        String id = after.idColumn();
        if (old.equals(id)) {
            return;
        }
        String subject = "id of group " + after.name();
        if (id.isEmpty()) {
            steps.add(new Step(Effect.FORGETS, subject, "is gone; every event counts from now on"));
        } else {
            steps.add(
                    new Step(
                            Effect.KEEPS,
                            subject,
                            "is "
                                    + id
                                    + (old.isEmpty() ? "" : " in place of " + old)
                                    + ": events that come from now on count once by it; what was"
                                    + " counted before is not known by it"));
        }
    }

    private static void features(GroupPlan before, GroupPlan after, List<Step> steps) {
        Map<String, PlannedFeature> old = byName(before.features(), PlannedFeature::name);
        Map<String, Boolean> kept = new HashMap<>();
        before.features().forEach(feature -> kept.put(feature.state(), true));
        for (PlannedFeature feature : after.features()) {
            PlannedFeature was = old.remove(feature.name());
            String subject = "feature " + feature.name() + " of " + after.name();
            if (was == null) {
                steps.add(new Step(Effect.FILLS, subject, fills(feature, before, kept)));
            } else if (!was.meaning().equals(feature.meaning())
                    || !was.span().equals(feature.span())) {
                steps.add(
                        refused(
                                subject,
                                "would change from "
                                        + was.meaning()
                                        + " over "
                                        + was.span()
                                        + " to "
                                        + feature.meaning()
                                        + " over "
                                        + feature.span()
                                        + " under the same name: give it another name"));
            } else if (!Objects.equals(tile(before, was), tile(after, feature))) {
                steps.add(
                        new Step(
                                Effect.FILLS,
                                subject,
                                "loses events by tiles of another size; exact once its window has"
                                        + " passed"));
            }
        }
        old.keySet()
                .forEach(
                        name ->
                                steps.add(
                                        new Step(
                                                Effect.FORGETS,
                                                "feature " + name + " of " + after.name(),
                                                "is gone; it is served as its default from now"
                                                        + " on")));
    }

    private static String fills(
            PlannedFeature feature, GroupPlan before, Map<String, Boolean> kept) {
        if (!kept.containsKey(feature.state())) {
            return "starts without events, full after " + feature.span();
        }
        boolean longer =
                before.features().stream()
                        .filter(other -> other.state().equals(feature.state()))
                        .allMatch(other -> length(other).compareTo(length(feature)) < 0);
        return longer
                ? "starts with the events that are kept, full after " + feature.span()
                : "is served from the events that are kept";
    }

    private static Duration length(PlannedFeature feature) {
        return feature.reading() instanceof PlannedFeature.OverWindow window
                ? window.length()
                : Duration.ZERO;
    }

    private static Object tile(GroupPlan plan, PlannedFeature feature) {
        return feature.reading() instanceof PlannedFeature.OverWindow over
                ? plan.layout().columns().get(over.column()).windows().get(over.window()).tail()
                : "";
    }
}
