package io.dhara.ingest.operator;

import static java.util.Objects.requireNonNull;

import io.dhara.core.model.StoreConfig;
import io.dhara.flink.config.RegistryFactory;
import io.dhara.flink.config.SharedRegistry;
import io.dhara.flink.sink.PendingWrite;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * Sends writes to the sink of their store's kind: those of Redis stores to {@link #REDIS}, all
 * others on. A write whose store has left the registry goes on too: the sink refuses it, which
 * brings it to the dead-letter topic.
 */
public final class RouteFunction extends ProcessFunction<PendingWrite, PendingWrite> {
    private static final long serialVersionUID = 1L;

    public static final OutputTag<PendingWrite> REDIS = new OutputTag<>("redis", PendingWrite.TYPE);

    private final RegistryFactory registries;
    private transient @Nullable SharedRegistry registry;

    public RouteFunction(RegistryFactory registries) {
        this.registries = requireNonNull(registries, "registries is null");
    }

    @Override
    public void open(OpenContext context) {
        registry = SharedRegistry.acquire(registries);
    }

    @Override
    public void processElement(PendingWrite write, Context context, Collector<PendingWrite> out) {
        StoreConfig store =
                requireNonNull(registry, "registry is null")
                        .current()
                        .stores()
                        .get(write.write().storeId());
        if (store != null && store.kind() == StoreConfig.Kind.REDIS) {
            context.output(REDIS, write);
        } else {
            out.collect(write);
        }
    }

    @Override
    public void close() {
        if (registry != null) {
            registry.close();
        }
    }
}
