package io.dhara.realtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dhara.core.config.Settings;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.junit.jupiter.api.Test;

class RealtimeFeaturesJobTest {
    private static final Path EXAMPLES = Path.of("..", "..", "examples");

    private static RealtimeFeaturesConfig config(Map<String, String> more) {
        Map<String, String> given = new HashMap<>(more);
        given.put("features.definition", EXAMPLES.resolve("features/kitchen.yaml").toString());
        given.put("kafka.bootstrap-servers", "k:9092");
        given.put("registry.folder", EXAMPLES.resolve("schemas").toString());
        Settings settings = Settings.parse(given);
        RealtimeFeaturesConfig config = RealtimeFeaturesConfig.from(settings);
        settings.finish();
        return config;
    }

    private static StreamExecutionEnvironment environment() {
        Configuration conf = new Configuration();
        conf.set(PipelineOptions.AUTO_GENERATE_UIDS, false);
        conf.set(PipelineOptions.GENERIC_TYPES, false);
        return new StreamExecutionEnvironment(conf);
    }

    private static StreamGraph graph(Map<String, String> more) throws Exception {
        StreamExecutionEnvironment env = environment();
        RealtimeFeaturesJob.build(env, config(more));
        return env.getStreamGraph();
    }

    private static Set<String> uids(StreamGraph graph) {
        return graph.getStreamNodes().stream()
                .map(StreamNode::getTransformationUID)
                .filter(Objects::nonNull)
                .filter(uid -> !uid.contains("Writer") && !uid.contains("Committer"))
                .collect(Collectors.toSet());
    }

    /** Savepoints refer to these: a change of one loses its state at the next upgrade. */
    @Test
    void uids_areTheseAndNeverChange() throws Exception {
        assertThat(uids(graph(Map.of())))
                .contains(
                        "source-orders",
                        "read-orders",
                        "keyed-restaurant-kitchen_orders",
                        "features-restaurant-kitchen_orders",
                        "sink-rows-restaurant-kitchen_orders",
                        "sink-late-restaurant-kitchen_orders",
                        "sink-keyless-restaurant-kitchen_orders",
                        "select-restaurant-kitchen_times",
                        "features-restaurant-kitchen_times",
                        "sink-untimely-restaurant-kitchen_times",
                        "sink-rejected");
    }

    /** Its state is a copy's. */
    @Test
    void uids_ofAShadowGroup_areTheSame() throws Exception {
        assertThat(uids(graph(Map.of("features.shadow-suffix", "_next"))))
                .isEqualTo(uids(graph(Map.of())));
    }

    @Test
    void everyOperator_hasAUid() throws Exception {
        StreamGraph graph = graph(Map.of());
        assertThat(graph.getStreamNodes())
                .allSatisfy(
                        node ->
                                assertThat(node.getTransformationUID())
                                        .as(node.getOperatorName())
                                        .isNotNull());
        assertThat(graph.getJobGraph().getNumberOfVertices()).isPositive();
    }

    @Test
    void groupThatIsNotInTheRegistry_isRefusedAtSubmit() {
        RealtimeFeaturesConfig shadow = config(Map.of("features.shadow-suffix", "_next"));
        assertThatThrownBy(() -> RealtimeFeaturesJob.submit(environment(), shadow))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("kitchen.yaml does not fit the registry")
                .hasMessageContaining("group restaurant/kitchen_orders_next is not in the registry")
                .hasMessageContaining("./dhara registry apply");
    }
}
