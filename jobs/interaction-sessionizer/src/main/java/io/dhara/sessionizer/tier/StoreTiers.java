package io.dhara.sessionizer.tier;

import static java.util.Objects.requireNonNull;

import io.dhara.core.interaction.InteractionTypes;
import io.dhara.flink.config.KafkaSettings;
import io.dhara.stores.interaction.ColdTierConfig;
import io.dhara.stores.interaction.HotTierConfig;
import io.dhara.stores.interaction.TierStores;
import io.dhara.stores.scylla.ScyllaColdTierReader;
import io.dhara.stores.write.redis.RedisHotTierWriter;
import io.dhara.stores.write.scylla.ScyllaColdTierWriter;
import java.time.Clock;

/**
 * Redis, Scylla and Kafka as the tiers of a subtask.
 *
 * @param sessions topic of closed sessions
 * @param deadLetters topic of blocks that cannot be decoded
 * @param deadLetterMaxBytes longest record that topic takes
 */
public record StoreTiers(
        KafkaSettings kafka,
        String sessions,
        String deadLetters,
        int deadLetterMaxBytes,
        InteractionTypes types,
        TierStores stores,
        HotTierConfig hot,
        ColdTierConfig cold)
        implements TierFactory {

    public StoreTiers {
        requireNonNull(kafka, "kafka is null");
        requireNonNull(sessions, "sessions is null");
        requireNonNull(deadLetters, "deadLetters is null");
        requireNonNull(types, "types is null");
        requireNonNull(stores, "stores is null");
        requireNonNull(hot, "hot is null");
        requireNonNull(cold, "cold is null");
    }

    @Override
    public Tiers open(int part, int parts) {
        return new Tiers(
                types,
                cold.onCorruptBlock(),
                RedisHotTierWriter.open(stores.hot(), hot, types, part, parts),
                ScyllaColdTierReader.open(stores.cold(), cold, types, Clock.systemUTC()),
                ScyllaColdTierWriter.open(stores.cold(), cold, types, Clock.systemUTC()),
                new KafkaSessionPublisher(kafka, sessions, deadLetters, deadLetterMaxBytes));
    }
}
