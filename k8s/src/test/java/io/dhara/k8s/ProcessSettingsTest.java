package io.dhara.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.config.Settings;
import io.dhara.ingest.FeatureIngestConfig;
import io.dhara.serving.ServingConfig;
import io.dhara.stores.RegistrySource;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The settings files that ship are read by the processes they are for, every key of them known. */
class ProcessSettingsTest {

    @Test
    void ingestSettings_areReadWithoutError() {
        Settings settings = Settings.ofYaml(Project.INGEST_SETTINGS);
        FeatureIngestConfig config = FeatureIngestConfig.from(settings);
        settings.finish();

        assertThat(config.combine().flushInterval()).isEqualTo(Duration.ofMillis(50));
        assertThat(config.stores().scylla()).containsOnlyKeys(1);
        assertThat(config.stores().redis()).containsOnlyKeys(2);
    }

    @Test
    void servingSettings_areReadWithoutError() {
        ServingConfig config = ServingConfig.from(Settings.ofYaml(Project.SERVING_SETTINGS));

        assertThat(config.schemas()).isInstanceOf(RegistrySource.Etcd.class);
        assertThat(config.drainPeriod().plus(config.stopTimeout()).plusSeconds(10))
                .as("preStop + drain + stop within the pod's grace period")
                .isLessThan(Duration.ofSeconds(60));
    }

    @Test
    void ingestConfigMap_carriesTheSettingsOfFlinkConf() throws IOException {
        assertThat(
                        Files.readString(
                                Project.K8S.resolve(
                                        "base/jobs/feature-ingest/feature-ingest.yaml")))
                .as(
                        "cp flink-conf/jobs/feature-ingest.settings.yaml k8s/base/jobs/feature-ingest/feature-ingest.yaml")
                .isEqualTo(Files.readString(Project.INGEST_SETTINGS));
    }
}
