package io.dhara.core.registry;

import io.dhara.core.model.EntitySchema;
import io.dhara.core.model.FeatureGroupSchema;
import io.dhara.core.model.StoreConfig;
import io.dhara.core.registry.SchemaDraft.EntityDraft;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Makes the next snapshot of a draft that may be half way through a change. What is readable, obeys
 * every rule and leaves stored blocks readable moves on; what does not keeps its last good form,
 * group by group, or stays unseen when it has none. So one broken group holds nobody else up (B48),
 * and the result is always valid. Pure.
 */
public final class SchemaMerge {
    private final SchemaSnapshot last;
    private final SchemaDraft draft;
    private final List<SchemaProblem> problems;
    private final Map<String, StoreConfig> stores = new TreeMap<>();
    private final Map<String, EntitySchema> frames = new TreeMap<>();
    private final Map<String, Map<String, FeatureGroupSchema>> groups = new TreeMap<>();
    private Map<String, String> readers;
    private Map<String, String> writers;

    /**
     * @param snapshot valid
     * @param problems why it is not all that the draft holds; empty when it is
     */
    public record Result(SchemaSnapshot snapshot, List<SchemaProblem> problems) {}

    private SchemaMerge(SchemaSnapshot last, SchemaDraft draft) {
        this.last = last;
        this.draft = draft;
        this.problems = new ArrayList<>(draft.problems());
        this.readers = draft.readerTokens();
        this.writers = draft.writerTokens();
    }

    /**
     * @param last the snapshot in force, valid
     */
    public static Result merge(SchemaSnapshot last, SchemaDraft draft) {
        return new SchemaMerge(last, draft).run();
    }

    private Result run() {
        stores.putAll(draft.stores());
        for (String id : draft.brokenStores()) {
            restoreStore(id);
        }
        draft.entities().forEach(this::takeEntity);
        SchemaSnapshot next = snapshot();
        List<SchemaViolation> violations = SnapshotValidator.check(next);
        violations.forEach(violation -> problems.add(violation.at(Map.of())));
        while (!violations.isEmpty()) {
            if (!step(violations)) {
                return new Result(last, problems);
            }
            next = snapshot();
            violations = SnapshotValidator.check(next);
        }
        return new Result(next, problems);
    }

    private void takeEntity(String label, EntityDraft entity) {
        EntitySchema before = last.entity(label);
        EntitySchema frame = entity.frame() == null ? before : entity.frame();
        if (frame == null) {
            return;
        }
        frames.put(label, frame);
        Map<String, FeatureGroupSchema> taken = new TreeMap<>();
        groups.put(label, taken);
        if (entity.frame() == null) {
            taken.putAll(before.groups());
            return;
        }
        for (FeatureGroupSchema group : entity.groups().values()) {
            FeatureGroupSchema old = before == null ? null : before.group(group.label());
            taken.put(group.label(), old == null ? group : unlessItBreaks(old, group));
        }
        for (String broken : entity.brokenGroups()) {
            FeatureGroupSchema old = before == null ? null : before.group(broken);
            if (old != null) {
                taken.put(broken, old);
            }
        }
    }

    /** A change from outside that would make stored blocks unreadable is not followed (B49). */
    private FeatureGroupSchema unlessItBreaks(FeatureGroupSchema old, FeatureGroupSchema group) {
        if (old.equals(group)) {
            return old;
        }
        FeatureGroupSchema now = GroupDiff.keepingVersions(old, group);
        List<SchemaChange> breaking =
                GroupDiff.between(old, now, false).stream()
                        .filter(SchemaChange::breaksStoredBlocks)
                        .toList();
        for (SchemaChange change : breaking) {
            problems.add(
                    new SchemaProblem(
                            change.subject(),
                            change.text()
                                    + " is not followed: "
                                    + change.reason()
                                    + "; instead: "
                                    + change.remedy()));
        }
        return breaking.isEmpty() ? now : old;
    }

    /**
     * Takes back the least that is needed: first what is new in this draft, then stores that groups
     * in force relied on, and only then what was in force.
     */
    private boolean step(List<SchemaViolation> violations) {
        return takeBack(violations, this::revert)
                || takeBack(violations, this::restoreStoreOf)
                || takeBack(violations, this::drop);
    }

    private static boolean takeBack(
            List<SchemaViolation> violations, Predicate<SchemaViolation> action) {
        boolean acted = false;
        for (SchemaViolation violation : violations) {
            acted |= action.test(violation);
        }
        return acted;
    }

    private boolean revert(SchemaViolation violation) {
        if (!violation.group().isEmpty()) {
            return revertGroup(violation.entity(), violation.group());
        }
        if (!violation.entity().isEmpty()) {
            return revertEntity(violation.entity());
        }
        if (!violation.store().isEmpty()) {
            return restoreStore(violation.store());
        }
        boolean changed = !readers.equals(last.readerTokens());
        changed |= !writers.equals(last.writerTokens());
        readers = last.readerTokens();
        writers = last.writerTokens();
        return changed;
    }

    private boolean revertGroup(String entity, String label) {
        Map<String, FeatureGroupSchema> taken = groups.get(entity);
        EntitySchema before = last.entity(entity);
        FeatureGroupSchema now = taken == null ? null : taken.get(label);
        FeatureGroupSchema old = before == null ? null : before.group(label);
        if (now == null) {
            return false;
        }
        if (old == null) {
            taken.remove(label);
            return true;
        }
        if (!now.equals(old)) {
            taken.put(label, old);
            return true;
        }
        if (!frames.get(entity).keys().equals(before.keys())) {
            frames.put(entity, before);
            return true;
        }
        return false;
    }

    private boolean revertEntity(String label) {
        EntitySchema before = last.entity(label);
        if (before == null) {
            groups.remove(label);
            return frames.remove(label) != null;
        }
        if (entity(label).equals(before)) {
            return false;
        }
        frames.put(label, before);
        groups.put(label, new TreeMap<>(before.groups()));
        return true;
    }

    private boolean restoreStoreOf(SchemaViolation violation) {
        return restoreStore(violation.store());
    }

    private boolean restoreStore(String id) {
        StoreConfig before = last.stores().get(id);
        if (before == null) {
            return stores.remove(id) != null;
        }
        return !before.equals(stores.put(id, before));
    }

    private boolean drop(SchemaViolation violation) {
        if (!violation.group().isEmpty()) {
            Map<String, FeatureGroupSchema> taken = groups.get(violation.entity());
            return taken != null && taken.remove(violation.group()) != null;
        }
        if (!violation.entity().isEmpty()) {
            groups.remove(violation.entity());
            return frames.remove(violation.entity()) != null;
        }
        return stores.remove(violation.store()) != null;
    }

    private EntitySchema entity(String label) {
        EntitySchema frame = frames.get(label);
        return new EntitySchema(
                label,
                frame.keys(),
                frame.inMemoryCache(),
                frame.distributedCache(),
                groups.getOrDefault(label, Map.of()));
    }

    private SchemaSnapshot snapshot() {
        Map<String, EntitySchema> entities = new TreeMap<>();
        frames.keySet().forEach(label -> entities.put(label, entity(label)));
        return new SchemaSnapshot(draft.revision(), entities, stores, readers, writers);
    }
}
