package io.dhara.serving.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dhara.core.config.ConfigException;
import io.dhara.core.config.Settings;
import io.dhara.serving.feature.FeatureReadSettings.CompatDefaults;
import io.dhara.serving.feature.FeatureReadSettings.CompatErrors;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FeatureReadSettingsTest {

    @Test
    void read_nothingGiven_isTheDefaults() {
        assertThat(FeatureReadSettings.read(Settings.parse(Map.of())))
                .isEqualTo(FeatureReadSettings.DEFAULTS)
                .isEqualTo(
                        new FeatureReadSettings(
                                10_000,
                                64 << 20,
                                Duration.ofMillis(5),
                                CompatErrors.HIDE,
                                CompatDefaults.ETCD,
                                256L << 20,
                                1_000));
    }

    @Test
    void read_everyKey_reachesItsField() {
        Settings settings =
                Settings.parse(
                        Map.of(
                                "serving.max-keys", "7",
                                "serving.max-response-size", "1 mb",
                                "serving.answer-reserve", "2 ms",
                                "serving.compat-errors", "fail",
                                "serving.compat-defaults", "stored",
                                "serving.cache-size", "3 mb",
                                "serving.max-plans", "9"));

        assertThat(FeatureReadSettings.read(settings))
                .isEqualTo(
                        new FeatureReadSettings(
                                7,
                                1 << 20,
                                Duration.ofMillis(2),
                                CompatErrors.FAIL,
                                CompatDefaults.STORED,
                                3L << 20,
                                9));
        settings.finish();
    }

    @Test
    void read_badValues_areAllReported() {
        Settings settings =
                Settings.parse(
                        Map.of(
                                "serving.max-keys", "0",
                                "serving.max-response-size", "4 gb",
                                "serving.compat-errors", "maybe"));
        FeatureReadSettings.read(settings);

        assertThatThrownBy(settings::finish)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("serving.max-keys")
                .hasMessageContaining("serving.max-response-size")
                .hasMessageContaining("serving.compat-errors");
    }
}
