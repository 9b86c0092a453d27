package io.dhara.serving.tracing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.CallOptions;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class TracingTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String PARENT = "b7ad6b7169203331";

    private final List<SpanData> ended = new CopyOnWriteArrayList<>();

    private final SpanProcessor recorder =
            new SpanProcessor() {
                @Override
                public void onStart(Context parent, ReadWriteSpan span) {}

                @Override
                public boolean isStartRequired() {
                    return false;
                }

                @Override
                public void onEnd(ReadableSpan span) {
                    ended.add(span.toSpanData());
                }

                @Override
                public boolean isEndRequired() {
                    return true;
                }
            };

    private void call(double sharePercent, String traceparent) throws Exception {
        String name = InProcessServerBuilder.generateName();
        Tracing tracing =
                Tracing.to(new TracingSettings("http://c", sharePercent, "test"), recorder);
        Server server =
                InProcessServerBuilder.forName(name)
                        .directExecutor()
                        .addService(
                                tracing.traced(
                                        new HealthStatusManager().getHealthService().bindService()))
                        .build()
                        .start();
        ManagedChannel channel = InProcessChannelBuilder.forName(name).directExecutor().build();
        Metadata headers = new Metadata();
        if (!traceparent.isEmpty()) {
            headers.put(
                    Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER), traceparent);
        }
        ClientCalls.blockingUnaryCall(
                ClientInterceptors.intercept(
                        channel, MetadataUtils.newAttachHeadersInterceptor(headers)),
                HealthGrpc.getCheckMethod(),
                CallOptions.DEFAULT,
                HealthCheckRequest.getDefaultInstance());
        channel.shutdownNow();
        server.shutdownNow();
        tracing.close();
    }

    @Test
    void call_withATraceparent_isBelowIt_whateverTheShare() throws Exception {
        call(0, "00-" + TRACE + "-" + PARENT + "-01");

        assertThat(ended).hasSize(1);
        SpanData span = ended.get(0);
        assertThat(span.getName()).isEqualTo("grpc.health.v1.Health/Check");
        assertThat(span.getTraceId()).isEqualTo(TRACE);
        assertThat(span.getParentSpanId()).isEqualTo(PARENT);
        assertThat(span.hasEnded()).isTrue();
    }

    @Test
    void call_withoutOne_isTracedByTheShare() throws Exception {
        call(0, "");
        call(100, "00-" + TRACE + "-" + PARENT + "-00");
        assertThat(ended).isEmpty();

        call(100, "");
        assertThat(ended).hasSize(1);
    }

    @Test
    void settings_thatCannotBe_areRefused() {
        assertThatThrownBy(() -> new TracingSettings("collector:4317", 1, "s"))
                .hasMessageContaining("http or https URL: got collector:4317");
        assertThatThrownBy(() -> new TracingSettings("", 101, "s")).hasMessageContaining("0..100");
    }
}
