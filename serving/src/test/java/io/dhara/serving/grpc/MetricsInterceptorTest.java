package io.dhara.serving.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.serving.admission.AccessLog;
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
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

class MetricsInterceptorTest {
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @Test
    void callers_beyondTheNumber_andStrangers_areOther() throws Exception {
        String name = InProcessServerBuilder.generateName();
        MetricsInterceptor metrics =
                new MetricsInterceptor(
                        meters,
                        caller -> caller.startsWith("team"),
                        3,
                        new AccessLog(new AccessLog.Rates(0, 0)));
        Server server =
                InProcessServerBuilder.forName(name)
                        .directExecutor()
                        .addService(new HealthStatusManager().getHealthService())
                        .intercept(metrics)
                        .build()
                        .start();
        ManagedChannel channel = InProcessChannelBuilder.forName(name).directExecutor().build();
        for (int i = 0; i < 1_000; i++) {
            call(channel, "team-" + i);
            call(channel, "stranger-" + i);
        }
        call(channel, "team-0");
        channel.shutdownNow();
        server.shutdownNow();

        assertThat(meters.find("dhara.serving.calls").timers()).hasSize(4);
        assertThat(timer("team-0").count()).isEqualTo(2);
        assertThat(timer("other").count()).isEqualTo(1_000 + 997);
    }

    private Timer timer(String caller) {
        return meters.get("dhara.serving.calls").tag("caller", caller).timer();
    }

    private static void call(ManagedChannel channel, String caller) {
        Metadata headers = new Metadata();
        headers.put(CallHeaders.CALLER_ID, caller);
        ClientCalls.blockingUnaryCall(
                ClientInterceptors.intercept(
                        channel, MetadataUtils.newAttachHeadersInterceptor(headers)),
                HealthGrpc.getCheckMethod(),
                CallOptions.DEFAULT,
                HealthCheckRequest.getDefaultInstance());
    }
}
