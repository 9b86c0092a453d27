package io.dhara.serving.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dhara.core.config.ConfigException;
import io.dhara.core.config.Settings;
import io.dhara.stores.Endpoint;
import io.dhara.stores.redis.RedisConfig;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DistributedCacheSettingsTest {
    private static final RedisConfig STORE = RedisConfig.standalone(new Endpoint("r", 6379));

    @Test
    void from_nothingGiven_hasNoConnections() {
        assertThat(DistributedCacheSettings.from(Settings.parse(Map.of()), List.of(STORE)))
                .isEqualTo(
                        new DistributedCacheSettings(
                                Map.of(),
                                "dhara-cache:",
                                Duration.ofMillis(10),
                                Duration.ofSeconds(2),
                                Duration.ofSeconds(60),
                                Duration.ofSeconds(10)));
    }

    @Test
    void from_everyKey_reachesItsField() {
        Settings settings =
                Settings.parse(
                        Map.of(
                                "serving.distributed-cache.connections.7.hosts", "c:1",
                                "serving.distributed-cache.prefix", "p:",
                                "serving.distributed-cache.read-timeout", "1 ms",
                                "serving.distributed-cache.write-timeout", "2 ms",
                                "serving.distributed-cache.floor-life", "3 s",
                                "serving.distributed-cache.settle-time", "4 s"));

        assertThat(DistributedCacheSettings.from(settings, List.of(STORE)))
                .isEqualTo(
                        new DistributedCacheSettings(
                                Map.of(7, RedisConfig.standalone(new Endpoint("c", 1))),
                                "p:",
                                Duration.ofMillis(1),
                                Duration.ofMillis(2),
                                Duration.ofSeconds(3),
                                Duration.ofSeconds(4)));
        settings.finish();
    }

    @Test
    void b12_storesRedisWithoutPrefix_isRefused() {
        Map<String, String> given = new HashMap<>();
        given.put("serving.distributed-cache.connections.7.hosts", "r:6379");
        Settings apart = Settings.parse(given);
        DistributedCacheSettings.from(apart, List.of(STORE));
        apart.finish();
        given.put("serving.distributed-cache.prefix", "");
        Settings elsewhere = Settings.parse(given);
        DistributedCacheSettings.from(
                elsewhere, List.of(RedisConfig.standalone(new Endpoint("r", 6380))));
        elsewhere.finish();

        Settings shared = Settings.parse(given);
        DistributedCacheSettings.from(shared, List.of(STORE));

        assertThatThrownBy(shared::finish)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("serving.distributed-cache.prefix must not be empty")
                .hasMessageContaining("is also a feature store");
    }
}
