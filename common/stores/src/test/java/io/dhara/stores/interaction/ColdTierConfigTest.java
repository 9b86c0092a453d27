package io.dhara.stores.interaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dhara.core.config.ConfigException;
import io.dhara.core.config.Settings;
import io.dhara.core.interaction.WeekSlots;
import io.dhara.stores.interaction.ColdTierConfig.OnCorruptBlock;
import io.dhara.stores.interaction.ColdTierConfig.ReadSlots;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ColdTierConfigTest {

    @Test
    void from_nothingGiven_isTheDefaults() {
        Settings settings = Settings.parse(Map.of());

        ColdTierConfig config = ColdTierConfig.from(settings);

        settings.finish();
        assertThat(config)
                .isEqualTo(
                        new ColdTierConfig(
                                WeekSlots.ISO_WEEK,
                                ReadSlots.CONFIGURED,
                                false,
                                Duration.ofDays(7),
                                OnCorruptBlock.HOLD));
        assertThat(config.functionsToRead()).containsExactly(WeekSlots.ISO_WEEK);
    }

    @Test
    void from_everyKey_isMapped() {
        Settings settings =
                Settings.parse(
                        Map.of(
                                "interactions.slots", "epoch-week",
                                "interactions.cold.read-slots", "both",
                                "interactions.cold.trust-counts", "true",
                                "interactions.cold.ttl-slack", "3 d",
                                "interactions.cold.on-corrupt-block", "replace"));

        ColdTierConfig config = ColdTierConfig.from(settings);

        settings.finish();
        assertThat(config)
                .isEqualTo(
                        new ColdTierConfig(
                                WeekSlots.EPOCH_WEEK,
                                ReadSlots.BOTH,
                                true,
                                Duration.ofDays(3),
                                OnCorruptBlock.REPLACE));
        assertThat(config.functionsToRead())
                .containsExactly(WeekSlots.ISO_WEEK, WeekSlots.EPOCH_WEEK);
    }

    @Test
    void i16_settingsThatMeanNothing_areRefusedTogether() {
        Settings settings =
                Settings.parse(
                        Map.of(
                                "interactions.cold.ttl-slack", "5000 d",
                                "interactions.cold.trust-count", "true",
                                "interactions.slots", "month"));

        ColdTierConfig.from(settings);

        assertThatThrownBy(settings::finish)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("interactions.cold.ttl-slack must be at most 3650 d")
                .hasMessageContaining("interactions.cold.trust-count is not a known setting")
                .hasMessageContaining("interactions.slots must be one of [iso-week, epoch-week]");
    }
}
