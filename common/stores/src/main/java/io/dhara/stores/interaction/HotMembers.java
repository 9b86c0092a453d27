package io.dhara.stores.interaction;

import io.dhara.core.interaction.Interaction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Members of a type's sorted set: the whole event as {@code
 * product|catalog|time|sub_order|metadata}, with {@code |} and {@code \} in texts escaped by {@code
 * \}. One event gives one member, so adding it again changes nothing. User and type are in the key;
 * the score repeats the time.
 */
public final class HotMembers {
    private static final char SEPARATOR = '|';
    private static final char ESCAPE = '\\';
    private static final int PARTS = 5;

    private HotMembers() {}

    /** The whole event. */
    public static byte[] event(Interaction interaction) {
        StringBuilder out =
                new StringBuilder(48)
                        .append(interaction.productId())
                        .append(SEPARATOR)
                        .append(interaction.catalogId())
                        .append(SEPARATOR)
                        .append(interaction.eventTimeMillis())
                        .append(SEPARATOR);
        append(out, interaction.subOrder());
        append(out.append(SEPARATOR), interaction.metadata());
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** The product id alone. */
    public static byte[] product(Interaction interaction) {
        return Long.toString(interaction.productId()).getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * The event of a member.
     *
     * @throws IllegalArgumentException if it is not one of {@link #event}; without its text, which
     *     may be personal
     */
    public static Interaction parse(String userId, String type, byte[] member) {
        List<String> parts = split(new String(member, StandardCharsets.UTF_8));
        if (parts.size() != PARTS) {
            throw new IllegalArgumentException(
                    "member of a %s set must have %d parts: has %d"
                            .formatted(type, PARTS, parts.size()));
        }
        try {
            return new Interaction(
                    userId,
                    type,
                    Long.parseLong(parts.get(0)),
                    Long.parseLong(parts.get(1)),
                    Long.parseLong(parts.get(2)),
                    parts.get(3),
                    parts.get(4));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "member of a " + type + " set must begin with three whole numbers", e);
        }
    }

    private static void append(StringBuilder out, String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == SEPARATOR || c == ESCAPE) {
                out.append(ESCAPE);
            }
            out.append(c);
        }
    }

    private static List<String> split(String text) {
        List<String> parts = new ArrayList<>(PARTS);
        StringBuilder part = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == ESCAPE && i + 1 < text.length()) {
                part.append(text.charAt(++i));
            } else if (c == SEPARATOR) {
                parts.add(part.toString());
                part.setLength(0);
            } else {
                part.append(c);
            }
        }
        parts.add(part.toString());
        return parts;
    }
}
