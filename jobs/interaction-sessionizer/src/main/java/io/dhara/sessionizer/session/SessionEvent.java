package io.dhara.sessionizer.session;

import static java.util.Objects.requireNonNull;

import io.dhara.core.interaction.Interaction;
import io.dhara.core.interaction.InteractionIdentity;
import java.util.Comparator;

/**
 * An interaction inside its user's session; the user is known from where it is kept.
 *
 * @param stored whether it goes to the tiers; an app-open only counts
 * @param eventTimeMillis epoch milliseconds
 */
public record SessionEvent(
        boolean stored,
        String type,
        long productId,
        long catalogId,
        long eventTimeMillis,
        String subOrder,
        String metadata) {

    /** One order for equal sets, however they arrived. */
    public static final Comparator<SessionEvent> OLDEST_FIRST =
            Comparator.comparingLong(SessionEvent::eventTimeMillis)
                    .thenComparing(SessionEvent::type)
                    .thenComparingLong(SessionEvent::productId)
                    .thenComparingLong(SessionEvent::catalogId)
                    .thenComparing(SessionEvent::subOrder)
                    .thenComparing(SessionEvent::metadata)
                    .thenComparing(SessionEvent::stored);

    public SessionEvent {
        requireNonNull(type, "type is null");
        requireNonNull(subOrder, "subOrder is null");
        requireNonNull(metadata, "metadata is null");
    }

    public static SessionEvent of(boolean stored, Interaction interaction) {
        return new SessionEvent(
                stored,
                interaction.type(),
                interaction.productId(),
                interaction.catalogId(),
                interaction.eventTimeMillis(),
                interaction.subOrder(),
                interaction.metadata());
    }

    public Interaction toInteraction(String userId) {
        return new Interaction(
                userId, type, productId, catalogId, eventTimeMillis, subOrder, metadata);
    }

    InteractionIdentity identity() {
        return InteractionIdentity.of(toInteraction(""));
    }
}
