package io.dhara.stores.interaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dhara.core.config.ConfigException;
import io.dhara.core.config.Settings;
import io.dhara.stores.StoreConnections;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TierStoresTest {
    private static final Map<String, String> ONE_EACH =
            Map.of(
                    "stores.redis.2.hosts", "r2:6379",
                    "stores.scylla.1.contact-points", "s1:9042",
                    "stores.scylla.1.datacenter", "dc",
                    "stores.scylla.1.keyspace", "k1");

    private static TierStores read(Map<String, String> given) {
        Settings settings = Settings.parse(given);
        TierStores tiers = TierStores.from(settings, StoreConnections.from(settings));
        settings.finish();
        return tiers;
    }

    private static Map<String, String> oneEachAnd(String... more) {
        Map<String, String> given = new HashMap<>(ONE_EACH);
        for (int i = 0; i < more.length; i += 2) {
            given.put(more[i], more[i + 1]);
        }
        return given;
    }

    @Test
    void oneOfEachKind_needsNoNaming() {
        TierStores tiers = read(ONE_EACH);
        assertThat(tiers.hotConfId()).isEqualTo(2);
        assertThat(tiers.cold().keyspace()).isEqualTo("k1");
    }

    @Test
    void severalOfAKind_needNaming() {
        Map<String, String> given = oneEachAnd("stores.redis.3.hosts", "r3:6379");
        assertThatThrownBy(() -> read(given))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("interactions.hot.store")
                .hasMessageContaining("[2, 3]");
        given.put("interactions.hot.store", "3");
        assertThat(read(given).hot().hosts().get(0).host()).isEqualTo("r3");
    }

    @Test
    void unknownConfId_isRefused_namingThoseThereAre() {
        assertThatThrownBy(() -> read(oneEachAnd("interactions.cold.store", "2")))
                .hasMessageContaining("interactions.cold.store")
                .hasMessageContaining("[1]: got 2");
    }

    @Test
    void noneOfAKind_isRefused() {
        assertThatThrownBy(() -> read(Map.of()))
                .hasMessageContaining("interactions.hot.store")
                .hasMessageContaining("interactions.cold.store")
                .hasMessageContaining("there are []");
    }
}
