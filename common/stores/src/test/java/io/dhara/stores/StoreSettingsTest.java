package io.dhara.stores;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dhara.core.config.ConfigException;
import io.dhara.core.config.Settings;
import io.dhara.stores.redis.RedisConfig;
import io.dhara.stores.scylla.ScyllaConfig;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StoreSettingsTest {

    @Test
    void read_onlyWhatIsNeeded_takesTheDefaults() {
        Settings settings =
                Settings.parse(
                        Map.of(
                                "stores.scylla.1.contact-points", "a:9042,b:9042",
                                "stores.scylla.1.datacenter", "dc1",
                                "stores.scylla.1.keyspace", "features",
                                "stores.redis.2.hosts", "c:6379"));

        StoreConnections connections = StoreSettings.read(settings);
        settings.finish();

        List<Endpoint> nodes = List.of(new Endpoint("a", 9042), new Endpoint("b", 9042));
        assertThat(connections)
                .isEqualTo(
                        StoreConnections.of(
                                1,
                                ScyllaConfig.of(nodes, "dc1", "features"),
                                2,
                                RedisConfig.standalone(new Endpoint("c", 6379))));
    }

    @Test
    void read_everyKey_reachesItsComponent() {
        Map<String, String> given = new LinkedHashMap<>();
        given.put("stores.scylla.7.contact-points", "a:9042");
        given.put("stores.scylla.7.datacenter", "dc1");
        given.put("stores.scylla.7.keyspace", "ks");
        given.put("stores.scylla.7.username", "u");
        given.put("stores.scylla.7.password", "p");
        given.put("stores.scylla.7.consistency", "ONE");
        given.put("stores.scylla.7.request-timeout", "1 s");
        given.put("stores.scylla.7.connect-timeout", "3 s");
        given.put("stores.scylla.7.reconnect-delay", "4 s");
        given.put("stores.scylla.7.connections-per-node", "5");
        given.put("stores.scylla.7.io-threads", "6");
        given.put("stores.scylla.7.max-in-flight", "7");
        given.put("stores.scylla.7.max-queued", "8");
        given.put("stores.scylla.7.batch-size", "9 b");
        given.put("stores.redis.8.mode", "sentinel");
        given.put("stores.redis.8.hosts", "s1:26379,s2:26379");
        given.put("stores.redis.8.master-name", "m");
        given.put("stores.redis.8.username", "ru");
        given.put("stores.redis.8.password", "rp");
        given.put("stores.redis.8.database", "3");
        given.put("stores.redis.8.tls", "true");
        given.put("stores.redis.8.connect-timeout", "11 s");
        given.put("stores.redis.8.request-timeout", "12 s");
        given.put("stores.redis.8.io-threads", "13");
        given.put("stores.redis.8.max-queued-reads", "14");
        given.put("stores.redis.8.pipeline-keys", "15");
        given.put("stores.redis.8.max-queued-writes", "17");
        Settings settings = Settings.parse(given);

        StoreConnections connections = StoreSettings.read(settings);
        settings.finish();

        assertThat(connections.scylla().get(7))
                .isEqualTo(
                        new ScyllaConfig(
                                List.of(new Endpoint("a", 9042)),
                                "dc1",
                                "ks",
                                "u",
                                "p",
                                "ONE",
                                Duration.ofSeconds(1),
                                Duration.ofSeconds(3),
                                Duration.ofSeconds(4),
                                5,
                                6,
                                7,
                                8,
                                9));
        assertThat(connections.redis().get(8))
                .isEqualTo(
                        new RedisConfig(
                                RedisConfig.Mode.SENTINEL,
                                List.of(new Endpoint("s1", 26379), new Endpoint("s2", 26379)),
                                "m",
                                "ru",
                                "rp",
                                3,
                                true,
                                Duration.ofSeconds(11),
                                Duration.ofSeconds(12),
                                13,
                                14,
                                15,
                                17));
        assertThat(settings.effective().toString()).doesNotContain("=p,", "=rp,");
    }

    @Test
    void read_manyMistakes_reportsAllAtOnce() {
        Settings settings =
                Settings.parse(
                        Map.of(
                                "stores.scylla.x.keyspace", "ks",
                                "stores.scylla.2.contact-points", "no-port",
                                "stores.redis.1.hosts", "a:1,b:2",
                                "stores.redis.3.hots", "a:1"));

        StoreSettings.read(settings);

        assertThatThrownBy(settings::finish)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("stores.scylla.x must name a conf-id")
                .hasMessageContaining("no-port")
                .hasMessageContaining("standalone Redis must be one")
                .hasMessageContaining("stores.redis.3.hosts must be given")
                .hasMessageContaining("stores.redis.3.hots is not a known setting");
    }

    @Test
    void read_oneConfIdForBothKinds_isRefused() {
        Settings settings =
                Settings.parse(
                        Map.of(
                                "stores.scylla.1.contact-points", "a:9042",
                                "stores.scylla.1.datacenter", "dc1",
                                "stores.scylla.1.keyspace", "ks",
                                "stores.redis.1.hosts", "a:1"));

        StoreSettings.read(settings);

        assertThatThrownBy(settings::finish).hasMessageContaining("name both a Scylla and a Redis");
    }
}
