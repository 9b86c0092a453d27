package io.dhara.stores.interaction;

import io.dhara.core.interaction.InteractionType;
import io.dhara.core.interaction.InteractionTypes;
import io.dhara.stores.interaction.HotTierConfig.KeyStyle;
import io.dhara.stores.interaction.HotTierConfig.Member;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Redis keys of the hot tier: {@code <userId>_<TYPE>} sorted sets, {@code <userId>_SESSION} the
 * marker. With hash tags the user id stands in braces, and {@code \} and <code>}</code> in it are
 * escaped with {@code \}, so that all keys of any user share one tag.
 *
 * <p>A set has a number from 0: first the sets of events by stored type, then, if members are
 * product ids, the sets of product ids by stored type.
 */
public final class HotTierKeys {
    /** Hash that says which markers are to be trusted; one per server process. */
    public static final String BEACON = "dhara:hot-tier";

    private static final byte[] MARKER = utf8("_SESSION");
    private static final String PRODUCTS = ":products";
    private static final String EVENTS = ":events";

    /**
     * One of the sorted sets that a user has.
     *
     * @param name in fields of the marker
     * @param limit newest members kept
     */
    public record UserSet(String name, int limit) {}

    private final boolean hashTag;
    private final List<UserSet> sets = new ArrayList<>();
    private final List<byte[]> suffixes = new ArrayList<>();
    private final Map<String, Integer> numbers = new HashMap<>();
    private final boolean products;
    private final int types;

    public HotTierKeys(HotTierConfig config, InteractionTypes interactionTypes) {
        this.hashTag = config.keyStyle() == KeyStyle.HASH_TAG;
        this.products = config.member() == Member.PRODUCT_ID;
        List<InteractionType> stored = interactionTypes.stored();
        this.types = stored.size();
        for (InteractionType type : stored) {
            numbers.put(type.name(), sets.size());
            sets.add(new UserSet(type.name(), type.hotLimit()));
            suffixes.add(utf8("_" + type.name() + (products ? EVENTS : "")));
        }
        if (products) {
            for (InteractionType type : stored) {
                sets.add(new UserSet(type.name() + PRODUCTS, type.hotLimit()));
                suffixes.add(utf8("_" + type.name()));
            }
        }
    }

    /** All sets of a user, by number. */
    public List<UserSet> sets() {
        return List.copyOf(sets);
    }

    /** Whether there are sets of product ids. */
    public boolean hasProducts() {
        return products;
    }

    /**
     * Number of the set of a type's events.
     *
     * @throws IllegalArgumentException if the type is not a stored one
     */
    public int events(String type) {
        Integer number = numbers.get(type);
        if (number == null) {
            throw new IllegalArgumentException(
                    "type must be one of " + numbers.keySet() + " in the hot tier: got " + type);
        }
        return number;
    }

    /** Number of the set of a type's product ids; only where {@link #hasProducts()}. */
    public int products(String type) {
        return types + events(type);
    }

    /** The marker and then all sets by number. */
    public byte[][] all(String userId) {
        byte[] user = user(userId);
        byte[][] keys = new byte[1 + suffixes.size()][];
        keys[0] = joined(user, MARKER);
        for (int i = 0; i < suffixes.size(); i++) {
            keys[i + 1] = joined(user, suffixes.get(i));
        }
        return keys;
    }

    /** The marker and then the sets of some types' events, in order. */
    public List<byte[]> ofTypes(String userId, List<InteractionType> wanted) {
        byte[] user = user(userId);
        List<byte[]> keys = new ArrayList<>(1 + wanted.size());
        keys.add(joined(user, MARKER));
        for (InteractionType type : wanted) {
            keys.add(joined(user, suffixes.get(events(type.name()))));
        }
        return keys;
    }

    private byte[] user(String userId) {
        byte[] plain = utf8(userId);
        if (!hashTag) {
            return plain;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(plain.length + 2);
        out.write('{');
        for (byte b : plain) {
            if (b == '\\' || b == '}') {
                out.write('\\');
            }
            out.write(b);
        }
        out.write('}');
        return out.toByteArray();
    }

    private static byte[] joined(byte[] user, byte[] suffix) {
        byte[] key = new byte[user.length + suffix.length];
        System.arraycopy(user, 0, key, 0, user.length);
        System.arraycopy(suffix, 0, key, user.length, suffix.length);
        return key;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
