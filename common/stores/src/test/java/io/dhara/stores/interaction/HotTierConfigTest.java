package io.dhara.stores.interaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dhara.core.config.ConfigException;
import io.dhara.core.config.Settings;
import io.dhara.stores.Endpoint;
import io.dhara.stores.interaction.HotTierConfig.KeyStyle;
import io.dhara.stores.interaction.HotTierConfig.Member;
import io.dhara.stores.redis.RedisConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class HotTierConfigTest {
    @Test
    void from_nothing_isTheDefaults() {
        assertThat(from(Map.of()))
                .isEqualTo(HotTierConfig.defaults())
                .isEqualTo(
                        new HotTierConfig(
                                KeyStyle.PLAIN,
                                Member.EVENT,
                                Duration.ofHours(24),
                                Duration.ofMillis(500)));
    }

    @Test
    void from_everySetting_isTaken() {
        assertThat(
                        from(
                                Map.of(
                                        "interactions.hot.key-style", "hash-tag",
                                        "interactions.hot.member", "product-id",
                                        "interactions.hot.ttl", "2 h",
                                        "interactions.hot.beacon-refresh", "1 s")))
                .isEqualTo(
                        new HotTierConfig(
                                KeyStyle.HASH_TAG,
                                Member.PRODUCT_ID,
                                Duration.ofHours(2),
                                Duration.ofSeconds(1)));
    }

    @Test
    void from_wrongWord_saysWhichThereAre() {
        assertThatThrownBy(() -> from(Map.of("interactions.hot.member", "product")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("interactions.hot.member")
                .hasMessageContaining("product-id");
    }

    @Test
    void requireFits_clusterAndPlainKeys_failsWithTheRemedy() {
        RedisConfig cluster =
                RedisConfig.of(
                        RedisConfig.Mode.CLUSTER, List.of(new Endpoint("127.0.0.1", 6379)), "");
        assertThatThrownBy(() -> HotTierConfig.defaults().requireFits(cluster))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("set interactions.hot.key-style to hash-tag");
        assertThatCode(
                        () ->
                                from(Map.of("interactions.hot.key-style", "hash-tag"))
                                        .requireFits(cluster))
                .doesNotThrowAnyException();
    }

    private static HotTierConfig from(Map<String, String> given) {
        Settings settings = Settings.parse(given);
        HotTierConfig config = HotTierConfig.from(settings);
        settings.finish();
        return config;
    }
}
