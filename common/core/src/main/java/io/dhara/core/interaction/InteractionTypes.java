package io.dhara.core.interaction;

import io.dhara.core.config.Settings;
import io.dhara.core.interaction.InteractionType.Shape;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The types of interactions there are, as the settings declare them. A new type is one more word in
 * {@code interactions.types}.
 */
public final class InteractionTypes implements Serializable {
    private static final long serialVersionUID = 1L;

    private static final String KEY = "interactions.types";
    private static final List<String> DEFAULT =
            List.of("CLICK", "ORDER", "ADD_TO_CART", "WISHLIST", "SHARE", "APP_OPEN");
    private static final String APP_OPEN = "APP_OPEN";
    private static final Pattern NAME = Pattern.compile("[A-Z][A-Z0-9_]{0,63}");
    private static final Pattern TABLE = Pattern.compile("[a-z][a-z0-9_]{0,23}");

    /** Not types: the user's marker has such a key, and such an event erases the user. */
    private static final List<String> RESERVED = List.of("SESSION", "ERASE_USER");

    /** Most interactions of a user and type in the hot tier. */
    private static final int MAX_HOT_LIMIT = 10_000;

    private final List<InteractionType> all;
    private final List<InteractionType> stored;
    private final Map<String, InteractionType> byName;

    private InteractionTypes(List<InteractionType> all) {
        this.all = List.copyOf(all);
        this.stored = all.stream().filter(InteractionType::stored).toList();
        Map<String, InteractionType> names = new LinkedHashMap<>();
        all.forEach(type -> names.put(type.name(), type));
        this.byName = Map.copyOf(names);
    }

    /**
     * Reads {@code interactions.types} and {@code
     * interactions.type.<NAME>.{stored,table,shape,layout,hot-limit,week-limit}}. What is wrong is
     * reported by {@link Settings#finish()}.
     */
    public static InteractionTypes from(Settings settings) {
        Map<String, InteractionType> types = new LinkedHashMap<>();
        Map<String, String> tables = new LinkedHashMap<>();
        for (String name : settings.list(KEY, DEFAULT)) {
            if (!NAME.matcher(name).matches()) {
                settings.reject(KEY, "must be names of A-Z, 0-9 and _: got " + name);
            } else if (RESERVED.contains(name)) {
                settings.reject(KEY, "must not have the reserved name " + name);
            } else {
                InteractionType type = type(settings, name);
                if (types.put(name, type) != null) {
                    settings.reject(KEY, "must not have " + name + " twice");
                }
                String other = type.stored() ? tables.putIfAbsent(type.table(), name) : null;
                if (other != null && !other.equals(name)) {
                    settings.reject(
                            "interactions.type." + name + ".table",
                            "is also the table of " + other + ": got " + type.table());
                }
            }
        }
        if (types.isEmpty()) {
            settings.reject(KEY, "must have at least one name");
        }
        rejectSuffixes(settings, types);
        return new InteractionTypes(new ArrayList<>(types.values()));
    }

    private static InteractionType type(Settings settings, String name) {
        String prefix = "interactions.type." + name + ".";
        String lower = name.toLowerCase(Locale.ROOT);
        String table = settings.string(prefix + "table", lower);
        boolean stored = settings.bool(prefix + "stored", !name.equals(APP_OPEN));
        if (stored && !TABLE.matcher(table).matches()) {
            settings.reject(prefix + "table", "must be at most 24 of a-z, 0-9 and _: got " + table);
        }
        int layout =
                settings.integer(
                        prefix + "layout",
                        InteractionFormat.LAYOUT_1,
                        InteractionFormat.LAYOUT_1,
                        InteractionFormat.LAYOUT_2);
        return new InteractionType(
                name,
                stored,
                table,
                settings.choice(prefix + "shape", name.equals("ORDER") ? Shape.ORDER : Shape.CLICK),
                layout,
                settings.integer(prefix + "hot-limit", 500, 1, MAX_HOT_LIMIT),
                settings.integer(
                        prefix + "week-limit", 500, 1, InteractionFormat.maxEvents(layout)));
    }

    /**
     * In {@code userId_TYPE} user {@code u_ADD_TO} with {@code CART} and user {@code u} with {@code
     * ADD_TO_CART} would be one key.
     */
    private static void rejectSuffixes(Settings settings, Map<String, InteractionType> types) {
        List<String> words = new ArrayList<>(types.keySet());
        words.add("SESSION");
        for (String longer : types.keySet()) {
            for (String shorter : words) {
                if (longer.endsWith("_" + shorter)) {
                    settings.reject(
                            KEY,
                            "must not have "
                                    + longer
                                    + " beside "
                                    + shorter
                                    + ": two users could share a key of the hot tier");
                }
            }
        }
    }

    /** In declared order. */
    public List<InteractionType> all() {
        return all;
    }

    /** Those that are kept in the tiers, in declared order. */
    public List<InteractionType> stored() {
        return stored;
    }

    /** The type an event names; the case counts. */
    public Optional<InteractionType> byName(String name) {
        return Optional.ofNullable(byName.get(name));
    }
}
