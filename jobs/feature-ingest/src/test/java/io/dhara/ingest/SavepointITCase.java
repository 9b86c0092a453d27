package io.dhara.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.flink.testkit.TestCluster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.flink.core.execution.JobClient;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stopped with a savepoint under load and continued from it, wider and narrower. */
class SavepointITCase {
    private static final Duration WITHIN = Duration.ofSeconds(60);

    @Test
    void stoppedAndRestored_losesNothing(@TempDir Path folder) throws Exception {
        try (IngestBed bed = IngestBed.open(IngestBed.Servers.shared(), folder);
                TestCluster cluster = TestCluster.start(folder.resolve("checkpoints"))) {
            Load load = new Load(bed, "k", 80, 3);
            JobClient job = FeatureIngestJob.submit(cluster.environment(2), bed.config());
            bed.sendAll(load.next(20));
            awaitStored(load, "first start");
            List<Integer> parallelisms = List.of(3, 1, 2, 3, 1, 2);
            for (int round = 0; round < parallelisms.size(); round++) {
                int parallelism = parallelisms.get(round);
                List<ProducerRecord<byte[], byte[]>> records = load.next(1000);
                bed.sendAll(records.subList(0, 500));
                records.subList(500, records.size()).forEach(bed::send);
                String savepoint = cluster.stop(job, false, folder.resolve("savepoints"));
                bed.sendAll(load.next(100));
                job =
                        FeatureIngestJob.submit(
                                cluster.environment(parallelism, savepoint), bed.config());
                // New keys: nothing that was stored before can stand for them.
                Load marker = new Load(bed, "m" + round + "-", 5, round);
                bed.sendAll(marker.next(10));
                awaitStored(marker, "round " + round);
                awaitStored(load, "parallelism " + parallelism);
            }
            job.cancel().get();
        }
    }

    private static void awaitStored(Load load, String what) {
        Awaitility.await(what)
                .atMost(WITHIN)
                .pollInterval(Duration.ofMillis(300))
                .untilAsserted(() -> assertThat(load.differences()).isEmpty());
    }
}
