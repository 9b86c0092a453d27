package io.dhara.stores.key;

import io.dhara.core.model.EntityKey;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Redis keys of entities: {@code <entity>:<v1>|<v2>}, values in key sequence order.
 *
 * <p>In a value {@code |} is written {@code \|}, in a label {@code :} is written {@code \:}, and in
 * both {@code \} is written {@code \\}, so two entity keys never share a Redis key. Labels and
 * values without those characters, which is nearly all, keep BharatMLStack's form.
 */
public final class RedisKeys {
    private static final char ESCAPE = '\\';
    private static final char ENTITY_END = ':';
    private static final char VALUE_END = '|';

    private RedisKeys() {}

    /** Key of the stored value. */
    public static byte[] storeKey(EntityKey key) {
        return text("", key).getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Key of the entry in a distributed cache.
     *
     * @param prefix keeps cache entries apart from stored values in one Redis; empty gives
     *     BharatMLStack's form, which a Redis that is also a store of this entity must not hold
     */
    public static byte[] cacheKey(String prefix, EntityKey key) {
        return text(prefix, key).getBytes(StandardCharsets.UTF_8);
    }

    /** The stored value's key as text, for messages and tools. */
    public static String text(EntityKey key) {
        return text("", key);
    }

    private static String text(String prefix, EntityKey key) {
        StringBuilder out = new StringBuilder(64).append(prefix);
        append(out, key.entity(), ENTITY_END);
        out.append(ENTITY_END);
        List<String> values = key.values();
        for (int i = 0; i < values.size(); i++) {
            if (i > 0) {
                out.append(VALUE_END);
            }
            append(out, values.get(i), VALUE_END);
        }
        return out.toString();
    }

    private static void append(StringBuilder out, String part, char end) {
        if (part.indexOf(end) < 0 && part.indexOf(ESCAPE) < 0) {
            out.append(part);
            return;
        }
        for (int i = 0; i < part.length(); i++) {
            char c = part.charAt(i);
            if (c == end || c == ESCAPE) {
                out.append(ESCAPE);
            }
            out.append(c);
        }
    }
}
