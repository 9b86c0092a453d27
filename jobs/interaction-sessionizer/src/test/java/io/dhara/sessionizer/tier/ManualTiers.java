package io.dhara.sessionizer.tier;

import io.dhara.core.config.Settings;
import io.dhara.core.interaction.InteractionTypes;
import io.dhara.stores.interaction.ColdTierConfig.OnCorruptBlock;
import java.util.Map;

/** Tiers in memory that outlive the attempts of a job, with one gate before all of them. */
public final class ManualTiers {
    public final Gate gate = new Gate();
    public final ManualHotTier hot = new ManualHotTier(gate);
    public final ManualColdTier cold = new ManualColdTier(gate);
    public final RecordingPublisher sessions = new RecordingPublisher(gate);
    public final InteractionTypes types = InteractionTypes.from(Settings.parse(Map.of()));
    public OnCorruptBlock onCorruptBlock = OnCorruptBlock.HOLD;

    public Tiers open() {
        return new Tiers(
                types, onCorruptBlock, hot.writer(), cold.reader(), cold.writer(), sessions);
    }
}
