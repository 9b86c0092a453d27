package io.dhara.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.flink.testkit.JobProcess;
import io.dhara.flink.testkit.PackagedJob;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The job's one jar on a cluster that has nothing but Flink on its class path, loaded child-first
 * as in production: nothing is missing from it and nothing in it clashes.
 */
class PackagedJobITCase {
    private static final Duration WITHIN = Duration.ofSeconds(60);

    /** What a Flink distribution has, and what runs it in this test. */
    private static final Pattern CLUSTER =
            Pattern.compile(
                    "flink-(?!connector-kafka|connector-base|test|table|.*-tests).*\\.jar"
                            + "|(kryo|minlog|objenesis|reflectasm|javassist|snappy-java|lz4|log4j"
                            + "|slf4j|snakeyaml-engine|commons-)[-a-z0-9]*-?[0-9].*\\.jar"
                            + "|dhara-flink-testkit-.*\\.jar");

    @Test
    void jar_runsOnABareCluster(@TempDir Path folder) throws Exception {
        String classPath =
                Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                        .filter(e -> CLUSTER.matcher(Path.of(e).getFileName().toString()).matches())
                        .collect(Collectors.joining(File.pathSeparator));
        try (IngestBed bed = IngestBed.open(IngestBed.Servers.shared(), folder);
                JobProcess process =
                        JobProcess.launch(
                                folder,
                                classPath,
                                PackagedJob.class,
                                jobJar().toString(),
                                "--config",
                                JobProcess.writeSettings(folder, bed.settings()).toString())) {
            Load load = new Load(bed, "k", 20, 5);
            bed.sendAll(load.next(100));
            Awaitility.await()
                    .atMost(WITHIN)
                    .pollInterval(Duration.ofMillis(300))
                    .untilAsserted(() -> assertThat(load.differences()).isEmpty());
            assertThat(process.isAlive()).isTrue();
        }
    }

    private static Path jobJar() throws Exception {
        try (Stream<Path> files = Files.list(Path.of("target"))) {
            List<Path> jars = files.filter(file -> file.toString().endsWith("-job.jar")).toList();
            assertThat(jars).as("the job's jar, made by the package phase").hasSize(1);
            return jars.get(0);
        }
    }
}
