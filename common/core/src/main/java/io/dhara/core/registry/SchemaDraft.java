package io.dhara.core.registry;

import io.dhara.core.model.EntitySchema;
import io.dhara.core.model.FeatureGroupSchema;
import io.dhara.core.model.StoreConfig;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a source holds at one instant, perhaps in the middle of a change: the parts that could be
 * read and the names of those that could not yet.
 *
 * @param stores by id
 * @param brokenStores ids that are there but not readable
 * @param entities by label; an entity that is not named here is gone
 * @param readerTokens by caller id
 * @param writerTokens by job id
 * @param problems why parts are broken
 */
public record SchemaDraft(
        long revision,
        Map<String, StoreConfig> stores,
        Set<String> brokenStores,
        Map<String, EntityDraft> entities,
        Map<String, String> readerTokens,
        Map<String, String> writerTokens,
        List<SchemaProblem> problems) {

    /** A state that is whole. */
    static SchemaDraft of(SchemaSnapshot snapshot) {
        Map<String, EntityDraft> entities = new TreeMap<>();
        snapshot.entities()
                .forEach(
                        (label, entity) ->
                                entities.put(
                                        label, new EntityDraft(entity, entity.groups(), Set.of())));
        return new SchemaDraft(
                snapshot.revision(),
                snapshot.stores(),
                Set.of(),
                entities,
                snapshot.readerTokens(),
                snapshot.writerTokens(),
                List.of());
    }

    /**
     * @param frame the entity without groups; null when its label, keys or caches are not readable
     * @param groups by label
     * @param brokenGroups labels that are there but not readable
     */
    public record EntityDraft(
            @Nullable EntitySchema frame,
            Map<String, FeatureGroupSchema> groups,
            Set<String> brokenGroups) {}
}
