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

    /** Lets the calls of this step through, from a thread of a store, once so many wait. */
    public Thread releaseFromAnotherThread(String step, int count) {
        Thread store =
                new Thread(
                        () -> {
                            try {
                                gate.awaitWaiting(step, count);
                                gate.release(step);
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        });
        store.start();
        return store;
    }

    public Tiers open() {
        return new Tiers(
                types, onCorruptBlock, hot.writer(), cold.reader(), cold.writer(), sessions);
    }
}
