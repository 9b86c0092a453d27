package io.dhara.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.HighAvailabilityOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Flink ignores unknown keys without a word; this test does not. */
class FlinkConfTest {
    private static KnownOptions known;
    private static List<String> allowedPrefixes;

    @BeforeAll
    static void collectOptions() throws IOException {
        known = KnownOptions.ofClassPath();
        allowedPrefixes =
                Files.readAllLines(Project.FLINK_CONF.resolve("allowed-prefixes.txt")).stream()
                        .filter(line -> !line.startsWith("#") && !line.isBlank())
                        .toList();
    }

    @Test
    void options_ofTheClassPath_areFound() {
        assertThat(known.size()).as("unreadable: %s", known.unreadable()).isGreaterThan(500);
    }

    static Stream<Arguments> profilesAndJobs() {
        return Project.JOBS.stream()
                .flatMap(job -> Stream.of(arguments("dev", job), arguments("prod", job)));
    }

    @ParameterizedTest
    @MethodSource("profilesAndJobs")
    void everyKey_ofEveryProfile_isAKnownOptionThatParses(String profile, String job)
            throws IOException {
        assertThat(problems(FlinkConf.merged(profile, job))).isEmpty();
    }

    @Test
    void plantedFaults_areFound() {
        Configuration faulty = new Configuration();
        faulty.setString("execution.checkpointing.intervall", "10 s");
        faulty.setString("state.checkpoints.num-retained", "3");
        faulty.setString("heartbeat.timeout", "soon");

        assertThat(problems(faulty))
                .anyMatch(p -> p.contains("execution.checkpointing.intervall: unknown"))
                .anyMatch(p -> p.contains("renamed to execution.checkpointing.num-retained"))
                .anyMatch(p -> p.contains("heartbeat.timeout") && p.contains("soon"));
    }

    @Test
    void platform_forbidsGeneratedUidsAndKryo() {
        Configuration platform = FlinkConf.platform();
        assertThat(platform.get(PipelineOptions.AUTO_GENERATE_UIDS)).isFalse();
        assertThat(platform.get(PipelineOptions.GENERIC_TYPES)).isFalse();
    }

    @ParameterizedTest
    @MethodSource("profilesAndJobs")
    void crossFieldRules_hold(String profile, String job) throws IOException {
        Configuration merged = FlinkConf.merged(profile, job);
        Duration interval = merged.get(CheckpointingOptions.CHECKPOINTING_INTERVAL);
        assertThat(merged.get(CheckpointingOptions.CHECKPOINTING_TIMEOUT)).isGreaterThan(interval);
        assertThat(merged.get(CheckpointingOptions.MIN_PAUSE_BETWEEN_CHECKPOINTS))
                .isLessThan(interval);
        assertThat(
                        List.of(
                                merged.get(CheckpointingOptions.CHECKPOINTS_DIRECTORY),
                                merged.get(CheckpointingOptions.SAVEPOINT_DIRECTORY),
                                merged.get(HighAvailabilityOptions.HA_STORAGE_PATH)))
                .doesNotHaveDuplicates()
                .allMatch(dir -> dir.contains("/" + job + "/"), "a prefix of its own");
    }

    private static List<String> problems(Configuration configuration) {
        List<String> problems = new ArrayList<>();
        for (Map.Entry<String, String> entry : FlinkConf.asMap(configuration).entrySet()) {
            String key = entry.getKey();
            ConfigOption<?> option = known.option(key);
            String newName = known.newNameOf(key);
            if (newName != null) {
                problems.add(key + ": renamed to " + newName);
            } else if (option != null) {
                try {
                    configuration.get(option);
                } catch (IllegalArgumentException e) {
                    problems.add(
                            key
                                    + ": does not take the value "
                                    + entry.getValue()
                                    + " ("
                                    + e.getMessage()
                                    + ")");
                }
            } else if (allowedPrefixes.stream().noneMatch(key::startsWith)) {
                problems.add(
                        key + ": unknown to Flink 2.2 and under no prefix of allowed-prefixes.txt");
            }
        }
        return problems;
    }
}
