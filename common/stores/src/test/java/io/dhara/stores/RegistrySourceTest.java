package io.dhara.stores;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dhara.core.config.ConfigException;
import io.dhara.core.config.Settings;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RegistrySourceTest {
    private static RegistrySource read(Map<String, String> given) {
        Settings settings = Settings.parse(given);
        RegistrySource source = RegistrySource.from(settings);
        settings.finish();
        return source;
    }

    @Test
    void from_folder_isReadAtItsInterval() {
        assertThat(read(Map.of("registry.folder", "f", "registry.interval", "2 s")))
                .isEqualTo(new RegistrySource.Folder("f", Duration.ofSeconds(2)));
    }

    @Test
    void from_etcdEndpoints_isEtcd() {
        assertThat(read(Map.of("registry.etcd.endpoints", "http://a:1", "registry.etcd.app", "x")))
                .isInstanceOfSatisfying(
                        RegistrySource.Etcd.class,
                        etcd -> {
                            assertThat(etcd.config().endpoints()).containsExactly("http://a:1");
                            assertThat(etcd.config().base()).isEqualTo("/config/x");
                        });
    }

    @Test
    void from_neitherOrBoth_isRefused() {
        assertThatThrownBy(() -> read(Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("got neither");
        assertThatThrownBy(
                        () ->
                                read(
                                        Map.of(
                                                "registry.folder",
                                                "f",
                                                "registry.etcd.endpoints",
                                                "http://a:1")))
                .hasMessageContaining("got both");
    }

    @Test
    void from_endpointWithoutScheme_namesTheArea() {
        assertThatThrownBy(() -> read(Map.of("registry.etcd.endpoints", "a")))
                .hasMessageContaining("registry.etcd")
                .hasMessageContaining("http://");
    }
}
