package io.dhara.sessionizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.config.Settings;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.junit.jupiter.api.Test;

class InteractionSessionizerJobTest {
    private static StreamGraph graph() {
        Configuration conf = new Configuration();
        conf.set(PipelineOptions.AUTO_GENERATE_UIDS, false);
        conf.set(PipelineOptions.GENERIC_TYPES, false);
        StreamExecutionEnvironment env = new StreamExecutionEnvironment(conf);
        InteractionSessionizerConfig config =
                InteractionSessionizerConfig.from(
                        Settings.parse(InteractionSessionizerConfigTest.REQUIRED));
        InteractionSessionizerJob.build(env, config, Endpoints.of(config));
        return env.getStreamGraph();
    }

    /** Savepoints refer to these: a change of one loses its state at the next upgrade. */
    @Test
    void uids_areTheseAndNeverChange() {
        Set<String> uids =
                graph().getStreamNodes().stream()
                        .map(StreamNode::getTransformationUID)
                        .filter(Objects::nonNull)
                        .filter(uid -> !uid.contains("Writer") && !uid.contains("Committer"))
                        .collect(Collectors.toSet());
        assertThat(uids)
                .containsExactlyInAnyOrder(
                        "source-clicks",
                        "read-clicks",
                        "source-orders",
                        "read-orders",
                        "source-events",
                        "read-events",
                        "sessionize",
                        "sink-rejected");
    }

    @Test
    void everyOperator_hasAUid() {
        assertThat(graph().getStreamNodes())
                .allSatisfy(
                        node ->
                                assertThat(node.getTransformationUID())
                                        .as(node.getOperatorName())
                                        .isNotNull());
        assertThat(graph().getJobGraph().getNumberOfVertices()).isPositive();
    }
}
