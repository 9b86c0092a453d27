package io.dhara.serving.tracing;

import io.dhara.core.model.EntityKey;
import io.dhara.core.model.EntitySchema;
import io.dhara.core.model.FeatureGroupSchema;
import io.dhara.core.model.StoreConfig;
import io.dhara.stores.read.FeatureStoreReader;
import io.dhara.stores.read.StoredRow;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * A span for each read, below that of the call which made it. A read that other calls wait for too
 * is told under the first; a read without a call has none.
 */
final class TracedStores implements FeatureStoreReader {
    private final FeatureStoreReader stores;
    private final Tracer tracer;

    TracedStores(FeatureStoreReader stores, Tracer tracer) {
        this.stores = stores;
        this.tracer = tracer;
    }

    @Override
    public CompletionStage<List<StoredRow>> read(
            StoreConfig store,
            EntitySchema entity,
            List<EntityKey> keys,
            List<FeatureGroupSchema> groups,
            Instant deadline) {
        Span call = Tracing.SPAN.get();
        if (call == null || !call.isRecording()) {
            return stores.read(store, entity, keys, groups, deadline);
        }
        Span span =
                tracer.spanBuilder("store read")
                        .setParent(Context.root().with(call))
                        .setSpanKind(SpanKind.CLIENT)
                        .setAttribute("dhara.store", store.id())
                        .setAttribute("dhara.entity", entity.label())
                        .setAttribute("dhara.keys", keys.size())
                        .setAttribute("dhara.groups", groups.size())
                        .startSpan();
        return stores.read(store, entity, keys, groups, deadline)
                .whenComplete(
                        (rows, failure) -> {
                            if (failure != null) {
                                span.setStatus(StatusCode.ERROR);
                            }
                            span.end();
                        });
    }

    @Override
    public void close() {
        stores.close();
    }
}
