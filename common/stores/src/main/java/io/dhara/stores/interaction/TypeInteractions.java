package io.dhara.stores.interaction;

import io.dhara.core.interaction.Interaction;
import java.util.List;

/**
 * A tier's answer for one type.
 *
 * @param interactions in range, newest first ({@link Interaction#NEWEST_FIRST}), one per identity,
 *     at most the query's limit
 * @param complete whether the tier itself can vouch that nothing in range, down to the limit, is
 *     missing; false where the tier had to leave older ones out, or could not decode a block
 */
public record TypeInteractions(List<Interaction> interactions, boolean complete) {
    public TypeInteractions {
        interactions = List.copyOf(interactions);
    }
}
