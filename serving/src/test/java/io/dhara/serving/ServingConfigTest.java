package io.dhara.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dhara.core.config.Settings;
import io.dhara.graph.config.GraphLimits;
import io.dhara.graph.config.GraphSource;
import io.dhara.serving.admission.AccessLog;
import io.dhara.serving.admission.AdmissionSettings;
import io.dhara.serving.feature.DistributedCacheSettings;
import io.dhara.serving.feature.FeatureReadSettings;
import io.dhara.serving.feature.FeatureReadSettings.CompatDefaults;
import io.dhara.serving.feature.FeatureReadSettings.CompatErrors;
import io.dhara.serving.featurelog.FeatureLogSettings;
import io.dhara.serving.grpc.DeadlineRules;
import io.dhara.serving.grpc.GrpcSettings;
import io.dhara.serving.grpc.GrpcSettings.Auth;
import io.dhara.serving.grpc.GrpcSettings.PersistCallers;
import io.dhara.serving.inferflow.InferflowConfig;
import io.dhara.serving.inferflow.InferflowSettings;
import io.dhara.serving.inferflow.scoring.ScoringSettings;
import io.dhara.serving.interaction.InteractionSettings;
import io.dhara.serving.invalidation.FollowerSettings;
import io.dhara.serving.persist.PersistSettings;
import io.dhara.serving.tracing.TracingSettings;
import io.dhara.stores.Endpoint;
import io.dhara.stores.RegistrySource;
import io.dhara.stores.StoreConnections;
import io.dhara.stores.interaction.HotTierConfig;
import io.dhara.stores.redis.RedisConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ServingConfigTest {
    private static final Map<String, String> NEEDED =
            Map.of("kafka.bootstrap-servers", "k:9092", "registry.folder", "schemas");

    @Test
    void from_onlyWhatIsNeeded_takesTheDefaults() {
        ServingConfig config = ServingConfig.from(Settings.parse(NEEDED));

        assertThat(config)
                .isEqualTo(
                        new ServingConfig(
                                new GrpcSettings(
                                        new InetSocketAddress("0.0.0.0", 8089),
                                        null,
                                        Auth.REGISTRY,
                                        PersistCallers.READERS,
                                        true,
                                        true,
                                        false,
                                        new DeadlineRules(
                                                Duration.ofSeconds(1),
                                                Duration.ofSeconds(30),
                                                Duration.ofSeconds(60)),
                                        4 << 20,
                                        AdmissionSettings.DEFAULTS,
                                        0,
                                        Duration.ofMinutes(10),
                                        Duration.ofMinutes(1),
                                        10_000,
                                        Duration.ofSeconds(10),
                                        AccessLog.Rates.DEFAULTS,
                                        100),
                                new InetSocketAddress("0.0.0.0", 9090),
                                0,
                                Duration.ofSeconds(5),
                                Duration.ofSeconds(20),
                                new RegistrySource.Folder("schemas", Duration.ofSeconds(1)),
                                new StoreConnections(Map.of(), Map.of()),
                                FeatureReadSettings.DEFAULTS,
                                DistributedCacheSettings.of(Map.of()),
                                new PersistSettings(
                                        Map.of("bootstrap.servers", "k:9092"),
                                        "online-feature-store.feature_ingestion",
                                        10_000,
                                        1 << 20,
                                        32 << 20,
                                        Duration.ofMillis(1),
                                        Duration.ofSeconds(30),
                                        2,
                                        256),
                                new FollowerSettings(
                                        Map.of("bootstrap.servers", "k:9092"),
                                        "dhara.invalidations",
                                        Duration.ofSeconds(5),
                                        Duration.ofMillis(500),
                                        Duration.ofSeconds(5)),
                                config.interactions(),
                                config.tiers(),
                                new InferflowConfig(
                                        new GraphSource.None(),
                                        InferflowSettings.DEFAULTS,
                                        ScoringSettings.DEFAULTS),
                                new FeatureLogSettings(
                                        Map.of("bootstrap.servers", "k:9092"),
                                        "",
                                        "",
                                        true,
                                        16 << 20,
                                        16 << 20,
                                        1 << 20,
                                        Duration.ofSeconds(30)),
                                TracingSettings.OFF));
        assertThat(config.interactions().enabled()).isFalse();
        assertThat(config.tiers().stores()).isNull();
    }

    @Test
    void from_everyKey_reachesItsComponent() {
        Map<String, String> given = new HashMap<>();
        given.put("kafka.bootstrap-servers", "k:1");
        given.put("kafka.properties.security.protocol", "SSL");
        given.put("registry.folder", "f");
        given.put("registry.interval", "2 s");
        given.put("stores.redis.2.hosts", "r:6379");
        given.put("serving.host", "127.0.0.1");
        given.put("serving.port", "1");
        given.put("serving.admin-port", "-1");
        given.put("serving.tls.certificate", "c.pem");
        given.put("serving.tls.private-key", "k.pem");
        given.put("serving.auth", "none");
        given.put("serving.persist-callers", "writers");
        given.put("serving.reflection", "false");
        given.put("serving.reflection-auth", "false");
        given.put("serving.channelz", "true");
        given.put("serving.default-deadline", "2 s");
        given.put("serving.wait-deadline", "3 s");
        given.put("serving.max-deadline", "4 s");
        given.put("serving.max-request-size", "5 b");
        given.put("serving.max-calls", "6");
        given.put("serving.admission.adaptive", "false");
        given.put("serving.admission.min-calls", "5");
        given.put("serving.admission.max-wait", "28 ms");
        given.put("serving.admission.burst", "29 ms");
        given.put("serving.admission.retry-after", "30 ms");
        given.put("serving.quota.calls-per-second", "31");
        given.put("serving.quota.calls-per-second-of.team.a", "32");
        given.put("serving.quota.share-percent", "33");
        given.put("serving.max-request-size-of.dhara.v1.Features/Get", "34 b");
        given.put("serving.max-connection-grace", "35 s");
        given.put("serving.max-connections", "36");
        given.put("serving.access-log.calls-per-second", "49");
        given.put("serving.access-log.errors-per-second", "50");
        given.put("serving.metrics.max-callers", "51");
        given.put("serving.call-threads", "7");
        given.put("serving.max-connection-age", "26 s");
        given.put("serving.negotiation-timeout", "27 s");
        given.put("serving.io-threads", "8");
        given.put("serving.drain-period", "9 s");
        given.put("serving.stop-timeout", "10 s");
        given.put("serving.read.max-keys", "11");
        given.put("serving.read.max-response-size", "12 b");
        given.put("serving.read.answer-reserve", "13 ms");
        given.put("serving.read.compat-errors", "fail");
        given.put("serving.read.compat-defaults", "stored");
        given.put("serving.read.cache-size", "14 b");
        given.put("serving.read.max-plans", "15");
        given.put("serving.distributed-cache.connections.3.hosts", "c:6379");
        given.put("kafka.topics.features", "p");
        given.put("serving.persist.max-rows", "16");
        given.put("serving.persist.max-message-size", "17 b");
        given.put("serving.persist.buffer-size", "18 b");
        given.put("serving.persist.linger", "19 ms");
        given.put("serving.persist.delivery-timeout", "20 s");
        given.put("serving.persist.threads", "21");
        given.put("serving.persist.max-queued", "22");
        given.put("kafka.topics.invalidations", "i");
        given.put("serving.invalidation.max-silence", "23 s");
        given.put("serving.invalidation.check-interval", "24 ms");
        given.put("serving.invalidation.partition-interval", "25 s");
        given.put("inferflow.graphs.folder", "g");
        given.put("inferflow.graphs.interval", "37 s");
        given.put("inferflow.graphs.max-columns", "38");
        given.put("inferflow.graphs.max-nodes", "39");
        given.put("inferflow.graphs.max-key-parts", "40");
        given.put("inferflow.graphs.max-expression-chars", "41");
        given.put("inferflow.max-rows", "42");
        given.put("inferflow.max-response-size", "43 b");
        given.put("inferflow.answer-reserve", "44 ms");
        given.put("serving.tracing.endpoint", "http://c:4318/v1/traces");
        given.put("serving.tracing.share-percent", "52.5");
        given.put("serving.tracing.service-name", "s");
        given.put("inferflow.log.topic", "l");
        given.put("inferflow.log.schema-topic", "ls");
        given.put("inferflow.log.served", "false");
        given.put("inferflow.log.queue-size", "45 b");
        given.put("inferflow.log.buffer-size", "46 b");
        given.put("inferflow.log.max-message-size", "47 kb");
        given.put("inferflow.log.delivery-timeout", "48 s");

        ServingConfig config = ServingConfig.from(Settings.parse(given));

        Map<String, Object> kafka = Map.of("bootstrap.servers", "k:1", "security.protocol", "SSL");
        assertThat(config)
                .isEqualTo(
                        new ServingConfig(
                                new GrpcSettings(
                                        new InetSocketAddress("127.0.0.1", 1),
                                        new GrpcSettings.Tls(Path.of("c.pem"), Path.of("k.pem")),
                                        Auth.NONE,
                                        PersistCallers.WRITERS,
                                        false,
                                        false,
                                        true,
                                        new DeadlineRules(
                                                Duration.ofSeconds(2),
                                                Duration.ofSeconds(3),
                                                Duration.ofSeconds(4)),
                                        5,
                                        new AdmissionSettings(
                                                6,
                                                false,
                                                5,
                                                Duration.ofMillis(28),
                                                Duration.ofMillis(29),
                                                Duration.ofMillis(30),
                                                new AdmissionSettings.Quotas(
                                                        31, Map.of("team.a", 32), 33),
                                                Map.of("dhara.v1.Features/Get", 34L)),
                                        7,
                                        Duration.ofSeconds(26),
                                        Duration.ofSeconds(35),
                                        36,
                                        Duration.ofSeconds(27),
                                        new AccessLog.Rates(49, 50),
                                        51),
                                null,
                                8,
                                Duration.ofSeconds(9),
                                Duration.ofSeconds(10),
                                new RegistrySource.Folder("f", Duration.ofSeconds(2)),
                                new StoreConnections(
                                        Map.of(),
                                        Map.of(2, RedisConfig.standalone(new Endpoint("r", 6379)))),
                                new FeatureReadSettings(
                                        11,
                                        12,
                                        Duration.ofMillis(13),
                                        CompatErrors.FAIL,
                                        CompatDefaults.STORED,
                                        14,
                                        15),
                                DistributedCacheSettings.of(
                                        Map.of(3, RedisConfig.standalone(new Endpoint("c", 6379)))),
                                new PersistSettings(
                                        kafka,
                                        "p",
                                        16,
                                        17,
                                        18,
                                        Duration.ofMillis(19),
                                        Duration.ofSeconds(20),
                                        21,
                                        22),
                                new FollowerSettings(
                                        kafka,
                                        "i",
                                        Duration.ofSeconds(23),
                                        Duration.ofMillis(24),
                                        Duration.ofSeconds(25)),
                                config.interactions(),
                                config.tiers(),
                                new InferflowConfig(
                                        new GraphSource.Folder(
                                                Path.of("g"),
                                                Duration.ofSeconds(37),
                                                new GraphLimits(38, 39, 40, 41)),
                                        new InferflowSettings(42, 43, Duration.ofMillis(44)),
                                        ScoringSettings.DEFAULTS),
                                new FeatureLogSettings(
                                        kafka,
                                        "l",
                                        "ls",
                                        false,
                                        45,
                                        46,
                                        47 << 10,
                                        Duration.ofSeconds(48)),
                                new TracingSettings("http://c:4318/v1/traces", 52.5, "s")));
    }

    @Test
    void from_graphs_areOffUnlessNamedAndNotTurnedOff() {
        Map<String, String> named = new HashMap<>(NEEDED);
        named.put("inferflow.graphs.etcd.endpoints", "http://e:2379");
        assertThat(ServingConfig.from(Settings.parse(named)).inferflow().graphs())
                .isInstanceOf(GraphSource.Etcd.class);
        named.put("inferflow.enabled", "false");
        assertThat(ServingConfig.from(Settings.parse(named)).inferflow().enabled()).isFalse();
        Map<String, String> unnamed = new HashMap<>(NEEDED);
        unnamed.put("inferflow.enabled", "true");
        assertThatThrownBy(() -> ServingConfig.from(Settings.parse(unnamed)))
                .hasMessageContaining("needs inferflow.graphs.folder");
        named.put("inferflow.graphs.folder", "f");
        assertThatThrownBy(() -> ServingConfig.from(Settings.parse(named)))
                .hasMessageContaining("got both");
    }

    @Test
    void everyKey_isInTheHandbook() throws IOException {
        String handbook = Files.readString(Path.of("../docs/serving.md"));
        Settings settings = Settings.parse(NEEDED);
        ServingConfig.from(settings);

        assertThat(settings.effective().keySet())
                .map(
                        key ->
                                key.replaceAll(
                                        "^interactions\\.type\\.[A-Z_]+",
                                        "interactions.type.<NAME>"))
                .allSatisfy(key -> assertThat(handbook).contains("`" + key + "`"));
    }

    private static Map<String, String> withTiers(String... more) {
        Map<String, String> given = new HashMap<>(NEEDED);
        given.put("stores.redis.2.hosts", "r:6379");
        given.put("stores.scylla.1.contact-points", "s:9042");
        given.put("stores.scylla.1.datacenter", "dc");
        given.put("stores.scylla.1.keyspace", "ks");
        for (int i = 0; i < more.length; i += 2) {
            given.put(more[i], more[i + 1]);
        }
        return given;
    }

    @Test
    void interactions_namingTheTiers_turnsThemOn_andStoresAloneDoNot() {
        assertThat(ServingConfig.from(Settings.parse(withTiers())).interactions().enabled())
                .isFalse();

        ServingConfig config =
                ServingConfig.from(
                        Settings.parse(
                                withTiers(
                                        "interactions.hot.store", "2",
                                        "interactions.cold.store", "1",
                                        "interactions.cold.trust-counts", "false",
                                        "interactions.hot.key-style", "hash-tag",
                                        "interactions.persist", "off",
                                        "interactions.persist-max-events", "7",
                                        "interactions.auth", "registry",
                                        "interactions.exact-range", "true",
                                        "interactions.hot-wait", "8 ms",
                                        "interactions.max-body-size", "9 kb",
                                        "kafka.topics.interactions", "t")));

        InteractionSettings interactions = config.interactions();
        assertThat(interactions)
                .isEqualTo(
                        new InteractionSettings(
                                true,
                                interactions.types(),
                                InteractionSettings.Persist.OFF,
                                "t",
                                7,
                                InteractionSettings.Auth.REGISTRY,
                                true,
                                Duration.ofMillis(8),
                                9 << 10));
        assertThat(interactions.types().stored()).hasSize(5);
        assertThat(config.tiers().stores().hot().hosts().get(0).host()).isEqualTo("r");
        assertThat(config.tiers().stores().cold().keyspace()).isEqualTo("ks");
        assertThat(config.tiers().hot().keyStyle()).isEqualTo(HotTierConfig.KeyStyle.HASH_TAG);
        assertThat(config.tiers().cold().trustCounts()).isFalse();
    }

    @Test
    void interactions_mistakes_nameTheRemedy() {
        assertThatThrownBy(
                        () ->
                                ServingConfig.from(
                                        Settings.parse(withTiers("interactions.hot.store", "5"))))
                .hasMessageContaining("interactions.hot.store must be the <conf-id>");
        Map<String, String> enabled = new HashMap<>(NEEDED);
        enabled.put("interactions.enabled", "true");
        assertThatThrownBy(() -> ServingConfig.from(Settings.parse(enabled)))
                .hasMessageContaining("interactions.hot.store")
                .hasMessageContaining("interactions.cold.store");
        assertThatThrownBy(
                        () ->
                                ServingConfig.from(
                                        Settings.parse(
                                                withTiers(
                                                        "interactions.enabled", "true",
                                                        "serving.persist-callers", "writers",
                                                        "interactions.max-body-size", "1 gb"))))
                .hasMessageContaining("set it to registry, or interactions.persist to off")
                .hasMessageContaining("interactions.max-body-size must be 1 b to 64 mb");
    }

    @Test
    void from_manyMistakes_reportsAllAtOnce() {
        Map<String, String> given = new HashMap<>();
        given.put("serving.port", "70000");
        given.put("serving.default-deadline", "2 min");
        given.put("serving.auth", "off");
        given.put("serving.tls.certificate", "c.pem");
        given.put("serving.invalidation.check-interval", "6 s");
        given.put("serving.unheard-of", "1");
        given.put("serving.quota.calls-per-second-of.a", "many");

        assertThatThrownBy(() -> ServingConfig.from(Settings.parse(given)))
                .hasMessageContaining("kafka.bootstrap-servers must be given")
                .hasMessageContaining("needs either registry.folder or registry.etcd.endpoints")
                .hasMessageContaining("serving.port must be 0..65535: got 70000")
                .hasMessageContaining("default-deadline and wait-deadline must not exceed")
                .hasMessageContaining("serving.auth must be one of [registry, none]")
                .hasMessageContaining("needs both certificate and private-key")
                .hasMessageContaining("check-interval must be less than max-silence")
                .hasMessageContaining("serving.quota.calls-per-second-of.a")
                .hasMessageContaining("serving.unheard-of is not a known setting");
    }

    @Test
    void commandLine_keysAfterTheFile_goBeforeIt() {
        Settings settings = Settings.ofCommandLine("serving.port=1", "registry.folder=x");

        assertThat(settings.integer("serving.port", 0)).isEqualTo(1);
        assertThatThrownBy(() -> Settings.ofCommandLine("--port"))
                .hasMessageContaining("use --config FILE");
    }
}
