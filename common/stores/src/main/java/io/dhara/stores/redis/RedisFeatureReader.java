package io.dhara.stores.redis;

import io.dhara.core.model.EntityKey;
import io.dhara.core.model.EntitySchema;
import io.dhara.core.model.FeatureGroupSchema;
import io.dhara.core.model.StoreConfig;
import io.dhara.stores.Gathering;
import io.dhara.stores.Reopening;
import io.dhara.stores.key.RedisKeys;
import io.dhara.stores.read.FeatureStoreReader;
import io.dhara.stores.read.StoreReadException;
import io.dhara.stores.read.StoreReadException.Kind;
import io.dhara.stores.read.StoredRow;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;

/**
 * Reads the value of each key (a CSDB with all groups of the entity): one MGET per request, or one
 * GET per key in a cluster, where keys live on different nodes and fail apart.
 */
public final class RedisFeatureReader implements FeatureStoreReader {
    private final RedisConfig config;
    private final LettuceConnection connection;

    private RedisFeatureReader(RedisConfig config) {
        this.config = config;
        this.connection = LettuceConnection.open(config);
    }

    /** Opens a connection of its own; does not wait for the server. */
    public static RedisFeatureReader open(RedisConfig config) {
        return new RedisFeatureReader(config);
    }

    @Override
    public CompletionStage<List<StoredRow>> read(
            StoreConfig store,
            EntitySchema entity,
            List<EntityKey> keys,
            List<FeatureGroupSchema> groups,
            Instant deadline) {
        Gathering<StoredRow> rows = new Gathering<>(keys.size());
        Duration left = Duration.between(Instant.now(), deadline);
        if (left.isNegative() || left.isZero()) {
            rows.setMissing(
                    StoredRow.failed(
                            new StoreReadException(
                                    Kind.DEADLINE,
                                    "the deadline passed before the store was asked")));
            return rows.stage();
        }
        connection
                .commands(left)
                .thenAccept(commands -> ask(commands, store, keys, groups, deadline, rows))
                .whenComplete(
                        (done, failure) -> {
                            if (failure != null) {
                                rows.setMissing(failed(store, failure));
                            }
                        });
        return rows.stage();
    }

    private void ask(
            RedisClusterAsyncCommands<byte[], byte[]> commands,
            StoreConfig store,
            List<EntityKey> keys,
            List<FeatureGroupSchema> groups,
            Instant deadline,
            Gathering<StoredRow> rows) {
        Duration left = Duration.between(Instant.now(), deadline);
        if (config.mode() == RedisConfig.Mode.CLUSTER) {
            for (int i = 0; i < keys.size(); i++) {
                int row = i;
                within(commands.get(RedisKeys.storeKey(keys.get(i))), left)
                        .thenApply(value -> StoredValue.row(value, groups))
                        .exceptionally(failure -> failed(store, failure))
                        .thenAccept(answer -> rows.set(row, answer));
            }
            return;
        }
        within(commands.mget(keys.stream().map(RedisKeys::storeKey).toArray(byte[][]::new)), left)
                .thenAccept(
                        values -> {
                            for (int i = 0; i < values.size(); i++) {
                                byte[] value = values.get(i).getValueOrElse(null);
                                rows.set(i, StoredValue.row(value, groups));
                            }
                        })
                .whenComplete(
                        (done, failure) -> {
                            if (failure != null) {
                                rows.setMissing(failed(store, failure));
                            }
                        });
    }

    /** Gives the command up when its time is over: one that is not yet sent is then never sent. */
    private static <T> CompletableFuture<T> within(RedisFuture<T> command, Duration left) {
        return Reopening.within(command.toCompletableFuture(), left)
                .whenComplete(
                        (answer, failure) -> {
                            if (failure instanceof TimeoutException) {
                                command.cancel(true);
                            }
                        });
    }

    private static StoredRow failed(StoreConfig store, Throwable thrown) {
        return StoredRow.failed(
                StoreReadException.of(
                        store, thrown, failure -> failure instanceof TimeoutException));
    }

    @Override
    public void close() {
        connection.close();
    }
}
