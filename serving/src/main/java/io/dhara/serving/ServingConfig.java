package io.dhara.serving;

import static java.util.Objects.requireNonNull;

import io.dhara.core.config.Settings;
import io.dhara.serving.admission.AccessLog;
import io.dhara.serving.admission.AdmissionSettings;
import io.dhara.serving.feature.DistributedCacheSettings;
import io.dhara.serving.feature.FeatureReadSettings;
import io.dhara.serving.featurelog.FeatureLogSettings;
import io.dhara.serving.grpc.DeadlineRules;
import io.dhara.serving.grpc.GrpcSettings;
import io.dhara.serving.inferflow.InferflowConfig;
import io.dhara.serving.interaction.InteractionSettings;
import io.dhara.serving.interaction.InteractionTiers;
import io.dhara.serving.invalidation.FollowerSettings;
import io.dhara.serving.persist.PersistSettings;
import io.dhara.serving.tracing.TracingSettings;
import io.dhara.stores.RegistrySource;
import io.dhara.stores.StoreConnections;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Every setting of a serving process.
 *
 * @param adminAddress of health and metrics alone; null puts them on the callers' port
 * @param ioThreads threads of the event loops; 0 for one per processor
 * @param drainPeriod between saying NOT_SERVING and taking no more calls: what clients and
 *     balancers need to notice
 * @param stopTimeout for calls on their way after that
 * @param schemas where schemas come from
 */
public record ServingConfig(
        GrpcSettings grpc,
        @Nullable InetSocketAddress adminAddress,
        int ioThreads,
        Duration drainPeriod,
        Duration stopTimeout,
        RegistrySource schemas,
        StoreConnections stores,
        FeatureReadSettings reads,
        DistributedCacheSettings distributedCache,
        PersistSettings persists,
        FollowerSettings invalidations,
        InteractionSettings interactions,
        InteractionTiers tiers,
        InferflowConfig inferflow,
        FeatureLogSettings featureLog,
        TracingSettings tracing) {

    private static final int MAX_PORT = 65_535;
    private static final int NO_PORT = -1;

    public ServingConfig {
        requireNonNull(grpc, "grpc is null");
        requireNonNull(schemas, "schemas is null");
        requireNonNull(stores, "stores is null");
        requireNonNull(reads, "reads is null");
        requireNonNull(distributedCache, "distributedCache is null");
        requireNonNull(persists, "persists is null");
        requireNonNull(invalidations, "invalidations is null");
        requireNonNull(interactions, "interactions is null");
        requireNonNull(tiers, "tiers is null");
        requireNonNull(inferflow, "inferflow is null");
        requireNonNull(featureLog, "featureLog is null");
        requireNonNull(tracing, "tracing is null");
    }

    /**
     * Reads and checks all settings.
     *
     * @throws io.dhara.core.config.ConfigException with every error and every unknown key
     */
    public static ServingConfig from(Settings settings) {
        Map<String, Object> kafka = kafka(settings);
        String host = settings.string("serving.host", "0.0.0.0");
        @Nullable GrpcSettings grpc = checked(settings, "serving", () -> grpc(settings, host));
        @Nullable FeatureReadSettings reads =
                checked(settings, "serving.read", () -> reads(settings));
        @Nullable PersistSettings persists =
                checked(settings, "serving.persist", () -> persists(settings, kafka));
        @Nullable FollowerSettings invalidations =
                checked(settings, "serving.invalidation", () -> invalidations(settings, kafka));
        int adminPort = settings.integer("serving.admin-port", 9090, NO_PORT, MAX_PORT);
        int ioThreads = settings.integer("serving.io-threads", 0, 0, 1024);
        Duration drain = settings.duration("serving.drain-period", Duration.ofSeconds(5));
        Duration stop = settings.duration("serving.stop-timeout", Duration.ofSeconds(20));
        RegistrySource schemas = RegistrySource.from(settings);
        StoreConnections stores = StoreConnections.from(settings);
        DistributedCacheSettings distributedCache =
                DistributedCacheSettings.from(settings, stores.redis().values());
        InteractionSettings interactions =
                InteractionSettings.from(settings, InteractionTiers.areNamed(settings));
        @Nullable InteractionTiers tiers =
                checked(
                        settings,
                        "interactions",
                        () -> InteractionTiers.from(settings, stores, interactions.enabled()));
        @Nullable InferflowConfig inferflow =
                checked(settings, "inferflow", () -> InferflowConfig.from(settings));
        @Nullable FeatureLogSettings featureLog =
                checked(settings, "inferflow.log", () -> FeatureLogSettings.from(settings, kafka));
        @Nullable TracingSettings tracing =
                checked(settings, "serving.tracing", () -> TracingSettings.from(settings));
        rejectOpenPersist(settings, grpc, interactions);
        settings.finish();
        return new ServingConfig(
                requireNonNull(grpc),
                adminPort == NO_PORT ? null : new InetSocketAddress(host, adminPort),
                ioThreads,
                drain,
                stop,
                schemas,
                stores,
                requireNonNull(reads),
                distributedCache,
                requireNonNull(persists),
                requireNonNull(invalidations),
                interactions,
                requireNonNull(tiers),
                requireNonNull(inferflow),
                requireNonNull(featureLog),
                requireNonNull(tracing));
    }

    /** Who closed persisting to all but writers must not leave a door beside it open. */
    private static void rejectOpenPersist(
            Settings settings, @Nullable GrpcSettings grpc, InteractionSettings interactions) {
        if (grpc != null
                && grpc.auth() == GrpcSettings.Auth.REGISTRY
                && grpc.persistCallers() == GrpcSettings.PersistCallers.WRITERS
                && interactions.enabled()
                && interactions.persist() == InteractionSettings.Persist.ON
                && interactions.auth() == InteractionSettings.Auth.CALLER_ID) {
            settings.reject(
                    "interactions.auth",
                    "caller-id lets every caller persist interactions although"
                            + " serving.persist-callers is writers: set it to registry, or"
                            + " interactions.persist to off");
        }
    }

    /** What a record refuses is one more problem of the settings. */
    private static <T> @Nullable T checked(Settings settings, String area, Supplier<T> reader) {
        try {
            return reader.get();
        } catch (IllegalArgumentException e) {
            settings.reject(area, String.valueOf(e.getMessage()));
            return null;
        }
    }

    private static Map<String, Object> kafka(Settings settings) {
        Map<String, Object> kafka = new HashMap<>(settings.properties("kafka.properties"));
        kafka.put("bootstrap.servers", settings.required("kafka.bootstrap-servers"));
        return kafka;
    }

    private static GrpcSettings grpc(Settings settings, String host) {
        int port = settings.integer("serving.port", 8089, 0, MAX_PORT);
        return new GrpcSettings(
                new InetSocketAddress(host, Math.max(0, Math.min(port, MAX_PORT))),
                tls(settings),
                settings.choice("serving.auth", GrpcSettings.Auth.REGISTRY),
                settings.choice("serving.persist-callers", GrpcSettings.PersistCallers.READERS),
                settings.bool("serving.reflection", true),
                settings.bool("serving.reflection-auth", true),
                settings.bool("serving.channelz", false),
                new DeadlineRules(
                        settings.positiveDuration(
                                "serving.default-deadline", Duration.ofSeconds(1)),
                        settings.positiveDuration("serving.wait-deadline", Duration.ofSeconds(30)),
                        settings.positiveDuration("serving.max-deadline", Duration.ofSeconds(60))),
                settings.bytes("serving.max-request-size", 4 << 20),
                AdmissionSettings.from(settings),
                settings.integer("serving.call-threads", 0, 0, 1024),
                settings.positiveDuration("serving.max-connection-age", Duration.ofMinutes(10)),
                settings.positiveDuration("serving.max-connection-grace", Duration.ofMinutes(1)),
                settings.integer("serving.max-connections", 10_000, 1, Integer.MAX_VALUE),
                settings.positiveDuration("serving.negotiation-timeout", Duration.ofSeconds(10)),
                AccessLog.Rates.from(settings),
                settings.integer("serving.metrics.max-callers", 100, 0, 10_000));
    }

    private static GrpcSettings.@Nullable Tls tls(Settings settings) {
        String certificate = settings.string("serving.tls.certificate", "");
        String key = settings.string("serving.tls.private-key", "");
        if (certificate.isEmpty() != key.isEmpty()) {
            settings.reject("serving.tls", "needs both certificate and private-key, or neither");
        }
        return certificate.isEmpty()
                ? null
                : new GrpcSettings.Tls(Path.of(certificate), Path.of(key));
    }

    private static FeatureReadSettings reads(Settings settings) {
        FeatureReadSettings byDefault = FeatureReadSettings.DEFAULTS;
        return new FeatureReadSettings(
                settings.integer("serving.read.max-keys", byDefault.maxKeys()),
                settings.bytes("serving.read.max-response-size", byDefault.maxResponseBytes()),
                settings.duration("serving.read.answer-reserve", byDefault.answerReserve()),
                settings.choice("serving.read.compat-errors", byDefault.compatErrors()),
                settings.choice("serving.read.compat-defaults", byDefault.compatDefaults()),
                settings.size("serving.read.cache-size", byDefault.cacheBytes()),
                settings.integer("serving.read.max-plans", byDefault.maxPlans()));
    }

    private static PersistSettings persists(Settings settings, Map<String, Object> kafka) {
        return new PersistSettings(
                kafka,
                settings.string("kafka.topics.features", "online-feature-store.feature_ingestion"),
                settings.integer("serving.persist.max-rows", 10_000, 1, 1_000_000),
                settings.bytes("serving.persist.max-message-size", 1 << 20),
                settings.size("serving.persist.buffer-size", 32 << 20),
                settings.duration("serving.persist.linger", Duration.ofMillis(1)),
                settings.positiveDuration(
                        "serving.persist.delivery-timeout", Duration.ofSeconds(30)),
                settings.integer("serving.persist.threads", 2, 1, 256),
                settings.integer("serving.persist.max-queued", 256, 1, 1_000_000));
    }

    private static FollowerSettings invalidations(Settings settings, Map<String, Object> kafka) {
        return new FollowerSettings(
                kafka,
                settings.string("kafka.topics.invalidations", "dhara.invalidations"),
                settings.positiveDuration(
                        "serving.invalidation.max-silence", Duration.ofSeconds(5)),
                settings.positiveDuration(
                        "serving.invalidation.check-interval", Duration.ofMillis(500)),
                settings.positiveDuration(
                        "serving.invalidation.partition-interval", Duration.ofSeconds(5)));
    }
}
