package io.dhara.serving.tracing;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.TextMapGetter;
import org.jspecify.annotations.Nullable;

/** A span for each call, below the one that its caller sends in {@code traceparent}. */
final class CallSpans implements ServerInterceptor {
    private static final TextMapGetter<Metadata> HEADERS =
            new TextMapGetter<>() {
                @Override
                public Iterable<String> keys(Metadata headers) {
                    return headers.keys();
                }

                @Override
                public @Nullable String get(@Nullable Metadata headers, String name) {
                    return headers == null
                            ? null
                            : headers.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
                }
            };

    private final Tracer tracer;

    CallSpans(Tracer tracer) {
        this.tracer = tracer;
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        Span span = start(call.getMethodDescriptor(), headers);
        ServerCall<Q, R> watched =
                new SimpleForwardingServerCall<>(call) {
                    @Override
                    public void close(Status status, Metadata trailers) {
                        end(span, status);
                        super.close(status, trailers);
                    }
                };
        ServerCall.Listener<Q> listener =
                Contexts.interceptCall(
                        Context.current().withValue(Tracing.SPAN, span), watched, headers, next);
        return new SimpleForwardingServerCallListener<>(listener) {
            @Override
            public void onCancel() {
                end(span, Status.CANCELLED);
                super.onCancel();
            }
        };
    }

    private Span start(MethodDescriptor<?, ?> method, Metadata headers) {
        return tracer.spanBuilder(method.getFullMethodName())
                .setParent(
                        W3CTraceContextPropagator.getInstance()
                                .extract(io.opentelemetry.context.Context.root(), headers, HEADERS))
                .setSpanKind(SpanKind.SERVER)
                .setAttribute("rpc.system", "grpc")
                .setAttribute("rpc.service", String.valueOf(method.getServiceName()))
                .setAttribute("rpc.method", String.valueOf(method.getBareMethodName()))
                .startSpan();
    }

    /** A span that has ended takes no more. */
    private static void end(Span span, Status status) {
        span.setAttribute("rpc.grpc.status_code", status.getCode().value());
        if (!status.isOk()) {
            span.setStatus(StatusCode.ERROR, status.getCode().name());
        }
        span.end();
    }
}
