package io.dhara.serving.tracing;

import static java.util.Objects.requireNonNull;

import io.dhara.core.config.Settings;
import java.net.URI;

/**
 * Where spans go.
 *
 * @param endpoint of OTLP over HTTP, as {@code http://collector:4318/v1/traces}; empty for no spans
 * @param sharePercent of the calls whose callers do not say whether they are traced
 * @param serviceName of the spans
 */
public record TracingSettings(String endpoint, double sharePercent, String serviceName) {
    public static final TracingSettings OFF = new TracingSettings("", 1, "dhara-serving");

    public TracingSettings {
        requireNonNull(endpoint, "endpoint is null");
        requireNonNull(serviceName, "serviceName is null");
        if (!endpoint.isEmpty() && !isHttp(endpoint)) {
            throw new IllegalArgumentException(
                    "serving.tracing.endpoint must be an http or https URL: got " + endpoint);
        }
        if (!(sharePercent >= 0 && sharePercent <= 100)) {
            throw new IllegalArgumentException(
                    "serving.tracing.share-percent must be 0..100: got " + sharePercent);
        }
    }

    private static boolean isHttp(String endpoint) {
        String scheme = URI.create(endpoint).getScheme();
        return "http".equals(scheme) || "https".equals(scheme);
    }

    /** Reads {@code serving.tracing.*}. */
    public static TracingSettings from(Settings settings) {
        return new TracingSettings(
                settings.string("serving.tracing.endpoint", OFF.endpoint),
                settings.decimal("serving.tracing.share-percent", OFF.sharePercent),
                settings.string("serving.tracing.service-name", OFF.serviceName));
    }
}
