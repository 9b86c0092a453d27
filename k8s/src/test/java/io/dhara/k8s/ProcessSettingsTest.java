package io.dhara.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.config.Settings;
import io.dhara.ingest.FeatureIngestConfig;
import io.dhara.serving.ServingConfig;
import io.dhara.sessionizer.InteractionSessionizerConfig;
import io.dhara.sessionizer.session.SessionRules;
import io.dhara.stores.RegistrySource;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The settings files that ship are read by the processes they are for, every key of them known. */
class ProcessSettingsTest {
    static List<String> jobs() {
        return Project.JOBS;
    }

    @Test
    void ingestSettings_areReadWithoutError() {
        Settings settings = Settings.ofYaml(Project.settings(Project.INGEST));
        FeatureIngestConfig config = FeatureIngestConfig.from(settings);
        settings.finish();

        assertThat(config.combine().flushInterval()).isEqualTo(Duration.ofMillis(50));
        assertThat(config.stores().scylla()).containsOnlyKeys(1);
        assertThat(config.stores().redis()).containsOnlyKeys(2);
    }

    @Test
    void sessionizerSettings_areReadWithoutError() {
        Settings settings = Settings.ofYaml(Project.settings(Project.SESSIONIZER));
        InteractionSessionizerConfig config = InteractionSessionizerConfig.from(settings);
        settings.finish();

        assertThat(config.sessionize().rules()).isEqualTo(SessionRules.DEFAULT);
        assertThat(config.stores().hot().hosts()).hasSize(1);
        assertThat(config.stores().cold().keyspace()).isEqualTo("interaction_store_timeseries");
    }

    @Test
    void servingSettings_areReadWithoutError() {
        ServingConfig config = ServingConfig.from(Settings.ofYaml(Project.SERVING_SETTINGS));

        assertThat(config.schemas()).isInstanceOf(RegistrySource.Etcd.class);
        assertThat(config.drainPeriod().plus(config.stopTimeout()).plusSeconds(10))
                .as("preStop + drain + stop within the pod's grace period")
                .isLessThan(Duration.ofSeconds(60));
    }

    /** A reader that lays out keys otherwise, or looks in other tables, finds nothing. */
    @Test
    void servingAndSessionizer_meanTheSameTiersAndTypes() {
        ServingConfig serving = ServingConfig.from(Settings.ofYaml(Project.SERVING_SETTINGS));
        InteractionSessionizerConfig job =
                InteractionSessionizerConfig.from(
                        Settings.ofYaml(Project.settings(Project.SESSIONIZER)));

        assertThat(serving.interactions().enabled()).isTrue();
        assertThat(serving.interactions().types().all()).isEqualTo(job.rules().types().all());
        assertThat(job.sources())
                .extracting(source -> source.topic())
                .contains(serving.interactions().topic());
        assertThat(serving.tiers().stores().hot().hosts()).isEqualTo(job.stores().hot().hosts());
        assertThat(serving.tiers().stores().cold()).isEqualTo(job.stores().cold());
        assertThat(serving.tiers().hot()).isEqualTo(job.hot());
        assertThat(serving.tiers().cold()).isEqualTo(job.cold());
    }

    @ParameterizedTest
    @MethodSource("jobs")
    void configMap_carriesTheSettingsOfFlinkConf(String job) throws IOException {
        assertThat(Files.readString(Project.manifest(job, job + ".yaml")))
                .as("cp flink-conf/jobs/%s.settings.yaml k8s/base/jobs/%s/%s.yaml", job, job, job)
                .isEqualTo(Files.readString(Project.settings(job)));
    }
}
