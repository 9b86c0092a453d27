package io.dhara.benchmarks;

import static java.util.Objects.requireNonNull;

import com.datastax.oss.driver.api.core.config.DriverExecutionProfile;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.metadata.Node;
import com.datastax.oss.driver.api.core.session.Request;
import com.datastax.oss.driver.api.core.tracker.RequestTracker;
import io.dhara.sessionizer.InteractionSessionizerConfig;
import io.dhara.sessionizer.tier.KafkaSessionPublisher;
import io.dhara.sessionizer.tier.TierFactory;
import io.dhara.sessionizer.tier.Tiers;
import io.dhara.stores.scylla.ScyllaColdTierReader;
import io.dhara.stores.scylla.ScyllaConnection;
import io.dhara.stores.write.redis.RedisHotTierWriter;
import io.dhara.stores.write.scylla.ScyllaColdTierWriter;
import java.time.Clock;
import java.util.concurrent.atomic.LongAdder;

/**
 * The job's tiers, with the driver's own count of the statements that the cold tier answered, in
 * this JVM and since it began.
 */
record CountingTiers(InteractionSessionizerConfig config) implements TierFactory {
    static final LongAdder BLOCK_UPDATES = new LongAdder();
    static final LongAdder COUNT_UPDATES = new LongAdder();
    static final LongAdder SELECTS = new LongAdder();

    CountingTiers {
        requireNonNull(config, "config is null");
    }

    @Override
    public Tiers open(int part, int parts) {
        Clock clock = Clock.systemUTC();
        ScyllaConnection scylla =
                ScyllaConnection.open(config.stores().cold(), new CountingTracker());
        return new Tiers(
                config.rules().types(),
                config.cold().onCorruptBlock(),
                RedisHotTierWriter.open(
                        config.stores().hot(), config.hot(), config.rules().types(), part, parts),
                ScyllaColdTierReader.on(scylla, config.cold(), config.rules().types(), clock),
                ScyllaColdTierWriter.on(scylla, config.cold(), config.rules().types(), clock),
                new KafkaSessionPublisher(
                        config.kafka(),
                        config.topics().sessions(),
                        config.topics().deadLetters(),
                        config.topics().deadLetterMaxBytes()));
    }

    private static final class CountingTracker implements RequestTracker {
        @Override
        public void onSuccess(
                Request request,
                long latencyNanos,
                DriverExecutionProfile profile,
                Node node,
                String prefix) {
            if (request instanceof BoundStatement statement) {
                String text = statement.getPreparedStatement().getQuery();
                if (text.startsWith("SELECT")) {
                    SELECTS.increment();
                } else if (text.startsWith("UPDATE")) {
                    (text.contains("_metadata") ? COUNT_UPDATES : BLOCK_UPDATES).increment();
                }
            }
        }

        @Override
        public void close() {}
    }
}
