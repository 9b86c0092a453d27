package io.dhara.flink.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dhara.core.config.ConfigException;
import io.dhara.core.config.Settings;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class KafkaSettingsTest {
    @Test
    void properties_arePassedThroughUnderTheirOwnNames() {
        Settings settings =
                Settings.parse(
                        Map.of(
                                "kafka.bootstrap-servers", "b1:9092,b2:9092",
                                "kafka.properties.security.protocol", "SASL_SSL",
                                "kafka.properties.sasl.jaas.config", "user=\"x\" password=\"y\"",
                                "kafka.consumer-properties.fetch.min.bytes", "7",
                                "kafka.producer-properties.linger.ms", "8"));
        KafkaSettings kafka = KafkaSettings.from(settings, "ingest");
        settings.finish();

        assertThat(kafka.consumer())
                .containsOnly(
                        Map.entry("bootstrap.servers", "b1:9092,b2:9092"),
                        Map.entry("group.id", "ingest"),
                        Map.entry("security.protocol", "SASL_SSL"),
                        Map.entry("sasl.jaas.config", "user=\"x\" password=\"y\""),
                        Map.entry("fetch.min.bytes", "7"));
        assertThat(kafka.producer())
                .containsOnly(
                        Map.entry("bootstrap.servers", "b1:9092,b2:9092"),
                        Map.entry("security.protocol", "SASL_SSL"),
                        Map.entry("sasl.jaas.config", "user=\"x\" password=\"y\""),
                        Map.entry("linger.ms", "8"));
        assertThat(settings.effective())
                .containsEntry("kafka.properties.sasl.jaas.config", "(hidden)");
    }

    @Test
    void bootstrapServers_missing_isReported() {
        Settings settings = Settings.parse(Map.of("kafka.group-id", "g"));
        assertThat(KafkaSettings.from(settings, "ingest").groupId()).isEqualTo("g");

        assertThatThrownBy(settings::finish)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("kafka.bootstrap-servers must be given");
    }
}
