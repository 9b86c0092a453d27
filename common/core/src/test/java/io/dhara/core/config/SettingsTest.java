package io.dhara.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {
    enum Mode {
        STAND_ALONE,
        CLUSTER
    }

    @TempDir Path folder;

    @Test
    void read_absentKeys_giveDefaults() {
        Settings settings = Settings.parse(Map.of());

        assertThat(settings.string("a.text", "x")).isEqualTo("x");
        assertThat(settings.integer("a.number", 7)).isEqualTo(7);
        assertThat(settings.bool("a.flag", true)).isTrue();
        assertThat(settings.duration("a.pause", Duration.ofMinutes(3))).hasMinutes(3);
        assertThat(settings.size("a.size", 65_536)).isEqualTo(65_536);
        assertThat(settings.decimal("a.share", 0.5)).isEqualTo(0.5);
        assertThat(settings.list("a.list", List.of("p", "q"))).containsExactly("p", "q");
        assertThat(settings.choice("a.mode", Mode.CLUSTER)).isEqualTo(Mode.CLUSTER);
        settings.finish();
        assertThat(settings.effective())
                .containsEntry("a.pause", "3 min")
                .containsEntry("a.size", "64 kb")
                .containsEntry("a.list", "p,q")
                .containsEntry("a.mode", "cluster");
    }

    @ParameterizedTest
    @CsvSource({
        "100 ms, 100000000",
        "100ms, 100000000",
        "1.5 s, 1500000000",
        "0, 0",
        "30 MIN, 1800000000000",
        "2 h, 7200000000000",
        "1 d, 86400000000000",
        "5 us, 5000"
    })
    void duration_withUnit_isRead(String text, long nanos) {
        Settings settings = Settings.parse(Map.of("k", text));

        assertThat(settings.duration("k", Duration.ofDays(9)).toNanos()).isEqualTo(nanos);
        settings.finish();
    }

    @ParameterizedTest
    @CsvSource({"64 kb, 65536", "1.5 mb, 1572864", "12 b, 12", "1 gb, 1073741824"})
    void size_withUnit_isRead(String text, long bytes) {
        Settings settings = Settings.parse(Map.of("k", text));

        assertThat(settings.size("k", 1)).isEqualTo(bytes);
        settings.finish();
    }

    @Test
    void finish_manyErrors_namesThemAllAndUnknownKeys() {
        Settings settings =
                Settings.parse(
                        Map.of(
                                "a.pause", "10",
                                "a.number", "ten",
                                "a.flag", "yes",
                                "a.mode", "cluster-ish",
                                "a.limit", "11",
                                "a.size", "64 kilo",
                                "a.flush_interval", "1 s"));
        settings.duration("a.pause", Duration.ZERO);
        settings.integer("a.number", 1);
        settings.bool("a.flag", false);
        settings.choice("a.mode", Mode.CLUSTER);
        settings.integer("a.limit", 1, 1, 10);
        settings.size("a.size", 1);
        settings.required("a.hosts");
        settings.duration("a.flush-interval", Duration.ofSeconds(1));

        ConfigException e = catchThrowableOfType(ConfigException.class, settings::finish);

        assertThat(e.problems())
                .containsExactly(
                        "a.pause must be a duration such as 100 ms, in one of"
                                + " ns, us, ms, s, min, h, d: got 10",
                        "a.number must be a whole number of 32 bits: got ten",
                        "a.flag must be true or false: got yes",
                        "a.mode must be one of [stand-alone, cluster]: got cluster-ish",
                        "a.limit must be 1..10: got 11",
                        "a.size must be a size such as 64 kb, in one of b, kb, mb, gb: got 64 kilo",
                        "a.hosts must be given",
                        "a.flush_interval is not a known setting; did you mean a.flush-interval?");
        assertThat(e).hasMessageContaining("a.pause").hasMessageContaining("a.hosts");
    }

    @Test
    void duration_beyond64Bits_isRefused() {
        Settings settings = Settings.parse(Map.of("k", "999999999999 d"));
        settings.duration("k", Duration.ZERO);

        assertThatThrownBy(settings::finish).hasMessageContaining("within 64 bits");
    }

    @Test
    void secret_effective_isHidden() {
        Settings settings = Settings.parse(Map.of("tls.password", "hunter2"));

        assertThat(settings.secret("tls.password", "")).isEqualTo("hunter2");
        assertThat(settings.effective().toString()).doesNotContain("hunter2");
    }

    @Test
    void ofYaml_nestedAndDotted_areTheSame() throws IOException {
        Path file =
                Files.writeString(
                        folder.resolve("s.yaml"),
                        """
                        # comment
                        ingest:
                          flush-interval: 100 ms
                          topics: [a, b]
                        kafka.bootstrap: h:9092
                        empty:
                        """);
        Settings settings = Settings.ofYaml(file).with(Map.of("kafka.bootstrap", "i:9092"));

        assertThat(settings.duration("ingest.flush-interval", Duration.ZERO)).hasMillis(100);
        assertThat(settings.list("ingest.topics", List.of())).containsExactly("a", "b");
        assertThat(settings.string("kafka.bootstrap", "")).isEqualTo("i:9092");
        assertThat(settings.string("empty", "x")).isEmpty();
        settings.finish();
    }

    @Test
    void ofYaml_keyGivenTwice_isRefusedWithLine() throws IOException {
        Path file = Files.writeString(folder.resolve("s.yaml"), "a: 1\nb: 2\na: 3\n");

        assertThatThrownBy(() -> Settings.ofYaml(file))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("line 3")
                .hasMessageContaining("'a'");
    }

    @Test
    void ofYaml_missingFile_namesIt() {
        assertThatThrownBy(() -> Settings.ofYaml(folder.resolve("none.yaml")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("none.yaml");
    }

    @Test
    void children_ofPrefix_areDistinctNames() {
        Settings settings =
                Settings.parse(Map.of("s.redis.2.hosts", "a", "s.redis.2.user", "b", "s.x", "c"));

        assertThat(settings.children("s.redis")).containsExactly("2");
        assertThat(settings.children("s")).containsExactly("redis", "x");
    }
}
