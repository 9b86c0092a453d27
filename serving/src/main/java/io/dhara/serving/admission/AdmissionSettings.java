package io.dhara.serving.admission;

import static java.util.Objects.requireNonNull;

import io.dhara.core.config.Settings;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * When calls are refused.
 *
 * @param maxCalls most calls on their way at once, whatever else holds
 * @param adaptive whether each method has a limit of its own that follows its latency
 * @param minCalls that limit goes no lower
 * @param maxWait with more work than there is processor time, a call that waited longer for its
 *     thread is refused; zero for never
 * @param burst how long calls may wait longer than that before there is too much work
 * @param retryAfter what a refused caller is told to wait
 * @param quotas of each caller
 * @param requestBytes largest request by full method name, where it is less than of all
 */
public record AdmissionSettings(
        int maxCalls,
        boolean adaptive,
        int minCalls,
        Duration maxWait,
        Duration burst,
        Duration retryAfter,
        Quotas quotas,
        Map<String, Long> requestBytes) {

    /** Name in settings and metrics of all callers that the registry does not know, together. */
    public static final String OTHER = "other";

    /** Without quotas or limits of single methods. */
    public static final AdmissionSettings DEFAULTS =
            new AdmissionSettings(
                    1024,
                    true,
                    64,
                    Duration.ofMillis(3),
                    Duration.ofMillis(100),
                    Duration.ofMillis(100),
                    new Quotas(0, Map.of(), 100),
                    Map.of());

    private static final String QUOTA = "serving.quota.calls-per-second";

    /**
     * What one caller may take.
     *
     * @param callsPerSecond of a caller that is not in {@code byCaller}; 0 for any number
     * @param byCaller calls per second by caller id, 0 for any number
     * @param sharePercent of {@code maxCalls} that one caller may have on their way
     */
    public record Quotas(int callsPerSecond, Map<String, Integer> byCaller, int sharePercent) {
        public Quotas {
            byCaller = Map.copyOf(byCaller);
        }

        boolean areNone() {
            return callsPerSecond == 0 && byCaller.isEmpty() && sharePercent == 100;
        }

        int callsPerSecondOf(String caller) {
            return byCaller.getOrDefault(caller, callsPerSecond);
        }
    }

    public AdmissionSettings {
        requireNonNull(maxWait, "maxWait is null");
        requireNonNull(burst, "burst is null");
        requireNonNull(retryAfter, "retryAfter is null");
        requireNonNull(quotas, "quotas is null");
        requestBytes = Map.copyOf(requestBytes);
        if (burst.compareTo(maxWait) <= 0) {
            throw new IllegalArgumentException(
                    "serving.admission.burst must be more than max-wait: got "
                            + burst
                            + " and "
                            + maxWait);
        }
        if (minCalls > maxCalls) {
            throw new IllegalArgumentException(
                    "serving.admission.min-calls must not exceed serving.max-calls: got "
                            + minCalls
                            + " and "
                            + maxCalls);
        }
    }

    /** Reads {@code serving.admission.*}, {@code serving.quota.*} and what belongs to them. */
    public static AdmissionSettings from(Settings settings) {
        AdmissionSettings byDefault = DEFAULTS;
        int maxCalls =
                settings.integer("serving.max-calls", byDefault.maxCalls, 1, Integer.MAX_VALUE);
        return new AdmissionSettings(
                maxCalls,
                settings.bool("serving.admission.adaptive", byDefault.adaptive),
                settings.integer(
                        "serving.admission.min-calls",
                        Math.min(byDefault.minCalls, maxCalls),
                        1,
                        Integer.MAX_VALUE),
                settings.duration("serving.admission.max-wait", byDefault.maxWait),
                settings.positiveDuration("serving.admission.burst", byDefault.burst),
                settings.positiveDuration("serving.admission.retry-after", byDefault.retryAfter),
                new Quotas(
                        settings.integer(QUOTA, 0, 0, Integer.MAX_VALUE),
                        quotasByCaller(settings),
                        settings.integer("serving.quota.share-percent", 100, 1, 100)),
                requestBytes(settings));
    }

    private static Map<String, Integer> quotasByCaller(Settings settings) {
        Map<String, Integer> quotas = new TreeMap<>();
        for (String caller : settings.properties(QUOTA + "-of").keySet()) {
            String key = QUOTA + "-of." + caller;
            quotas.put(caller, settings.integer(key, 0, 0, Integer.MAX_VALUE));
        }
        return quotas;
    }

    private static Map<String, Long> requestBytes(Settings settings) {
        String prefix = "serving.max-request-size-of";
        Map<String, Long> sizes = new TreeMap<>();
        for (String method : settings.properties(prefix).keySet()) {
            String key = prefix + "." + method;
            long bytes = settings.size(key, 1);
            if (bytes < 1) {
                settings.reject(key, "must be positive: got " + bytes + " b");
            }
            sizes.put(method, bytes);
        }
        return sizes;
    }
}
