package io.dhara.sessionizer.tier;

import static java.util.Objects.requireNonNull;

import io.dhara.core.interaction.InteractionTypes;
import io.dhara.stores.interaction.ColdTierConfig.OnCorruptBlock;
import io.dhara.stores.interaction.ColdTierReader;
import io.dhara.stores.write.interaction.ColdTierWriter;
import io.dhara.stores.write.interaction.HotTierWriter;

/**
 * The tiers of one subtask, opened; closed with it.
 *
 * @param types which interactions there are
 * @param onCorruptBlock what a flush does about a block that cannot be decoded
 */
public record Tiers(
        InteractionTypes types,
        OnCorruptBlock onCorruptBlock,
        HotTierWriter hot,
        ColdTierReader history,
        ColdTierWriter cold,
        SessionPublisher sessions)
        implements AutoCloseable {

    public Tiers {
        requireNonNull(types, "types is null");
        requireNonNull(onCorruptBlock, "onCorruptBlock is null");
        requireNonNull(hot, "hot is null");
        requireNonNull(history, "history is null");
        requireNonNull(cold, "cold is null");
        requireNonNull(sessions, "sessions is null");
    }

    /** Closes all, also if one fails to. */
    @Override
    public void close() {
        try (hot;
                history;
                cold;
                sessions) {
            // each is closed here, the last one first
        }
    }
}
