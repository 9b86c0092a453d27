package io.dhara.serving.interaction;

import io.dhara.core.interaction.Interaction;
import io.dhara.core.interaction.InteractionIdentity;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The union of what two tiers hold of one user and type. */
final class TierUnion {
    private TierUnion() {}

    /**
     * Of several with one identity the newest stays. If both lists are a tier's newest {@code most}
     * (or all it has), the result is the newest {@code most} of the union.
     *
     * @return newest first, at most {@code most}
     */
    static List<Interaction> of(List<Interaction> hot, List<Interaction> cold, int most) {
        List<Interaction> both = new ArrayList<>(hot.size() + cold.size());
        both.addAll(hot);
        both.addAll(cold);
        both.sort(Interaction.NEWEST_FIRST); // two runs that are in order already
        List<Interaction> union = new ArrayList<>(Math.min(both.size(), most));
        Set<InteractionIdentity> seen = new HashSet<>();
        for (Interaction interaction : both) {
            if (union.size() == most) {
                break;
            }
            if (seen.add(InteractionIdentity.of(interaction))) {
                union.add(interaction);
            }
        }
        return union;
    }
}
