package io.dhara.serving.interaction;

import static java.util.Objects.requireNonNull;

import io.dhara.core.interaction.Interaction;
import io.dhara.core.interaction.InteractionType;
import java.util.List;

/**
 * What both tiers together know of a user.
 *
 * @param types one per type of the query, in its order
 * @param hotTierIncomplete the hot tier did not answer or is being rebuilt: what the open session
 *     holds may be missing
 */
record InteractionAnswer(List<OfType> types, boolean hotTierIncomplete) {
    InteractionAnswer {
        types = List.copyOf(types);
    }

    /**
     * The interactions of one type.
     *
     * @param interactions {@link Interaction#NEWEST_FIRST}, one per identity, at most the limit
     * @param truncated whether there are more in range
     */
    record OfType(
            InteractionType type,
            List<Interaction> interactions,
            ServedTier tier,
            boolean truncated) {
        OfType {
            requireNonNull(type, "type is null");
            interactions = List.copyOf(interactions);
            requireNonNull(tier, "tier is null");
        }
    }

    ServedTier tier() {
        ServedTier tier = ServedTier.NONE;
        for (OfType type : types) {
            tier = tier.and(type.tier());
        }
        return tier;
    }

    boolean truncated() {
        return types.stream().anyMatch(OfType::truncated);
    }

    int size() {
        return types.stream().mapToInt(type -> type.interactions().size()).sum();
    }
}
