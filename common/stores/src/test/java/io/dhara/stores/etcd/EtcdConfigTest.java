package io.dhara.stores.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dhara.core.config.Settings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class EtcdConfigTest {

    @Test
    void from_nothingGiven_isTheDefaults() {
        Settings settings = Settings.parse(Map.of());

        EtcdConfig config = EtcdConfig.from(settings, "registry.etcd");

        settings.finish();
        assertThat(config)
                .isEqualTo(
                        new EtcdConfig(
                                List.of("http://127.0.0.1:2379"),
                                "onfs",
                                "",
                                "",
                                Duration.ofMillis(500),
                                Duration.ofSeconds(5),
                                Duration.ofMinutes(1),
                                Duration.ofSeconds(5),
                                Duration.ofSeconds(2),
                                Duration.ofSeconds(10),
                                ""));
    }

    @Test
    void from_everyKey_isMapped() {
        Map<String, String> given = new TreeMap<>();
        given.put("r.endpoints", "https://a:1,https://b:2");
        given.put("r.app", "features");
        given.put("r.username", "u");
        given.put("r.password", "p");
        given.put("r.settle", "1 s");
        given.put("r.max-settle", "2 s");
        given.put("r.resync", "3 s");
        given.put("r.request-timeout", "4 s");
        given.put("r.connect-timeout", "6 s");
        given.put("r.max-backoff", "7 s");
        given.put("r.last-good-file", "/tmp/x.json");
        Settings settings = Settings.parse(given);

        EtcdConfig config = EtcdConfig.from(settings, "r");

        settings.finish();
        assertThat(config)
                .isEqualTo(
                        new EtcdConfig(
                                List.of("https://a:1", "https://b:2"),
                                "features",
                                "u",
                                "p",
                                Duration.ofSeconds(1),
                                Duration.ofSeconds(2),
                                Duration.ofSeconds(3),
                                Duration.ofSeconds(4),
                                Duration.ofSeconds(6),
                                Duration.ofSeconds(7),
                                "/tmp/x.json"));
        assertThat(config.base()).isEqualTo("/config/features");
        assertThat(config.isTls()).isTrue();
        assertThat(settings.effective()).containsEntry("r.password", "(hidden)");
        assertThat(config.toString()).isEqualTo("etcd [https://a:1, https://b:2] /config/features");
    }

    @Test
    void endpoints_mixedOrWithoutScheme_areRefused() {
        assertThatThrownBy(() -> EtcdConfig.of(List.of("http://a:1", "https://b:2"), ""))
                .hasMessageContaining("all http or all https");
        assertThatThrownBy(() -> EtcdConfig.of(List.of("a:1"), ""))
                .hasMessageContaining("must start with http:// or https://: got a:1");
        assertThatThrownBy(() -> EtcdConfig.of(List.of(), ""))
                .hasMessageContaining("endpoints of etcd is empty");
    }
}
