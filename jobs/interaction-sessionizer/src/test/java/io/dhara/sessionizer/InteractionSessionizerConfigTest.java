package io.dhara.sessionizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dhara.core.config.ConfigException;
import io.dhara.core.config.Settings;
import io.dhara.core.interaction.InteractionType;
import io.dhara.core.interaction.WeekSlots;
import io.dhara.flink.sink.RetryPolicy;
import io.dhara.sessionizer.InteractionSessionizerConfig.StartingOffsets;
import io.dhara.sessionizer.InteractionSessionizerConfig.Topics;
import io.dhara.sessionizer.event.EventFormat;
import io.dhara.sessionizer.event.RejectReason;
import io.dhara.sessionizer.operator.EventTimeWatermarks;
import io.dhara.sessionizer.operator.SessionizeConfig;
import io.dhara.sessionizer.session.SessionRules;
import io.dhara.sessionizer.tier.TierLimits;
import io.dhara.stores.interaction.HotTierConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InteractionSessionizerConfigTest {
    static final Map<String, String> REQUIRED =
            Map.of(
                    "kafka.bootstrap-servers", "k:9092",
                    "stores.redis.2.hosts", "r:6379",
                    "stores.scylla.1.contact-points", "s:9042",
                    "stores.scylla.1.datacenter", "dc",
                    "stores.scylla.1.keyspace", "ks");

    /** Of the project; tests run in the module's folder. */
    private static final Path ROOT = Path.of("..", "..");

    private static InteractionSessionizerConfig read(Map<String, String> given) {
        Settings settings = Settings.parse(given);
        InteractionSessionizerConfig config = InteractionSessionizerConfig.from(settings);
        settings.finish();
        return config;
    }

    private static Map<String, String> requiredAnd(String... more) {
        Map<String, String> given = new HashMap<>(REQUIRED);
        given.putAll(settings(more));
        return given;
    }

    private static Map<String, String> settings(String... more) {
        Map<String, String> given = new HashMap<>();
        for (int i = 0; i < more.length; i += 2) {
            given.put(more[i], more[i + 1]);
        }
        return given;
    }

    @Test
    void defaults_areThese() {
        InteractionSessionizerConfig config = read(REQUIRED);
        assertThat(config.kafka().groupId()).isEqualTo("dhara-interaction-sessionizer");
        assertThat(config.topics())
                .isEqualTo(
                        new Topics(
                                StartingOffsets.COMMITTED,
                                "dhara.interaction-sessionizer.dlq",
                                2_097_152,
                                "dhara.sessions"));
        assertThat(config.sources())
                .containsExactly(
                        new EventSource(
                                "clicks", "interaction-store.clicks", EventFormat.CLICK_JSON),
                        new EventSource(
                                "events", "interaction-store.interactions", EventFormat.EVENT),
                        new EventSource(
                                "orders", "interaction-store.orders", EventFormat.ORDER_JSON));
        assertThat(config.rules().types().all())
                .extracting(InteractionType::name)
                .containsExactly("CLICK", "ORDER", "ADD_TO_CART", "WISHLIST", "SHARE", "APP_OPEN");
        assertThat(config.rules().maxRecordBytes()).isEqualTo(1_048_576);
        assertThat(config.rules().maxDetailsPerOrder()).isEqualTo(1000);
        assertThat(config.rules().maxUserIdBytes()).isEqualTo(1024);
        assertThat(config.watermarks())
                .isEqualTo(new EventTimeWatermarks(Duration.ofMinutes(1), Duration.ofSeconds(10)));
        assertThat(config.sessionize()).isEqualTo(SessionizeConfig.DEFAULT);
        assertThat(config.sessionize().rules())
                .isEqualTo(new SessionRules(Duration.ofMinutes(30), Duration.ofHours(4), 5000));
        assertThat(config.hot()).isEqualTo(HotTierConfig.defaults());
        assertThat(config.stores().hotConfId()).isEqualTo(2);
        assertThat(config.stores().coldConfId()).isEqualTo(1);
    }

    @Test
    void everyKey_isRead() {
        InteractionSessionizerConfig config =
                read(
                        requiredAnd(
                                "kafka.group-id", "g",
                                "kafka.starting-offsets", "latest",
                                "kafka.topics.dead-letters", "d",
                                "kafka.topics.sessions", "s",
                                "interactions.dead-letter-max-bytes", "2 mb",
                                "interactions.max-record-bytes", "3 mb",
                                "interactions.max-details-per-order", "7",
                                "interactions.max-user-id-bytes", "64",
                                "interactions.lateness", "5 s",
                                "interactions.idle-after", "2 s",
                                "interactions.session-gap", "20 s",
                                "interactions.session-cap", "2 min",
                                "interactions.session-max-events", "12",
                                "interactions.flush-interval", "20 ms",
                                "interactions.flush-max-events", "13",
                                "interactions.flush-max-bytes", "1 mb",
                                "interactions.clock-tick", "500 ms",
                                "interactions.tiers.add-batch-users", "1",
                                "interactions.tiers.add-batches", "2",
                                "interactions.tiers.held-events", "3",
                                "interactions.tiers.loads", "4",
                                "interactions.tiers.flushes", "5",
                                "interactions.tiers.held-flushes", "6",
                                "interactions.tiers.request-timeout", "7 s",
                                "interactions.tiers.watch-interval", "8 s",
                                "interactions.tiers.retry-initial", "9 ms",
                                "interactions.tiers.retry-max", "10 ms",
                                "interactions.types", "CLICK, ORDER, RATE",
                                "interactions.type.RATE.layout", "2",
                                "stores.redis.3.hosts", "r3:6379",
                                "interactions.hot.store", "3",
                                "interactions.hot.key-style", "hash-tag",
                                "interactions.hot.member", "product-id",
                                "interactions.hot.ttl", "1 h",
                                "interactions.slots", "epoch-week",
                                "interactions.cold.store", "1"));
        assertThat(config.kafka().groupId()).isEqualTo("g");
        assertThat(config.topics())
                .isEqualTo(new Topics(StartingOffsets.LATEST, "d", 2 << 20, "s"));
        assertThat(config.rules().maxRecordBytes()).isEqualTo(3 << 20);
        assertThat(config.rules().maxDetailsPerOrder()).isEqualTo(7);
        assertThat(config.rules().maxUserIdBytes()).isEqualTo(64);
        assertThat(config.rules().types().byName("RATE"))
                .hasValueSatisfying(type -> assertThat(type.layout()).isEqualTo(2));
        assertThat(config.watermarks())
                .isEqualTo(new EventTimeWatermarks(Duration.ofSeconds(5), Duration.ofSeconds(2)));
        assertThat(config.sessionize())
                .isEqualTo(
                        new SessionizeConfig(
                                new SessionRules(Duration.ofSeconds(20), Duration.ofMinutes(2), 12),
                                Duration.ofMillis(20),
                                13,
                                1 << 20,
                                Duration.ofMillis(500),
                                new TierLimits(
                                        1,
                                        2,
                                        3,
                                        4,
                                        5,
                                        6,
                                        Duration.ofSeconds(7),
                                        Duration.ofSeconds(8),
                                        new RetryPolicy(
                                                Duration.ofMillis(9), Duration.ofMillis(10)))));
        assertThat(config.stores().hotConfId()).isEqualTo(3);
        assertThat(config.hot().keyStyle()).isEqualTo(HotTierConfig.KeyStyle.HASH_TAG);
        assertThat(config.hot().member()).isEqualTo(HotTierConfig.Member.PRODUCT_ID);
        assertThat(config.hot().ttl()).hasHours(1);
        assertThat(config.cold().slots()).isEqualTo(WeekSlots.EPOCH_WEEK);
    }

    @Test
    void deadLetterTopic_hasRoomForTheLongestRecord() {
        assertThat(read(requiredAnd("interactions.max-record-bytes", "3 mb")).topics())
                .extracting(Topics::deadLetterMaxBytes)
                .isEqualTo(4 << 20);
    }

    @Test
    void sources_canBeChangedDisabledAndAdded() {
        InteractionSessionizerConfig config =
                read(
                        requiredAnd(
                                "interactions.sources.clicks.topic", "c2",
                                "interactions.sources.events.enabled", "false",
                                "interactions.sources.old-orders.topic", "o1",
                                "interactions.sources.old-orders.format", "order-json"));
        assertThat(config.sources())
                .containsExactly(
                        new EventSource("clicks", "c2", EventFormat.CLICK_JSON),
                        new EventSource("old-orders", "o1", EventFormat.ORDER_JSON),
                        new EventSource(
                                "orders", "interaction-store.orders", EventFormat.ORDER_JSON));
    }

    @Test
    void sources_badOnes_areRefused() {
        assertThatThrownBy(
                        () ->
                                read(
                                        requiredAnd(
                                                "interactions.sources.More.format", "xml",
                                                "interactions.sources.orders.topic", "t",
                                                "interactions.sources.clicks.topic", "t")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("interactions.sources.More.topic must be given")
                .hasMessageContaining("not of a-z")
                .hasMessageContaining("click-json, order-json, event")
                .hasMessageContaining("is also the topic of clicks");
        assertThatThrownBy(
                        () ->
                                read(
                                        requiredAnd(
                                                "interactions.sources.clicks.enabled", "false",
                                                "interactions.sources.orders.enabled", "false",
                                                "interactions.sources.events.enabled", "false")))
                .hasMessageContaining("at least one source");
    }

    @Test
    void typeOfASource_missingFromTheTypes_isRefused() {
        Map<String, String> given = requiredAnd("interactions.types", "CLICK");
        assertThatThrownBy(() -> read(given))
                .hasMessageContaining("interactions.types must have ORDER for source orders");
        given.put("interactions.sources.orders.enabled", "false");
        assertThat(read(given).sources()).hasSize(2);
    }

    /** Readers would see neither the keys that expired nor, yet, the cold tier's copy. */
    @Test
    void ttl_shorterThanASessionMayBeOpen_isRefused() {
        assertThatThrownBy(
                        () ->
                                read(
                                        requiredAnd(
                                                "interactions.hot.ttl", "62 min",
                                                "interactions.session-gap", "30 min")))
                .hasMessageContaining("interactions.hot.ttl must be at least twice")
                .hasMessageContaining("PT1H2M20S");
    }

    @Test
    void cluster_withPlainKeys_isRefused_namingTheRemedy() {
        assertThatThrownBy(() -> read(requiredAnd("stores.redis.2.mode", "cluster")))
                .hasMessageContaining("key-style to hash-tag");
    }

    @Test
    void shippedSettings_areValid() {
        Settings settings =
                Settings.ofYaml(
                        ROOT.resolve("flink-conf/jobs/interaction-sessionizer.settings.yaml"));
        InteractionSessionizerConfig config = InteractionSessionizerConfig.from(settings);
        settings.finish();
        assertThat(config.sources()).isEqualTo(read(REQUIRED).sources());
    }

    @Test
    void docs_nameEverySettingAndReason() throws Exception {
        String docs = Files.readString(ROOT.resolve("docs/interaction-sessionizer.md"));
        Settings settings = Settings.parse(REQUIRED);
        InteractionSessionizerConfig.from(settings);
        assertThat(settings.effective().keySet())
                .filteredOn(key -> !key.startsWith("stores."))
                .map(key -> key.replaceFirst("(sources|type)\\.[^.]+\\.", "$1.<name>."))
                .allSatisfy(key -> assertThat(docs).contains("`" + key + "`"));
        assertThat(RejectReason.values())
                .allSatisfy(reason -> assertThat(docs).contains("`" + reason.code() + "`"));
    }

    /** I16: a setting that is misspelt has no effect anywhere, so the job does not start. */
    @Test
    void allErrors_areReportedTogether() {
        Map<String, String> given =
                settings(
                        "interactions.max-record-bytes", "3 gb",
                        "interactions.max-details-per-order", "0",
                        "interactions.max-user-id-bytes", "65536",
                        "interactions.idle-after", "0 ms",
                        "interactions.session-gap", "5 h",
                        "interactions.flush-max-bytes", "0 b",
                        "interactions.tiers.loads", "0",
                        "interactions.types", "click",
                        "interactions.latenes", "1 s");
        assertThatThrownBy(() -> read(given))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("kafka.bootstrap-servers must be given")
                .hasMessageContaining("interactions.hot.store")
                .hasMessageContaining("interactions.cold.store")
                .hasMessageContaining("interactions.max-record-bytes")
                .hasMessageContaining("interactions.max-details-per-order must be 1..")
                .hasMessageContaining("interactions.max-user-id-bytes must be 1..65535")
                .hasMessageContaining("interactions.idle-after must be positive")
                .hasMessageContaining("interactions.tiers.loads must be 1..")
                .hasMessageContaining("held bytes must be at least 1: got 0")
                .hasMessageContaining("session cap must be at least the session gap PT5H")
                .hasMessageContaining("interactions.types must be names of A-Z")
                .hasMessageContaining("interactions.latenes is not a known setting");
    }

    @Test
    void commandLine_winsOverTheFile(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("c.yaml"), "interactions:\n  lateness: 5 s\n");
        Settings settings =
                Settings.ofCommandLine("--config", file.toString(), "interactions.lateness=6 s");
        assertThat(settings.duration("interactions.lateness", Duration.ZERO)).hasSeconds(6);
    }

    @Test
    void strangeArgument_isRefused() {
        assertThatThrownBy(() -> Settings.ofCommandLine("--confg", "x"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("--confg");
    }
}
