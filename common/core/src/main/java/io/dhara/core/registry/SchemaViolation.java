package io.dhara.core.registry;

import java.util.Map;

/**
 * A rule that a snapshot breaks, with the parts of it concerned.
 *
 * @param entity label, or empty when it is about a store only
 * @param group label inside the entity, or empty
 * @param store id, or empty when it is about the entity only
 * @param text what is wrong, value and limit, and the remedy
 */
public record SchemaViolation(String entity, String group, String store, String text) {

    static SchemaViolation ofEntity(String entity, String text) {
        return new SchemaViolation(entity, "", "", text);
    }

    static SchemaViolation ofStore(String store, String text) {
        return new SchemaViolation("", "", store, text);
    }

    /** The same as a problem of the source, given the places of entities, groups and stores. */
    SchemaProblem at(Map<String, String> places) {
        String place = places.get(entity + "/" + group);
        if (place == null) {
            place = places.get(entity.isEmpty() ? "store " + store : entity);
        }
        return new SchemaProblem(place == null ? subject() : place, text);
    }

    private String subject() {
        if (entity.isEmpty()) {
            return "store " + store;
        }
        return group.isEmpty() ? "entity " + entity : "group " + entity + "/" + group;
    }
}
