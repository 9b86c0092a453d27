package io.dhara.serving.inferflow.scoring;

import io.dhara.core.config.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the calls to model servers and candidate generators.
 *
 * @param servers addresses by the name that graphs call an endpoint; other endpoints are addresses
 *     themselves
 * @param headers sent with every call
 * @param tls what {@code grpcs} and {@code https} endpoints are checked with; null for the system's
 *     certificates
 * @param maxCalls most calls on their way to one endpoint
 * @param maxWaiting most calls that wait for one of those to end
 * @param maxBatches most batches of one node and request that are on their way
 * @param maxAnswerBytes of one answer
 * @param idleCheck how often connections that no graph needs are looked for
 * @param maxShadows most calls of shadow models that are on their way or wait
 * @param shadowTimeout of such a call
 * @param shadowLogPercent share of their answers that is logged, 0 to 100
 */
public record ScoringSettings(
        Map<String, String> servers,
        Map<String, String> headers,
        @Nullable Tls tls,
        int maxCalls,
        int maxWaiting,
        int maxBatches,
        int maxAnswerBytes,
        Duration idleCheck,
        int maxShadows,
        Duration shadowTimeout,
        int shadowLogPercent) {

    /**
     * Files of TLS, in PEM.
     *
     * @param authority who signed the servers' certificates; null for the system's
     * @param certificate shown to servers; null for none
     * @param privateKey of that certificate
     */
    public record Tls(
            @Nullable Path authority, @Nullable Path certificate, @Nullable Path privateKey) {}

    public static final ScoringSettings DEFAULTS =
            new ScoringSettings(
                    Map.of(),
                    Map.of(),
                    null,
                    64,
                    256,
                    8,
                    16 << 20,
                    Duration.ofSeconds(10),
                    32,
                    Duration.ofSeconds(1),
                    1);

    public ScoringSettings {
        servers = Map.copyOf(servers);
        headers = Map.copyOf(headers);
    }

    /** Reads {@code inferflow.model-servers.*} and {@code inferflow.models.*}. */
    public static ScoringSettings from(Settings settings) {
        ScoringSettings byDefault = DEFAULTS;
        String prefix = "inferflow.models.";
        return new ScoringSettings(
                settings.properties("inferflow.model-servers"),
                settings.properties("inferflow.models.headers"),
                tls(settings),
                settings.integer(prefix + "max-calls", byDefault.maxCalls, 1, 100_000),
                settings.integer(prefix + "max-waiting", byDefault.maxWaiting, 0, 100_000),
                settings.integer(prefix + "max-batches", byDefault.maxBatches, 1, 10_000),
                settings.bytes(prefix + "max-answer-size", byDefault.maxAnswerBytes),
                settings.positiveDuration(prefix + "idle-check", byDefault.idleCheck),
                settings.integer(prefix + "shadow.max-calls", byDefault.maxShadows, 0, 100_000),
                settings.positiveDuration(prefix + "shadow.timeout", byDefault.shadowTimeout),
                settings.integer(
                        prefix + "shadow.log-percent", byDefault.shadowLogPercent, 0, 100));
    }

    private static @Nullable Tls tls(Settings settings) {
        @Nullable Path authority = file(settings, "inferflow.models.tls.authority");
        @Nullable Path certificate = file(settings, "inferflow.models.tls.certificate");
        @Nullable Path privateKey = file(settings, "inferflow.models.tls.private-key");
        if ((certificate == null) != (privateKey == null)) {
            settings.reject(
                    "inferflow.models.tls", "needs both certificate and private-key, or neither");
        }
        return authority == null && certificate == null
                ? null
                : new Tls(authority, certificate, privateKey);
    }

    private static @Nullable Path file(Settings settings, String key) {
        String name = settings.string(key, "");
        return name.isEmpty() ? null : Path.of(name);
    }

    /** The address that an endpoint of a graph stands for. */
    String resolve(String endpoint) {
        return servers.getOrDefault(endpoint, endpoint);
    }
}
