package io.dhara.sessionizer.tier;

import java.io.Serializable;

/** Opens the tiers of a subtask. Does not wait for any of them. */
@FunctionalInterface
public interface TierFactory extends Serializable {
    /**
     * @param part number of the subtask, from 0
     * @param parts how many there are
     */
    Tiers open(int part, int parts);
}
