package io.dhara.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dhara.core.config.ConfigException;
import io.dhara.core.config.Settings;
import io.dhara.flink.config.ConfiguredRegistry;
import io.dhara.flink.sink.SinkLimits;
import io.dhara.ingest.FeatureIngestConfig.StartingOffsets;
import io.dhara.ingest.FeatureIngestConfig.Topics;
import io.dhara.ingest.domain.IngestRules;
import io.dhara.ingest.domain.IngestRules.IntegerOverflow;
import io.dhara.ingest.domain.IngestRules.NotANumber;
import io.dhara.ingest.domain.RejectReason;
import io.dhara.ingest.operator.CombineLimits;
import io.dhara.stores.RegistrySource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FeatureIngestConfigTest {
    private static final Map<String, String> REQUIRED =
            Map.of("kafka.bootstrap-servers", "k:9092", "registry.folder", "schemas");

    /** Of the project; tests run in the module's folder. */
    private static final Path ROOT = Path.of("..", "..");

    private static FeatureIngestConfig read(Map<String, String> given) {
        Settings settings = Settings.parse(given);
        FeatureIngestConfig config = FeatureIngestConfig.from(settings);
        settings.finish();
        return config;
    }

    @Test
    void defaults_areThese() {
        FeatureIngestConfig config = read(REQUIRED);
        assertThat(config.kafka().bootstrapServers()).isEqualTo("k:9092");
        assertThat(config.kafka().groupId()).isEqualTo("dhara-feature-ingest");
        assertThat(config.topics())
                .isEqualTo(
                        new Topics(
                                "online-feature-store.feature_ingestion",
                                StartingOffsets.COMMITTED,
                                "dhara.feature-ingest.dlq",
                                5_242_880,
                                "dhara.invalidations"));
        assertThat(config.registry())
                .isEqualTo(
                        new ConfiguredRegistry(
                                new RegistrySource.Folder("schemas", Duration.ofSeconds(1))));
        assertThat(config.rules())
                .isEqualTo(
                        new IngestRules(
                                4_194_304,
                                100_000,
                                Duration.ofMinutes(10),
                                NotANumber.REJECT,
                                IntegerOverflow.REJECT));
        assertThat(config.combine())
                .isEqualTo(new CombineLimits(Duration.ofMillis(50), 10_000, 16_777_216, 4096));
        assertThat(config.stores().scylla()).isEmpty();
        assertThat(config.stores().redis()).isEmpty();
        assertThat(config.scyllaSink()).isEqualTo(SinkLimits.DEFAULT);
        assertThat(config.redisSink()).isEqualTo(SinkLimits.DEFAULT);
    }

    @Test
    void everyKey_isRead() {
        Map<String, String> given = new HashMap<>(REQUIRED);
        given.put("kafka.group-id", "g");
        given.put("kafka.topics.features", "f");
        given.put("kafka.topics.dead-letters", "d");
        given.put("kafka.topics.invalidations", "i");
        given.put("kafka.starting-offsets", "latest");
        given.put("registry.interval", "5 s");
        given.put("ingest.dead-letter-max-bytes", "2 mb");
        given.put("ingest.max-message-bytes", "3 mb");
        given.put("ingest.max-units-per-message", "7");
        given.put("ingest.max-future", "1 min");
        given.put("ingest.not-a-number", "accept");
        given.put("ingest.integer-overflow", "wrap");
        given.put("ingest.flush-interval", "20 ms");
        given.put("ingest.flush-max-rows", "11");
        given.put("ingest.flush-max-bytes", "1 mb");
        given.put("ingest.tie-memory", "13");
        given.put("ingest.scylla-sink.linger", "7 ms");
        given.put("ingest.redis-sink.linger", "8 ms");
        given.put("stores.scylla.1.contact-points", "c:9042");
        given.put("stores.scylla.1.datacenter", "dc");
        given.put("stores.scylla.1.keyspace", "ks");
        given.put("stores.redis.2.hosts", "r:6379");
        FeatureIngestConfig config = read(given);
        assertThat(config.kafka().groupId()).isEqualTo("g");
        assertThat(config.topics())
                .isEqualTo(new Topics("f", StartingOffsets.LATEST, "d", 2 << 20, "i"));
        assertThat(config.registry())
                .isEqualTo(
                        new ConfiguredRegistry(
                                new RegistrySource.Folder("schemas", Duration.ofSeconds(5))));
        assertThat(config.rules())
                .isEqualTo(
                        new IngestRules(
                                3 << 20,
                                7,
                                Duration.ofMinutes(1),
                                NotANumber.ACCEPT,
                                IntegerOverflow.WRAP));
        assertThat(config.combine())
                .isEqualTo(new CombineLimits(Duration.ofMillis(20), 11, 1 << 20, 13));
        assertThat(config.stores().scylla()).containsOnlyKeys(1);
        assertThat(config.stores().redis()).containsOnlyKeys(2);
        assertThat(config.scyllaSink().linger()).hasMillis(7);
        assertThat(config.redisSink().linger()).hasMillis(8);
    }

    @Test
    void deadLetters_byDefault_holdTheLongestMessageAndAMegabyteMore() {
        assertThat(read(REQUIRED).topics().deadLetterMaxBytes()).isEqualTo(5 << 20);

        Map<String, String> longer = new HashMap<>(REQUIRED);
        longer.put("ingest.max-message-bytes", "8 mb");
        assertThat(read(longer).topics().deadLetterMaxBytes()).isEqualTo(9 << 20);
    }

    @Test
    void allErrors_areReportedTogether() {
        Map<String, String> given =
                Map.of(
                        "ingest.max-message-bytes", "3 gb",
                        "ingest.flush-interval", "0 ms",
                        "ingest.not-a-number", "maybe",
                        "ingest.flush-intervall", "1 s");
        assertThatThrownBy(() -> read(given))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("kafka.bootstrap-servers")
                .hasMessageContaining("registry")
                .hasMessageContaining("ingest.max-message-bytes")
                .hasMessageContaining("ingest.flush-interval must be positive")
                .hasMessageContaining("ingest.not-a-number")
                .hasMessageContaining("ingest.flush-intervall is not a known setting");
    }

    @Test
    void commandLine_winsOverTheFile(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("c.yaml"), "ingest:\n  tie-memory: 5\n");
        Settings settings =
                Settings.ofCommandLine("--config", file.toString(), "ingest.tie-memory=6");
        assertThat(settings.integer("ingest.tie-memory", 1)).isEqualTo(6);
    }

    @Test
    void strangeArgument_isRefused() {
        assertThatThrownBy(() -> Settings.ofCommandLine("--confg", "x"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("--confg");
    }

    @Test
    void shippedSettings_areValid() {
        Settings settings =
                Settings.ofYaml(ROOT.resolve("flink-conf/jobs/feature-ingest.settings.yaml"));
        FeatureIngestConfig config = FeatureIngestConfig.from(settings);
        settings.finish();
        assertThat(config.stores().scylla()).isNotEmpty();
    }

    @Test
    void docs_nameEverySettingAndReason() throws Exception {
        String docs = Files.readString(ROOT.resolve("docs/feature-ingest.md"));
        Settings settings = Settings.parse(REQUIRED);
        FeatureIngestConfig.from(settings);
        assertThat(settings.effective().keySet())
                .filteredOn(key -> !key.contains("-sink."))
                .allSatisfy(key -> assertThat(docs).contains("`" + key + "`"));
        assertThat(RejectReason.values())
                .allSatisfy(reason -> assertThat(docs).contains("`" + reason.code() + "`"));
    }
}
