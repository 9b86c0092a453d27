package io.dhara.core.registry;

import io.dhara.core.model.EntitySchema;
import io.dhara.core.model.FeatureGroupSchema;
import io.dhara.core.model.StoreConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Gives Scylla groups that name no segments the columns they need, numbered over the entity as the
 * peer's control plane does: the greatest number in use plus one, as many as the longest block
 * needs at the store's column size. Unlike there the lengths before strings count (B3). Pure.
 */
public final class SegmentAllocator {
    private static final Pattern SEGMENT = Pattern.compile("seg_([0-9]{1,8})");

    private SegmentAllocator() {}

    /**
     * The desired snapshot with segments filled in: those the group has now, and more if its
     * longest block needs them. Groups that name their segments, or are kept in Redis, stay as they
     * are.
     */
    public static SchemaSnapshot complete(SchemaSnapshot current, SchemaSnapshot desired) {
        Map<String, EntitySchema> entities = new TreeMap<>();
        for (EntitySchema entity : desired.entities().values()) {
            EntitySchema before = current.entity(entity.label());
            int next = 1 + greatest(entity);
            if (before != null) {
                next = Math.max(next, 1 + greatest(before));
            }
            Map<String, FeatureGroupSchema> groups = new TreeMap<>();
            List<FeatureGroupSchema> byId = new ArrayList<>(entity.groups().values());
            byId.sort(java.util.Comparator.comparingInt(FeatureGroupSchema::id));
            for (FeatureGroupSchema group : byId) {
                FeatureGroupSchema old = before == null ? null : before.group(group.label());
                List<String> have = old == null ? List.of() : old.columns();
                StoreConfig store = desired.stores().get(group.storeId());
                boolean open =
                        group.columns().isEmpty()
                                && store != null
                                && store.kind() == StoreConfig.Kind.SCYLLA;
                List<String> columns = open ? extended(have, next, group, store) : group.columns();
                next += open ? columns.size() - have.size() : 0;
                groups.put(group.label(), withColumns(group, columns));
            }
            entities.put(
                    entity.label(),
                    new EntitySchema(
                            entity.label(),
                            entity.keys(),
                            entity.inMemoryCache(),
                            entity.distributedCache(),
                            groups));
        }
        return new SchemaSnapshot(
                desired.revision(),
                entities,
                desired.stores(),
                desired.readerTokens(),
                desired.writerTokens());
    }

    /** The segments that would do for a group, as text for an error. */
    static String suggestion(EntitySchema entity, FeatureGroupSchema group, StoreConfig store) {
        return extended(group.columns(), 1 + greatest(entity), group, store).toString();
    }

    private static List<String> extended(
            List<String> have, int next, FeatureGroupSchema group, StoreConfig store) {
        List<String> columns = new ArrayList<>(have);
        long needed =
                Math.max(
                        1,
                        (BlockSize.longest(group) + store.maxColumnSizeBytes() - 1)
                                / store.maxColumnSizeBytes());
        for (int number = next; columns.size() < needed; number++) {
            columns.add("seg_" + number);
        }
        return columns;
    }

    private static int greatest(EntitySchema entity) {
        int greatest = -1;
        for (FeatureGroupSchema group : entity.groups().values()) {
            for (String column : group.columns()) {
                Matcher matcher = SEGMENT.matcher(column);
                if (matcher.matches()) {
                    greatest = Math.max(greatest, Integer.parseInt(matcher.group(1)));
                }
            }
        }
        return greatest;
    }

    private static FeatureGroupSchema withColumns(FeatureGroupSchema group, List<String> columns) {
        return new FeatureGroupSchema(
                group.entity(),
                group.label(),
                group.id(),
                group.storeId(),
                group.dataType(),
                group.ttl(),
                group.jobId(),
                group.inMemoryCacheEnabled(),
                group.distributedCacheEnabled(),
                group.layoutVersion(),
                group.activeVersion(),
                columns,
                group.versions());
    }
}
