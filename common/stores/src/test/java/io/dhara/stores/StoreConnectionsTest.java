package io.dhara.stores;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dhara.core.config.ConfigException;
import io.dhara.core.config.Settings;
import io.dhara.stores.redis.RedisConfig;
import io.dhara.stores.scylla.ScyllaConfig;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class StoreConnectionsTest {
    private final Map<String, String> given =
            new HashMap<>(
                    Map.of(
                            "stores.scylla.1.contact-points", "a:9042, b:9042",
                            "stores.scylla.1.datacenter", "dc1",
                            "stores.scylla.1.keyspace", "onfs",
                            "stores.scylla.1.request-timeout", "3 s",
                            "stores.redis.3.hosts", "r:6379",
                            "stores.redis.3.password", "geheim"));

    @Test
    void from_settings_readsEveryConnection() {
        Settings settings = Settings.parse(given);
        StoreConnections connections = StoreConnections.from(settings);
        settings.finish();

        ScyllaConfig scylla = connections.scylla().get(1);
        assertThat(scylla.contactPoints())
                .containsExactly(new Endpoint("a", 9042), new Endpoint("b", 9042));
        assertThat(scylla.requestTimeout()).isEqualTo(Duration.ofSeconds(3));
        assertThat(scylla.consistency()).isEqualTo("LOCAL_QUORUM");
        RedisConfig redis = connections.redis().get(3);
        assertThat(redis.mode()).isEqualTo(RedisConfig.Mode.STANDALONE);
        assertThat(redis.password()).isEqualTo("geheim");
        assertThat(redis.toString() + settings.effective()).doesNotContain("geheim");
    }

    @Test
    void from_settingsWithFaults_namesThemTogether() {
        given.put("stores.redis.3.mode", "sentinel");
        given.put("stores.redis.4.hosts", "nowhere");
        given.put("stores.redis.x.hosts", "r:1");
        given.put("stores.redis.1.hosts", "r:1");
        given.put("stores.scylla.2.keyspace", "k");
        Settings settings = Settings.parse(given);
        StoreConnections.from(settings);

        assertThatThrownBy(settings::finish)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("stores.redis.3")
                .hasMessageContaining("master-name")
                .hasMessageContaining("nowhere")
                .hasMessageContaining("stores.redis.x")
                .hasMessageContaining("stores.redis.1")
                .hasMessageContaining("stores.scylla.2");
    }

    @Test
    void constructor_confIdOfBothKinds_isRefused() {
        ScyllaConfig scylla = ScyllaConfig.of(List.of(new Endpoint("a", 1)), "dc", "k");
        RedisConfig redis = RedisConfig.standalone(new Endpoint("r", 1));
        assertThatThrownBy(() -> StoreConnections.of(1, scylla, 1, redis))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[1]");
    }

    @Test
    void connections_serialized_comeBackEqual() throws Exception {
        StoreConnections connections = StoreConnections.from(Settings.parse(given));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(connections);
        }
        try (ObjectInputStream in =
                new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertThat(in.readObject()).isEqualTo(connections);
        }
    }
}
