package io.dhara.core.interaction;

/**
 * What makes two interactions of one user the same one, so that delivering it twice adds nothing.
 * With a sub-order: type, sub-order and product, whatever the event time. Without: type, product,
 * catalogue, event time and metadata.
 *
 * @param catalogId 0 where the identity does not depend on it
 * @param eventTimeMillis 0 where the identity does not depend on it
 * @param metadata empty where the identity does not depend on it
 */
public record InteractionIdentity(
        String type,
        long productId,
        long catalogId,
        long eventTimeMillis,
        String subOrder,
        String metadata) {

    /** The user is not part of it: compare interactions of one user only. */
    public static InteractionIdentity of(Interaction interaction) {
        if (interaction.subOrder().isEmpty()) {
            return new InteractionIdentity(
                    interaction.type(),
                    interaction.productId(),
                    interaction.catalogId(),
                    interaction.eventTimeMillis(),
                    "",
                    interaction.metadata());
        }
        return new InteractionIdentity(
                interaction.type(), interaction.productId(), 0, 0, interaction.subOrder(), "");
    }
}
