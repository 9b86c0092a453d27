package io.dhara.serving.interaction;

import static java.util.Objects.requireNonNull;

import io.dhara.core.config.Settings;
import io.dhara.core.interaction.InteractionTypes;
import io.dhara.stores.StoreConnections;
import io.dhara.stores.interaction.ColdTierConfig;
import io.dhara.stores.interaction.ColdTierReader;
import io.dhara.stores.interaction.HotTierConfig;
import io.dhara.stores.interaction.HotTierReader;
import io.dhara.stores.interaction.TierStores;
import io.dhara.stores.redis.RedisHotTierReader;
import io.dhara.stores.scylla.ScyllaColdTierReader;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * Where the tiers are and how they lay out their data.
 *
 * @param stores null where interactions are not served
 */
public record InteractionTiers(
        @Nullable TierStores stores, HotTierConfig hot, ColdTierConfig cold) {
    private static final String HOT_STORE = "interactions.hot.store";
    private static final String COLD_STORE = "interactions.cold.store";

    public InteractionTiers {
        requireNonNull(hot, "hot is null");
        requireNonNull(cold, "cold is null");
    }

    /** Whether the settings name a tier, so that interactions are meant to be served. */
    public static boolean areNamed(Settings settings) {
        return settings.has(HOT_STORE) || settings.has(COLD_STORE);
    }

    /**
     * Reads {@code interactions.hot.*}, {@code interactions.cold.*} and {@code interactions.slots}.
     *
     * @param enabled whether there must be stores
     */
    public static InteractionTiers from(
            Settings settings, StoreConnections connections, boolean enabled) {
        @Nullable TierStores stores = null;
        if (enabled) {
            stores = TierStores.from(settings, connections);
        } else {
            settings.string(HOT_STORE, "");
            settings.string(COLD_STORE, "");
        }
        return new InteractionTiers(
                stores, HotTierConfig.from(settings), ColdTierConfig.from(settings));
    }

    /** Opens a connection; does not wait for the store. */
    public HotTierReader openHot(InteractionTypes types, Clock clock) {
        return RedisHotTierReader.open(named().hot(), hot, types, clock);
    }

    /** Opens a connection; does not wait for the store. */
    public ColdTierReader openCold(InteractionTypes types, Clock clock) {
        return ScyllaColdTierReader.open(named().cold(), cold, types, clock);
    }

    private TierStores named() {
        return requireNonNull(stores, "interactions are not served here");
    }
}
