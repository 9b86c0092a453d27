package io.dhara.localstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.junit.jupiter.api.Test;

/** What Flink remembers of a job that failed, asked from a real cluster. */
class JobFailuresITCase {
    private static final AtomicBoolean FAIL = new AtomicBoolean();

    private static final class FailsOnDemand implements MapFunction<Long, Long> {
        private static final long serialVersionUID = 1L;

        @Override
        public Long map(Long number) {
            if (FAIL.getAndSet(false)) {
                throw new IllegalStateException("a planned failure");
            }
            return number;
        }
    }

    @Test
    void jobThatWasRestarted_isNamedWithItsTaskAndCause() throws Exception {
        Configuration settings = new Configuration();
        settings.setString("rest.port", "0");
        settings.setString("rest.bind-port", "0");
        settings.setString("restart-strategy.type", "fixed-delay");
        settings.setString("restart-strategy.fixed-delay.delay", "100 ms");
        settings.setString("restart-strategy.fixed-delay.attempts", "100");
        try (MiniCluster cluster =
                new MiniCluster(
                        new MiniClusterConfiguration.Builder()
                                .setConfiguration(settings)
                                .setNumTaskManagers(1)
                                .setNumSlotsPerTaskManager(1)
                                .build())) {
            cluster.start();
            URI rest = cluster.getRestAddress().get();
            StreamExecutionEnvironment env = new StreamExecutionEnvironment(settings);
            env.setParallelism(1);
            env.fromSequence(0, Long.MAX_VALUE)
                    .map(new FailsOnDemand())
                    .name("fails-on-demand")
                    .sinkTo(new DiscardingSink<>());
            JobID job = cluster.submitJob(env.getStreamGraph().getJobGraph()).get().getJobID();
            assertThat(JobFailures.of(rest)).isEmpty();

            FAIL.set(true);

            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(
                            () ->
                                    assertThat(JobFailures.of(rest))
                                            .singleElement()
                                            .asString()
                                            .contains("fails-on-demand", "a planned failure"));
            cluster.cancelJob(job).get();
        }
    }
}
