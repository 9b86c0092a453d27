package io.dhara.core.interaction;

import static java.util.Objects.requireNonNull;

import java.util.Comparator;

/**
 * Something a user did with a product at an instant.
 *
 * @param userId text of the user's id; never empty
 * @param type name of its {@link InteractionType}, as {@code CLICK}
 * @param productId the product
 * @param catalogId the catalogue the product was shown in; 0 if there is none
 * @param eventTimeMillis when it happened, epoch milliseconds
 * @param subOrder number of the sub-order; empty for all but orders
 * @param metadata free text, may be empty
 */
public record Interaction(
        String userId,
        String type,
        long productId,
        long catalogId,
        long eventTimeMillis,
        String subOrder,
        String metadata) {

    /**
     * The one order of interactions of a user and type, in blocks and in answers: newest first,
     * then product, catalogue, sub-order and metadata ascending.
     */
    public static final Comparator<Interaction> NEWEST_FIRST =
            Comparator.comparingLong(Interaction::eventTimeMillis)
                    .reversed()
                    .thenComparingLong(Interaction::productId)
                    .thenComparingLong(Interaction::catalogId)
                    .thenComparing(Interaction::subOrder)
                    .thenComparing(Interaction::metadata);

    public Interaction {
        requireNonNull(userId, "userId is null");
        requireNonNull(type, "type is null");
        requireNonNull(subOrder, "subOrder is null");
        requireNonNull(metadata, "metadata is null");
    }
}
