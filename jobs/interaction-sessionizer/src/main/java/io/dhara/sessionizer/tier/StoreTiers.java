package io.dhara.sessionizer.tier;

import static java.util.Objects.requireNonNull;

import io.dhara.core.interaction.InteractionTypes;
import io.dhara.flink.config.KafkaSettings;
import io.dhara.stores.interaction.ColdTierConfig;
import io.dhara.stores.interaction.HotTierConfig;
import io.dhara.stores.interaction.TierStores;
import io.dhara.stores.scylla.ScyllaColdTierReader;
import io.dhara.stores.scylla.ScyllaConnection;
import io.dhara.stores.write.interaction.HotTierWriter;
import io.dhara.stores.write.redis.RedisHotTierWriter;
import io.dhara.stores.write.scylla.ScyllaColdTierWriter;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;

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

    /**
     * One connection to Scylla serves reads and writes. What was opened is closed again if the rest
     * cannot be.
     */
    @Override
    public Tiers open(int part, int parts) {
        Deque<AutoCloseable> opened = new ArrayDeque<>();
        try {
            SessionPublisher publisher =
                    new KafkaSessionPublisher(kafka, sessions, deadLetters, deadLetterMaxBytes);
            opened.push(publisher);
            HotTierWriter hotTier = RedisHotTierWriter.open(stores.hot(), hot, types, part, parts);
            opened.push(hotTier);
            ScyllaConnection scylla = ScyllaConnection.open(stores.cold());
            opened.push(scylla);
            Clock clock = Clock.systemUTC();
            return new Tiers(
                    types,
                    cold.onCorruptBlock(),
                    hotTier,
                    ScyllaColdTierReader.on(scylla, cold, types, clock),
                    ScyllaColdTierWriter.on(scylla, cold, types, clock),
                    publisher);
        } catch (RuntimeException | Error e) {
            closeAll(opened, e);
            throw e;
        }
    }

    private static void closeAll(Deque<AutoCloseable> opened, Throwable cause) {
        for (AutoCloseable one : opened) {
            try {
                one.close();
            } catch (Exception e) {
                cause.addSuppressed(e);
            }
        }
    }
}
