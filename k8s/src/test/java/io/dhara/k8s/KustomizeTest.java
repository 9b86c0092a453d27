package io.dhara.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * The overlay builds into one stream of manifests; needs kubectl, and says so when it is not there.
 */
class KustomizeTest {

    @Test
    void prodOverlay_buildsEveryResourceIntoItsNamespace()
            throws IOException, InterruptedException {
        Process kubectl;
        try {
            kubectl =
                    new ProcessBuilder(
                                    "kubectl",
                                    "kustomize",
                                    Project.K8S.resolve("overlays/prod").toString())
                            .redirectErrorStream(true)
                            .start();
        } catch (IOException e) {
            Assumptions.abort("skipped: kubectl is not installed");
            return;
        }
        String out =
                new String(
                        kubectl.getInputStream().readAllBytes(),
                        java.nio.charset.StandardCharsets.UTF_8);
        assertThat(kubectl.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(kubectl.exitValue()).as(out).isZero();
        assertThat(out)
                .contains("kind: FlinkDeployment")
                .contains("kind: HorizontalPodAutoscaler")
                .contains("kind: PrometheusRule")
                .contains("name: feature-ingest-settings")
                .contains("namespace: dhara");
    }
}
