package io.dhara.serving.tracing;

import static java.util.Objects.requireNonNull;

import io.dhara.stores.read.FeatureStoreReader;
import io.grpc.Context;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Spans of calls, and of the store reads that they make. A caller's {@code traceparent} decides
 * whether a call is traced; without one a share of them is. Spans wait in a bounded queue and are
 * dropped when it is full. Thread-safe.
 */
public final class Tracing implements AutoCloseable {
    /** The span of the running call. */
    static final Context.Key<Span> SPAN = Context.key("dhara-span");

    private static final String INSTRUMENTATION = "io.dhara.serving";
    private static final long CLOSE_SECONDS = 5;

    private final @Nullable SdkTracerProvider provider;
    private final @Nullable Tracer tracer;

    private Tracing(@Nullable SdkTracerProvider provider) {
        this.provider = provider;
        this.tracer = provider == null ? null : provider.get(INSTRUMENTATION);
    }

    /** Sends spans to the endpoint; without one makes none. */
    public static Tracing open(TracingSettings settings) {
        return settings.endpoint().isEmpty()
                ? new Tracing(null)
                : to(
                        settings,
                        BatchSpanProcessor.builder(
                                        OtlpHttpSpanExporter.builder()
                                                .setEndpoint(settings.endpoint())
                                                .build())
                                .build());
    }

    static Tracing to(TracingSettings settings, SpanProcessor processor) {
        return new Tracing(
                SdkTracerProvider.builder()
                        .setResource(
                                Resource.getDefault().toBuilder()
                                        .put(
                                                AttributeKey.stringKey("service.name"),
                                                settings.serviceName())
                                        .build())
                        .setSampler(
                                Sampler.parentBased(
                                        Sampler.traceIdRatioBased(settings.sharePercent() / 100)))
                        .addSpanProcessor(processor)
                        .build());
    }

    /** The service with a span for each call. */
    public ServerServiceDefinition traced(ServerServiceDefinition service) {
        return tracer == null
                ? service
                : ServerInterceptors.intercept(service, new CallSpans(requireNonNull(tracer)));
    }

    /** The stores with a span for each read that a traced call makes; closes them. */
    public FeatureStoreReader traced(FeatureStoreReader stores) {
        return tracer == null ? stores : new TracedStores(stores, requireNonNull(tracer));
    }

    /** Sends what is left, for some seconds. */
    @Override
    public void close() {
        if (provider != null) {
            provider.shutdown().join(CLOSE_SECONDS, TimeUnit.SECONDS);
        }
    }
}
