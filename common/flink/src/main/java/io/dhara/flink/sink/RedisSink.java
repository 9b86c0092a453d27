package io.dhara.flink.sink;

import io.dhara.core.model.StoreConfig;
import io.dhara.stores.StoreConnections;

/**
 * The sink for Redis, Valkey and Dragonfly. {@code builder(connections)} has the writer set; give
 * it a converter and a registry.
 *
 * <pre>{@code
 * stream.sinkTo(RedisSink.<MyRow>builder(connections)
 *         .setConverter((row, context) -> row.toPendingWrite())
 *         .setRegistry(registryFactory)
 *         .build()).uid("sink-redis");
 * }</pre>
 */
public final class RedisSink {
    private RedisSink() {}

    /**
     * @param connections by conf-id; each write goes to the one its store names
     */
    public static <InputT> FeatureStoreSink.Builder<InputT> builder(StoreConnections connections) {
        return FeatureStoreSink.<InputT>builder()
                .setWriter(new StoreWriters(StoreConfig.Kind.REDIS, connections));
    }
}
