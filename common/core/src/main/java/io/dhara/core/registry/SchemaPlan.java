package io.dhara.core.registry;

import io.dhara.core.model.EntitySchema;
import io.dhara.core.model.FeatureGroupSchema;
import io.dhara.core.model.StoreConfig;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The difference between the schemas in force and the schemas wanted, each change with a verdict.
 * Pure: nothing is read or written.
 *
 * @param changes in the order stores, entities, groups, callers; empty when nothing changes
 */
public record SchemaPlan(List<SchemaChange> changes) {
    private static final String WAIT_AND_ALLOW =
            "stop its writers, wait for its ttl, then apply with removals allowed";

    public SchemaPlan {
        changes = List.copyOf(changes);
    }

    /**
     * @param current in force
     * @param desired valid by {@link SnapshotValidator}
     * @param allowRemovals whether entities, groups and old versions may go, which loses what is
     *     stored of them
     */
    public static SchemaPlan between(
            SchemaSnapshot current, SchemaSnapshot desired, boolean allowRemovals) {
        List<SchemaChange> changes = new ArrayList<>();
        compareStores(current, desired, changes);
        for (EntitySchema before : current.entities().values()) {
            if (desired.entity(before.label()) == null) {
                changes.add(
                        removal(
                                "entity " + before.label(),
                                "removed with its groups " + before.groups().keySet(),
                                allowRemovals));
            }
        }
        for (EntitySchema after : desired.entities().values()) {
            EntitySchema before = current.entity(after.label());
            if (before == null) {
                changes.add(
                        SchemaChange.safe(
                                "entity " + after.label(),
                                "added with groups " + after.groups().keySet()));
            } else {
                compareEntity(before, after, allowRemovals, changes);
            }
        }
        compareTokens("reader", current.readerTokens(), desired.readerTokens(), changes);
        compareTokens("writer", current.writerTokens(), desired.writerTokens(), changes);
        return new SchemaPlan(changes);
    }

    /** Whether apply may go ahead. */
    public boolean isSafe() {
        return refused().isEmpty();
    }

    public List<SchemaChange> refused() {
        return changes.stream()
                .filter(change -> change.verdict() == SchemaChange.Verdict.REFUSED)
                .toList();
    }

    /** One line, for the history. */
    public String summary() {
        return String.join(
                "; ",
                changes.stream().map(change -> change.subject() + " " + change.text()).toList());
    }

    private static void compareStores(
            SchemaSnapshot current, SchemaSnapshot desired, List<SchemaChange> changes) {
        Set<String> used = new TreeSet<>();
        for (EntitySchema entity : current.entities().values()) {
            entity.groups().values().stream().map(FeatureGroupSchema::storeId).forEach(used::add);
        }
        for (String id : union(current.stores().keySet(), desired.stores().keySet())) {
            StoreConfig before = current.stores().get(id);
            StoreConfig after = desired.stores().get(id);
            String subject = "store " + id;
            if (before == null) {
                changes.add(SchemaChange.safe(subject, "added: " + describe(after)));
            } else if (after == null) {
                changes.add(SchemaChange.safe(subject, "removed: " + describe(before)));
            } else if (!before.equals(after)) {
                changes.add(storeChange(subject, before, after, used.contains(id)));
            }
        }
    }

    private static SchemaChange storeChange(
            String subject, StoreConfig before, StoreConfig after, boolean used) {
        boolean moved =
                before.kind() != after.kind()
                        || before.confId() != after.confId()
                        || !before.table().equals(after.table())
                        || !before.primaryKeys().equals(after.primaryKeys());
        String text = describe(before) + " -> " + describe(after);
        if (moved && used) {
            return SchemaChange.refused(
                    subject,
                    text,
                    "groups are kept there, and values written so far stay in the old place",
                    "add a store with a new number and register new groups on it");
        }
        return SchemaChange.safe(
                subject, text, moved ? "" : "an existing table keeps its default_time_to_live");
    }

    private static void compareEntity(
            EntitySchema before,
            EntitySchema after,
            boolean allowRemovals,
            List<SchemaChange> changes) {
        String subject = "entity " + after.label();
        if (!before.keys().equals(after.keys())) {
            changes.add(
                    SchemaChange.refused(
                            subject,
                            "keys " + before.keys() + " -> " + after.keys(),
                            "rows written so far are found by the old keys only",
                            "register a new entity"));
        }
        if (!before.inMemoryCache().equals(after.inMemoryCache())
                || !before.distributedCache().equals(after.distributedCache())) {
            changes.add(SchemaChange.safe(subject, "cache settings changed"));
        }
        for (String label : union(before.groups().keySet(), after.groups().keySet())) {
            FeatureGroupSchema old = before.group(label);
            FeatureGroupSchema now = after.group(label);
            String group = "group " + after.label() + "/" + label;
            if (now == null) {
                changes.add(removal(group, "removed", allowRemovals));
            } else if (old == null) {
                changes.add(
                        SchemaChange.safe(
                                group,
                                "added with features "
                                        + now.active()
                                        + " on store "
                                        + now.storeId()
                                        + segments(now)));
            } else {
                changes.addAll(GroupDiff.between(old, now, allowRemovals));
            }
        }
    }

    private static SchemaChange removal(String subject, String text, boolean allowed) {
        SchemaChange change =
                SchemaChange.refused(
                        subject,
                        text,
                        "what is stored of it can no longer be read",
                        WAIT_AND_ALLOW);
        return allowed ? change.allowed() : change;
    }

    private static void compareTokens(
            String role,
            Map<String, String> before,
            Map<String, String> after,
            List<SchemaChange> changes) {
        for (String id : union(before.keySet(), after.keySet())) {
            String subject = role + " " + id;
            if (!before.containsKey(id)) {
                changes.add(SchemaChange.safe(subject, "added"));
            } else if (!after.containsKey(id)) {
                changes.add(SchemaChange.safe(subject, "removed"));
            } else if (!before.get(id).equals(after.get(id))) {
                changes.add(SchemaChange.safe(subject, "token changed"));
            }
        }
    }

    private static String segments(FeatureGroupSchema group) {
        return group.columns().isEmpty() ? "" : " in segments " + group.columns();
    }

    private static String describe(StoreConfig store) {
        return store.kind().wireName()
                + " connection "
                + store.confId()
                + (store.table().isEmpty() ? "" : " table " + store.table());
    }

    private static Set<String> union(Collection<String> a, Collection<String> b) {
        Set<String> union = new TreeSet<>(a);
        union.addAll(b);
        return union;
    }
}
