package io.dhara.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.apache.flink.core.execution.JobClient;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole path: Kafka in, both stores, dead letters and invalidations out. */
class IngestPathITCase {
    private static final Duration WITHIN = Duration.ofSeconds(40);

    @TempDir private Path folder;

    private IngestBed bed;
    private TestCluster cluster;

    @BeforeEach
    void start() throws Exception {
        bed = IngestBed.open(IngestBed.Servers.shared(), folder);
        cluster = TestCluster.start(folder.resolve("checkpoints"));
    }

    @AfterEach
    void stop() throws Exception {
        cluster.close();
        bed.close();
    }

    @Test
    void load_reachesBothStores() throws Exception {
        JobClient job = cluster.submit(bed.config(), 2);
        Load load = new Load(bed, "k", 50, 7);
        bed.sendAll(load.next(500));
        Awaitility.await()
                .atMost(WITHIN)
                .untilAsserted(() -> assertThat(load.differences()).isEmpty());
        job.cancel().get();
    }
}
