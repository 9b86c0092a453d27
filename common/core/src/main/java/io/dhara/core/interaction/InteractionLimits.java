package io.dhara.core.interaction;

import io.dhara.core.interaction.InteractionType.Shape;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a block of a type can hold, and the refusals in words. */
final class InteractionLimits {
    /** Result of {@link #utf8Length}: a lone surrogate, which UTF-8 cannot say. */
    private static final int NO_TEXT = -1;

    private InteractionLimits() {}

    static Optional<String> refusal(InteractionType type, Interaction interaction) {
        String found = null;
        if (type.layout() == InteractionFormat.LAYOUT_1) {
            found = id("product-id", interaction.productId(), type);
            if (found == null) {
                found = id("catalog-id", interaction.catalogId(), type);
            }
            if (found == null && type.shape() == Shape.CLICK && !interaction.subOrder().isEmpty()) {
                found =
                        "sub-order is kept by types of shape order or layout 2 only: got "
                                + interaction.subOrder()
                                + " for "
                                + type.name();
            }
        }
        if (found == null) {
            found = text("sub-order", interaction.subOrder());
        }
        if (found == null) {
            found = text("metadata", interaction.metadata());
        }
        return Optional.ofNullable(found);
    }

    /**
     * @throws InteractionRefusedException if they cannot be one block of the type
     */
    static void check(InteractionType type, List<Interaction> events) {
        int limit = InteractionFormat.maxEvents(type.layout());
        if (events.isEmpty() || events.size() > limit) {
            throw new InteractionRefusedException(
                    "a block of layout "
                            + type.layout()
                            + " has 1.."
                            + limit
                            + " interactions: got "
                            + events.size());
        }
        String userId = events.get(0).userId();
        for (Interaction event : events) {
            if (!event.type().equals(type.name()) || !event.userId().equals(userId)) {
                throw new InteractionRefusedException(
                        "a block has one user and type, here "
                                + userId
                                + " and "
                                + type.name()
                                + ": got "
                                + event.userId()
                                + " and "
                                + event.type());
            }
            Optional<String> refusal = refusal(type, event);
            if (refusal.isPresent()) {
                throw new InteractionRefusedException(refusal.get());
            }
        }
    }

    /** Bytes an interaction takes in a body, at most, whatever the layout and its neighbours. */
    static int bodyLength(Interaction interaction) {
        return InteractionFormat.NUMBERS_LENGTH
                + 2 * InteractionFormat.STRING_LENGTH_BYTES
                + Math.max(0, utf8Length(interaction.subOrder()))
                + Math.max(0, utf8Length(interaction.metadata()));
    }

    private static @Nullable String id(String field, long value, InteractionType type) {
        return value == (int) value
                ? null
                : field
                        + " must be "
                        + Integer.MIN_VALUE
                        + ".."
                        + Integer.MAX_VALUE
                        + " in layout 1: got "
                        + value
                        + " (layout of "
                        + type.name()
                        + ")";
    }

    private static @Nullable String text(String field, String value) {
        int length = utf8Length(value);
        if (length == NO_TEXT) {
            return field + " must be Unicode text: got half of a surrogate pair";
        }
        return length <= InteractionFormat.MAX_STRING_LENGTH
                ? null
                : field
                        + " must have at most "
                        + InteractionFormat.MAX_STRING_LENGTH
                        + " bytes in UTF-8: got "
                        + length;
    }

    private static int utf8Length(String value) {
        int length = 0;
        for (int i = 0; i < value.length(); i++) {
            char unit = value.charAt(i);
            if (unit < 0x80) {
                length++;
            } else if (unit < 0x800) {
                length += 2;
            } else if (!Character.isSurrogate(unit)) {
                length += 3;
            } else if (Character.isHighSurrogate(unit)
                    && i + 1 < value.length()
                    && Character.isLowSurrogate(value.charAt(i + 1))) {
                length += 4;
                i++;
            } else {
                return NO_TEXT;
            }
        }
        return length;
    }
}
