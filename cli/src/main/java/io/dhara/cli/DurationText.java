package io.dhara.cli;

import io.dhara.core.config.Settings;
import java.time.Duration;
import java.util.Map;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a duration as settings files have it: {@code 5s}, {@code 500 ms}, {@code 30min}. */
final class DurationText implements ITypeConverter<Duration> {
    private static final String KEY = "duration";

    @Override
    public Duration convert(String text) {
        Settings settings = Settings.parse(Map.of(KEY, text));
        Duration duration = settings.positiveDuration(KEY, Duration.ZERO);
        if (duration.isZero()) {
            throw new TypeConversionException(
                    "must be a duration such as 500ms, 5s or 30min: got " + text);
        }
        return duration;
    }
}
