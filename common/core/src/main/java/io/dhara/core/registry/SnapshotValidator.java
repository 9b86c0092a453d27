package io.dhara.core.registry;

import io.dhara.core.model.EntitySchema;
import io.dhara.core.model.EntitySchema.KeyColumn;
import io.dhara.core.model.FeatureGroupSchema;
import io.dhara.core.model.StoreConfig;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The rules that look at more than one field; the same for every source. What the constructors of
 * the model refuse (ranges, gaps in sequences) is not repeated here. Pure.
 */
public final class SnapshotValidator {
    private final SchemaSnapshot snapshot;
    private final List<SchemaViolation> violations = new ArrayList<>();

    private SnapshotValidator(SchemaSnapshot snapshot) {
        this.snapshot = snapshot;
    }

    /** Every rule broken, in the order of entities; none for a usable snapshot. */
    public static List<SchemaViolation> check(SchemaSnapshot snapshot) {
        SnapshotValidator validator = new SnapshotValidator(snapshot);
        snapshot.stores().values().forEach(validator::checkStore);
        validator.checkLabels();
        for (EntitySchema entity : snapshot.entities().values()) {
            validator.checkEntity(entity);
            for (FeatureGroupSchema group : entity.groups().values()) {
                validator.checkGroup(entity, group);
            }
        }
        validator.checkSharedColumns();
        return List.copyOf(validator.violations);
    }

    private void checkStore(StoreConfig store) {
        if (store.kind() != StoreConfig.Kind.SCYLLA) {
            return;
        }
        if (!Labels.isCqlName(store.table())) {
            violations.add(
                    SchemaViolation.ofStore(
                            store.id(),
                            "table of store "
                                    + store.id()
                                    + " must be a CQL name of letters, digits and _, at most 48"
                                    + " long: got "
                                    + store.table()));
        }
        for (String key : store.primaryKeys()) {
            if (!Labels.isCqlName(key)) {
                violations.add(
                        SchemaViolation.ofStore(
                                store.id(),
                                "primary-keys of store "
                                        + store.id()
                                        + " must be CQL names: got "
                                        + key));
            }
        }
        if (store.primaryKeys().isEmpty()) {
            violations.add(
                    SchemaViolation.ofStore(
                            store.id(),
                            "primary-keys of store " + store.id() + " must name a column"));
        }
    }

    private void checkLabels() {
        for (String same : Labels.collisions(snapshot.entities().keySet())) {
            for (String label : same.split(", ", -1)) {
                violations.add(SchemaViolation.ofEntity(label, collide("entity labels", same)));
            }
        }
        List<Collection<String>> callers =
                List.of(snapshot.readerTokens().keySet(), snapshot.writerTokens().keySet());
        for (Collection<String> ids : callers) {
            for (String same : Labels.collisions(ids)) {
                violations.add(SchemaViolation.ofStore("", collide("caller ids", same)));
            }
        }
    }

    private void checkEntity(EntitySchema entity) {
        String label = entity.label();
        if (!Labels.isUsable(label)) {
            violations.add(SchemaViolation.ofEntity(label, unusable("entity label", label)));
        }
        Set<String> names = new HashSet<>();
        Set<String> columns = new HashSet<>();
        for (KeyColumn key : entity.keys()) {
            if (!names.add(key.entityLabel()) || !columns.add(key.columnLabel())) {
                violations.add(
                        SchemaViolation.ofEntity(
                                label,
                                "entity "
                                        + label
                                        + " has two keys named "
                                        + key.entityLabel()
                                        + " or with column "
                                        + key.columnLabel()));
            }
        }
        for (String same : Labels.collisions(entity.groups().keySet())) {
            for (String group : same.split(", ", -1)) {
                violations.add(
                        new SchemaViolation(
                                label, group, "", collide("group labels of " + label, same)));
            }
        }
        Map<Integer, String> ids = new HashMap<>();
        for (FeatureGroupSchema group : entity.groups().values()) {
            String other = ids.putIfAbsent(group.id(), group.label());
            if (other != null) {
                refuse(
                        group,
                        "id of group "
                                + name(group)
                                + " is "
                                + group.id()
                                + ", which is the id of group "
                                + other
                                + "; take the next free one");
            }
        }
    }

    private void checkGroup(EntitySchema entity, FeatureGroupSchema group) {
        if (!Labels.isUsable(group.label())) {
            refuse(group, unusable("group label", group.label()));
        }
        GroupRules.check(group).forEach(text -> refuse(group, text));
        StoreConfig store = snapshot.stores().get(group.storeId());
        if (store == null) {
            refuse(
                    group,
                    "store of group "
                            + name(group)
                            + " is "
                            + group.storeId()
                            + "; the stores are "
                            + snapshot.stores().keySet());
            return;
        }
        checkKeys(entity, group, store);
        if (store.kind() == StoreConfig.Kind.SCYLLA) {
            checkColumns(entity, group, store);
        }
    }

    private void checkKeys(EntitySchema entity, FeatureGroupSchema group, StoreConfig store) {
        List<String> columns = entity.keys().stream().map(KeyColumn::columnLabel).toList();
        boolean fixed = store.kind() == StoreConfig.Kind.SCYLLA || !store.primaryKeys().isEmpty();
        if (fixed && !Set.copyOf(columns).equals(Set.copyOf(store.primaryKeys()))) {
            refuse(
                    group,
                    "group "
                            + name(group)
                            + " is kept in store "
                            + store.id()
                            + " with primary-keys "
                            + store.primaryKeys()
                            + ", but the key columns of entity "
                            + entity.label()
                            + " are "
                            + columns);
        }
    }

    private void checkColumns(EntitySchema entity, FeatureGroupSchema group, StoreConfig store) {
        long longest = BlockSize.longest(group);
        long capacity = (long) group.columns().size() * store.maxColumnSizeBytes();
        if (longest > capacity) {
            refuse(
                    group,
                    "segments of group "
                            + name(group)
                            + " hold "
                            + capacity
                            + " bytes ("
                            + group.columns().size()
                            + " of "
                            + store.maxColumnSizeBytes()
                            + "), its longest block has "
                            + longest
                            + "; give it "
                            + SegmentAllocator.suggestion(entity, group, store));
        }
        for (String column : group.columns()) {
            if (!Labels.isCqlName(column)) {
                refuse(
                        group,
                        "segment of group " + name(group) + " must be a CQL name: got " + column);
            }
        }
        if (new HashSet<>(group.columns()).size() != group.columns().size()) {
            refuse(
                    group,
                    "segments of group " + name(group) + " repeat a name: " + group.columns());
        }
    }

    /** Two groups that share a column of a table overwrite each other (B15). */
    private void checkSharedColumns() {
        Map<String, FeatureGroupSchema> owners = new TreeMap<>();
        for (EntitySchema entity : snapshot.entities().values()) {
            for (FeatureGroupSchema group : entity.groups().values()) {
                StoreConfig store = snapshot.stores().get(group.storeId());
                if (store == null || store.kind() != StoreConfig.Kind.SCYLLA) {
                    continue;
                }
                String table = (store.confId() + "/" + store.table()).toLowerCase(Locale.ROOT);
                for (String column : new HashSet<>(group.columns())) {
                    String place = table + "/" + column.toLowerCase(Locale.ROOT);
                    FeatureGroupSchema owner = owners.putIfAbsent(place, group);
                    if (owner != null) {
                        refuseShared(owner, group, store, column);
                        refuseShared(group, owner, store, column);
                    }
                }
            }
        }
    }

    private void refuseShared(
            FeatureGroupSchema group, FeatureGroupSchema other, StoreConfig store, String column) {
        refuse(
                group,
                "groups "
                        + name(group)
                        + " and "
                        + name(other)
                        + " both use column "
                        + column
                        + " of table "
                        + store.table()
                        + " and would overwrite each other; give each entity a table of its own"
                        + " and each group segments of its own");
    }

    private void refuse(FeatureGroupSchema group, String text) {
        violations.add(new SchemaViolation(group.entity(), group.label(), group.storeId(), text));
    }

    private static String collide(String what, String same) {
        return what + " differ only in case or dashes, which the peer cannot tell apart: " + same;
    }

    private static String unusable(String what, String label) {
        return what + " must not be empty nor hold / , | @ : or spaces: got " + label;
    }

    private static String name(FeatureGroupSchema group) {
        return group.entity() + "/" + group.label();
    }
}
