package io.dhara.core.registry;

/**
 * One thing wrong in a source of schemas.
 *
 * @param place where: a file with its line, an etcd key, or the parts of a snapshot concerned
 * @param text what is wrong, the value seen, the value allowed and the remedy where one is known
 */
public record SchemaProblem(String place, String text) {
    @Override
    public String toString() {
        return place.isEmpty() ? text : place + ": " + text;
    }
}
