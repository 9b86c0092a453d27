package io.dhara.flink.sink;

import static java.util.Objects.requireNonNull;

import io.dhara.flink.config.RegistryFactory;
import io.dhara.flink.config.SharedRegistry;
import io.dhara.stores.write.FeatureStoreWriter;
import java.util.Collection;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.connector.base.sink.AsyncSinkBase;
import org.apache.flink.connector.base.sink.writer.BufferedRequestState;
import org.apache.flink.connector.base.sink.writer.ElementConverter;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Writes blocks to the feature stores. At-least-once with idempotent ordered writes: the store
 * keeps the newest write time whatever the order and number of attempts, so a repeat changes
 * nothing. A store that is away is waited for without end, with backoff, while the sink holds the
 * stream back within {@link SinkLimits}; a write the store will never take goes to the {@link
 * WriteListener} as refused and holds nothing up.
 *
 * @param <InputT> element of the stream
 * @see ScyllaSink
 * @see RedisSink
 */
public final class FeatureStoreSink<InputT> extends AsyncSinkBase<InputT, WriteEntry> {
    private static final long serialVersionUID = 1L;

    private final SinkLimits limits;
    private final FeatureStoreWriterFactory writers;
    private final RegistryFactory registries;
    private final WriteListenerFactory listeners;

    private FeatureStoreSink(Builder<InputT> builder) {
        super(
                new EntryConverter<>(requireSet(builder.converter, "converter")),
                builder.limits.maxBatchRows(),
                builder.limits.maxInFlightBatches(),
                builder.limits.maxPendingRows(),
                builder.limits.maxBatchBytes(),
                builder.limits.linger().toMillis(),
                builder.limits.maxBatchBytes(),
                builder.limits.requestTimeout().toMillis(),
                false);
        this.limits = builder.limits;
        this.writers = requireSet(builder.writers, "writer");
        this.registries = requireSet(builder.registries, "registry");
        this.listeners = builder.listeners;
    }

    public static <InputT> Builder<InputT> builder() {
        return new Builder<>();
    }

    @Override
    public StatefulSinkWriter<InputT, BufferedRequestState<WriteEntry>> createWriter(
            WriterInitContext context) {
        return restoreWriter(context, List.of());
    }

    @Override
    public StatefulSinkWriter<InputT, BufferedRequestState<WriteEntry>> restoreWriter(
            WriterInitContext context, Collection<BufferedRequestState<WriteEntry>> restored) {
        SinkParts parts = open(context);
        try {
            getElementConverter().open(context);
            return new ConvertingWriter<>(
                    getElementConverter(),
                    new FeatureStoreSinkWriter(
                            context, limits, parts, new SplittableRandom(), restored));
        } catch (RuntimeException e) {
            parts.close();
            throw e;
        }
    }

    private SinkParts open(WriterInitContext context) {
        SharedRegistry registry = SharedRegistry.acquire(registries);
        @Nullable FeatureStoreWriter writer = null;
        try {
            writer = writers.open();
            return new SinkParts(registry, writer, listeners.open(context));
        } catch (RuntimeException e) {
            if (writer != null) {
                writer.close();
            }
            registry.close();
            throw e;
        }
    }

    @Override
    public SimpleVersionedSerializer<BufferedRequestState<WriteEntry>> getWriterStateSerializer() {
        return new WriteStateSerializer();
    }

    private static <T> T requireSet(@Nullable T value, String name) {
        return requireNonNull(value, () -> name + " of the feature-store sink is not set");
    }

    /**
     * Collects the parts of a {@link FeatureStoreSink}; converter, writer and registry are needed.
     */
    public static final class Builder<InputT> {
        private @Nullable ElementConverter<InputT, PendingWrite> converter;
        private @Nullable FeatureStoreWriterFactory writers;
        private @Nullable RegistryFactory registries;
        private WriteListenerFactory listeners = WriteListenerFactory.none();
        private SinkLimits limits = SinkLimits.DEFAULT;

        private Builder() {}

        public Builder<InputT> setConverter(ElementConverter<InputT, PendingWrite> converter) {
            this.converter = converter;
            return this;
        }

        public Builder<InputT> setWriter(FeatureStoreWriterFactory writers) {
            this.writers = writers;
            return this;
        }

        public Builder<InputT> setRegistry(RegistryFactory registries) {
            this.registries = registries;
            return this;
        }

        /** Not set: nobody is told, and refused writes are only counted. */
        public Builder<InputT> setListener(WriteListenerFactory listeners) {
            this.listeners = listeners;
            return this;
        }

        public Builder<InputT> setLimits(SinkLimits limits) {
            this.limits = limits;
            return this;
        }

        /**
         * @throws NullPointerException naming the part that is not set
         */
        public FeatureStoreSink<InputT> build() {
            return new FeatureStoreSink<>(this);
        }
    }
}
