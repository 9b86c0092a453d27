package io.dhara.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.flink.testkit.JobProcess;
import io.dhara.flink.testkit.PackagedJob;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The job's one jar on a cluster that has nothing but Flink on its class path, loaded child-first
 * as in production: nothing is missing from it and nothing in it clashes.
 */
class PackagedJobITCase {
    private static final Duration WITHIN = Duration.ofSeconds(60);

    @Test
    void jar_runsOnABareCluster(@TempDir Path folder) throws Exception {
        try (IngestBed bed = IngestBed.open(IngestBed.Servers.shared(), folder);
                JobProcess process = PackagedJob.launch(folder, bed.settings())) {
            Load load = new Load(bed, "k", 20, 5);
            bed.sendAll(load.next(100));
            Awaitility.await()
                    .atMost(WITHIN)
                    .pollInterval(Duration.ofMillis(300))
                    .untilAsserted(() -> assertThat(load.differences()).isEmpty());
            assertThat(process.isAlive()).isTrue();
        }
    }
}
