package io.dhara.graph.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dhara.core.config.ConfigException;
import io.dhara.core.config.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GraphSourceTest {
    private static final String PREFIX = "inferflow.graphs.";

    @Test
    void nothingGiven_isNoGraphs() {
        GraphSource source = from(Map.of());

        assertThat(source).isEqualTo(new GraphSource.None());
        assertThat(source.open(new FixedSchemas(Schemas.shop())).plans()).isEmpty();
    }

    @Test
    void folder_everyKeyIsMapped() {
        GraphSource source =
                from(
                        Map.of(
                                PREFIX + "folder", "/graphs",
                                PREFIX + "interval", "2 s",
                                PREFIX + "max-columns", "10",
                                PREFIX + "max-nodes", "11",
                                PREFIX + "max-key-parts", "12",
                                PREFIX + "max-expression-chars", "13"));

        assertThat(source)
                .isEqualTo(
                        new GraphSource.Folder(
                                Path.of("/graphs"),
                                Duration.ofSeconds(2),
                                new GraphLimits(10, 11, 12, 13)));
    }

    @Test
    void etcd_isReadBelowTheApplication() {
        GraphSource.Etcd source =
                (GraphSource.Etcd)
                        from(
                                Map.of(
                                        PREFIX + "etcd.endpoints",
                                        "http://a:2379",
                                        "inferflow.app-name",
                                        "ranking"));

        assertThat(source.config().base())
                .isEqualTo("/config/inferflow/services/ranking/model-config");
        assertThat(source.limits()).isEqualTo(GraphLimits.DEFAULT);
    }

    @Test
    void whatContradictsOrIsOfNoUse_failsTheStart() {
        Map<String, String> given = new HashMap<>();
        given.put(PREFIX + "folder", "/graphs");
        given.put(PREFIX + "etcd.endpoints", "http://a:2379");
        given.put(PREFIX + "etcd.app", "onfs");
        given.put(PREFIX + "etcd.last-good-file", "/tmp/x");

        assertThatThrownBy(() -> from(given))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("got both")
                .hasMessageContaining("inferflow.app-name")
                .hasMessageContaining("not kept on disk");
    }

    private static GraphSource from(Map<String, String> given) {
        Settings settings = Settings.parse(given);
        GraphSource source = GraphSource.from(settings);
        settings.finish();
        return source;
    }
}
