package io.dhara.realtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dhara.core.config.ConfigException;
import io.dhara.core.config.Settings;
import io.dhara.flink.config.ConfiguredRegistry;
import io.dhara.realtime.RealtimeFeaturesConfig.Topics;
import io.dhara.realtime.operator.FeatureLimits;
import io.dhara.realtime.source.FileEvents;
import io.dhara.realtime.source.StartingOffsets;
import io.dhara.stores.RegistrySource;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RealtimeFeaturesConfigTest {
    private static final Path KITCHEN = Path.of("..", "..", "examples", "features", "kitchen.yaml");
    private static final Map<String, String> REQUIRED =
            Map.of(
                    "features.definition", KITCHEN.toString(),
                    "kafka.bootstrap-servers", "k:9092",
                    "registry.folder", "schemas");

    private static RealtimeFeaturesConfig read(Map<String, String> given) {
        Settings settings = Settings.parse(given);
        RealtimeFeaturesConfig config = RealtimeFeaturesConfig.from(settings);
        settings.finish();
        return config;
    }

    @Test
    void defaults_areThese() {
        RealtimeFeaturesConfig config = read(REQUIRED);
        assertThat(config.jobName()).isEqualTo("realtime-features-kitchen-load");
        assertThat(config.kafka().groupId()).isEqualTo("dhara-realtime-features-kitchen-load");
        assertThat(config.definition().folder())
                .isEqualTo(KITCHEN.toAbsolutePath().getParent().toString());
        assertThat(config.topics())
                .isEqualTo(
                        new Topics(
                                "online-feature-store.feature_ingestion",
                                StartingOffsets.COMMITTED,
                                "dhara.realtime-features.dlq",
                                2 << 20,
                                "dhara.realtime-features.late"));
        assertThat(config.files()).isEmpty();
        assertThat(config.maxRecordBytes()).isEqualTo(1 << 20);
        assertThat(config.registry())
                .isEqualTo(
                        new ConfiguredRegistry(
                                new RegistrySource.Folder("schemas", Duration.ofSeconds(1))));
        assertThat(config.limits())
                .isEqualTo(
                        new FeatureLimits(
                                Duration.ofMillis(50),
                                10_000,
                                16_777_216,
                                Duration.ofSeconds(1),
                                Duration.ofSeconds(5)));
        assertThat(config.groupLabel(config.definition().plan().groups().get(0)))
                .isEqualTo("kitchen_orders");
    }

    @Test
    void everyKey_isRead() {
        Map<String, String> given = new HashMap<>(REQUIRED);
        given.put("features.schema-folder", "avro");
        given.put("features.topic", "f");
        given.put("features.files.orders", "a.jsonl, b.jsonl");
        given.put("features.files-until", "2026-01-31T00:00:00Z");
        given.put("features.max-record-bytes", "2 mb");
        given.put("features.dead-letter-max-bytes", "7 mb");
        given.put("features.flush-interval", "10 ms");
        given.put("features.flush-max-events", "9");
        given.put("features.flush-max-bytes", "1 mb");
        given.put("features.clock-tick", "2 s");
        given.put("features.timer-spread", "0");
        given.put("features.shadow-suffix", "_next");
        given.put("kafka.starting-offsets", "earliest");
        given.put("kafka.topics.dead-letters", "d");
        given.put("kafka.topics.late", "l");
        RealtimeFeaturesConfig config = read(given);
        assertThat(config.jobName()).isEqualTo("realtime-features-kitchen-load_next");
        assertThat(config.kafka().groupId()).isEqualTo("dhara-realtime-features-kitchen-load_next");
        assertThat(config.definition().folder()).isEqualTo("avro");
        assertThat(config.files())
                .containsExactly(
                        Map.entry(
                                "orders",
                                new FileEvents(
                                        List.of("a.jsonl", "b.jsonl"),
                                        Instant.parse("2026-01-31T00:00:00Z"))));
        assertThat(config.maxRecordBytes()).isEqualTo(2 << 20);
        assertThat(config.topics())
                .isEqualTo(new Topics("f", StartingOffsets.EARLIEST, "d", 7 << 20, "l"));
        assertThat(config.limits())
                .isEqualTo(
                        new FeatureLimits(
                                Duration.ofMillis(10),
                                9,
                                1 << 20,
                                Duration.ofSeconds(2),
                                Duration.ZERO));
        assertThat(config.groupLabel(config.definition().plan().groups().get(0)))
                .isEqualTo("kitchen_orders_next");
    }

    @Test
    void badDefinition_isReportedWithTheOtherErrors() {
        Map<String, String> given = new HashMap<>(REQUIRED);
        given.remove("features.definition");
        given.put("features.definition-text", "name: Bad Name\n");
        given.put("features.flush-interval", "0");
        assertThatThrownBy(() -> read(given))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("features.definition is not valid")
                .hasMessageContaining("Bad Name")
                .hasMessageContaining("features.flush-interval must be positive");
    }

    @Test
    void definition_missingOrTwice_isAnError() {
        Map<String, String> given = new HashMap<>(REQUIRED);
        given.remove("features.definition");
        assertThatThrownBy(() -> read(given)).hasMessageContaining("got neither");
        given.put("features.definition", "no-such-file.yaml");
        assertThatThrownBy(() -> read(given)).hasMessageContaining("cannot be read");
        given.put("features.definition-text", "name: x");
        assertThatThrownBy(() -> read(given)).hasMessageContaining("got both");
    }

    @Test
    void files_withoutSeam_areAnError() {
        Map<String, String> given = new HashMap<>(REQUIRED);
        given.put("features.files.orders", "a.jsonl");
        assertThatThrownBy(() -> read(given)).hasMessageContaining("features.files-until");
        given.put("features.files-until", "yesterday");
        assertThatThrownBy(() -> read(given))
                .hasMessageContaining("must be an instant such as 2026-01-31T00:00:00Z: got");
    }

    @Test
    void files_ofAnUnknownSource_areAnError() {
        Map<String, String> given = new HashMap<>(REQUIRED);
        given.put("features.files.order", "a.jsonl");
        assertThatThrownBy(() -> read(given))
                .hasMessageContaining("features.files.order is of no source")
                .hasMessageContaining("[orders]");
    }
}
