package io.dhara.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Manifests against the operators' CRD schemas (folder in environment variable DHARA_CRDS) and
 * fabric8's typed model, and the rules neither can express.
 */
class ManifestTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String RENDER_START = "  # >>> merged from flink-conf\n";
    private static final String RENDER_END = "  # <<< merged from flink-conf\n";

    private static ClosedCrdSchemas crds() throws IOException {
        String folder = System.getenv("DHARA_CRDS");
        Assumptions.assumeTrue(
                folder != null && Files.isDirectory(Path.of(folder)),
                "skipped: set DHARA_CRDS to a folder with the operators' CRDs to check custom resources");
        return ClosedCrdSchemas.load(Path.of(folder));
    }

    @Test
    void customResources_fitTheirCrds() throws IOException {
        ClosedCrdSchemas crds = crds();
        int checked = 0;
        for (Path file : Project.manifests()) {
            for (JsonNode manifest : Yaml.documents(file)) {
                if (manifest.path("apiVersion").asText().contains(".") && !isCore(manifest)) {
                    assertThat(crds.violations(manifest)).as("%s", file).isEmpty();
                    checked++;
                }
            }
        }
        assertThat(checked).as("custom resources checked").isGreaterThanOrEqualTo(6);
    }

    @Test
    void plantedFaultsInACustomResource_areFound() throws IOException {
        ClosedCrdSchemas crds = crds();
        for (Map.Entry<String, String> fault :
                Map.of(
                                "/spec/flinkVersion",
                                "v9_9",
                                "/spec/job/upgradeMode",
                                "brave",
                                "/spec/modee",
                                "native")
                        .entrySet()) {
            ObjectNode manifest =
                    Yaml.documents(Project.deployment(Project.INGEST)).get(0).deepCopy();
            int slash = fault.getKey().lastIndexOf('/');
            ((ObjectNode) manifest.at(fault.getKey().substring(0, slash)))
                    .put(fault.getKey().substring(slash + 1), fault.getValue());
            assertThat(crds.violations(manifest)).as(fault.getKey()).isNotEmpty();
        }
    }

    @Test
    void coreResources_fitTheTypedModelWithoutUnknownFields() throws IOException {
        int checked = 0;
        for (Path file : Project.manifests()) {
            for (JsonNode manifest : Yaml.documents(file)) {
                if (isCore(manifest)) {
                    assertThat(unknownFields(manifest)).as("%s", file).isEmpty();
                    checked++;
                }
            }
        }
        assertThat(checked).isGreaterThanOrEqualTo(12);
    }

    @Test
    void plantedFaultInACoreResource_isFound() throws IOException {
        ObjectNode deployment =
                (ObjectNode)
                        Yaml.documents(Project.K8S.resolve("base/serving/deployment.yaml")).get(0);
        ((ObjectNode) deployment.at("/spec/template/spec")).put("terminationGracePeriodSecond", 1);
        assertThat(unknownFields(deployment))
                .anyMatch(f -> f.contains("terminationGracePeriodSecond"));
    }

    static List<String> jobs() {
        return Project.JOBS;
    }

    @ParameterizedTest
    @MethodSource("jobs")
    void deployment_carriesTheMergedFlinkConf(String job) throws IOException {
        JsonNode rendered =
                Yaml.documents(Project.deployment(job)).get(0).at("/spec/flinkConfiguration");
        assertThat(JSON.convertValue(rendered, new TypeReference<Map<String, String>>() {}))
                .as("flinkConfiguration is stale; run ./mvnw -pl k8s test -Ddhara.render=true")
                .isEqualTo(mergedForOperator(job));
    }

    @ParameterizedTest
    @MethodSource("jobs")
    void deployment_keepsTheOperatorsRules(String job) throws IOException {
        JsonNode spec = Yaml.documents(Project.deployment(job)).get(0).path("spec");
        Configuration merged = FlinkConf.merged("prod", job);
        Map<String, String> keys = FlinkConf.asMap(merged);

        assertThat(keys)
                .doesNotContainKeys(
                        "kubernetes.namespace",
                        "kubernetes.cluster-id",
                        "high-availability.cluster-id");
        assertThat(keys)
                .containsKeys(
                        "execution.checkpointing.dir",
                        "execution.checkpointing.savepoint-dir",
                        "high-availability.type");
        assertThat(spec.at("/job/upgradeMode").asText()).isEqualTo("savepoint");
        assertThat(spec.at("/job/allowNonRestoredState").asBoolean()).isFalse();
        assertThat(spec.path("serviceAccount").asText()).isNotEmpty();
        assertThat(spec.at("/jobManager/resource/memory").asText())
                .isEqualTo(keys.get("jobmanager.memory.process.size"));
        assertThat(spec.at("/taskManager/resource/memory").asText())
                .isEqualTo(keys.get("taskmanager.memory.process.size"));
        assertThat(spec.at("/job/parallelism").asInt())
                .isLessThanOrEqualTo(Integer.parseInt(keys.get("pipeline.max-parallelism")));
        assertThat(spec.at("/podTemplate/spec/containers/0/name").asText())
                .isEqualTo("flink-main-container");
    }

    @ParameterizedTest
    @MethodSource("jobs")
    void podMonitor_namesAPortThatThePodsHave(String job) throws IOException {
        assertThat(portNames(Project.deployment(job), "/spec/podTemplate/spec/containers/0/ports"))
                .contains(
                        Yaml.documents(Project.manifest(job, "podmonitor.yaml"))
                                .get(0)
                                .at("/spec/podMetricsEndpoints/0/port")
                                .asText());
    }

    @Test
    void serviceMonitor_namesAPortThatTheServiceHas() throws IOException {
        assertThat(portNames(Project.K8S.resolve("base/serving/service.yaml"), "/spec/ports"))
                .contains(
                        Yaml.documents(Project.K8S.resolve("base/serving/servicemonitor.yaml"))
                                .get(0)
                                .at("/spec/endpoints/0/port")
                                .asText());
    }

    /** Not a check: writes the merged flink-conf into the manifest when asked to. */
    @ParameterizedTest
    @MethodSource("jobs")
    @EnabledIfSystemProperty(named = "dhara.render", matches = "true")
    void render(String job) throws IOException {
        Path deployment = Project.deployment(job);
        String text = Files.readString(deployment);
        int start = text.indexOf(RENDER_START);
        int end = text.indexOf(RENDER_END);
        if (start < 0 || end < start) {
            fail("the markers of the merged part are gone from " + deployment);
        }
        StringBuilder lines = new StringBuilder("  flinkConfiguration:\n");
        mergedForOperator(job)
                .forEach(
                        (k, v) ->
                                lines.append("    ")
                                        .append(k)
                                        .append(": ")
                                        .append(quoted(v))
                                        .append('\n'));
        Files.writeString(
                deployment,
                text.substring(0, start + RENDER_START.length()) + lines + text.substring(end));
    }

    private static String quoted(String value) {
        return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    /** What the operator is given: it sets parallelism and memory from its own fields. */
    private static Map<String, String> mergedForOperator(String job) throws IOException {
        Map<String, String> merged = FlinkConf.asMap(FlinkConf.merged("prod", job));
        merged.keySet()
                .removeAll(
                        List.of(
                                "parallelism.default",
                                "jobmanager.memory.process.size",
                                "taskmanager.memory.process.size"));
        return merged;
    }

    private static List<String> portNames(Path file, String pointer) throws IOException {
        List<String> names = new ArrayList<>();
        Yaml.documents(file).get(0).at(pointer).forEach(p -> names.add(p.path("name").asText()));
        return names;
    }

    private static boolean isCore(JsonNode manifest) {
        String apiVersion = manifest.path("apiVersion").asText();
        return !apiVersion.contains(".") || apiVersion.contains(".k8s.io/");
    }

    /**
     * Paths of fields that fabric8's typed model does not know: its any-setter swallows them, so
     * they must be looked for.
     */
    private static List<String> unknownFields(JsonNode manifest) throws IOException {
        HasMetadata typed = (HasMetadata) JSON.treeToValue(manifest, KubernetesResource.class);
        List<String> unknown = new ArrayList<>();
        AdditionalProperties.walk(typed, manifest.path("kind").asText(), unknown);
        return unknown;
    }
}
