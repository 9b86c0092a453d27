package io.dhara.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.config.Settings;
import io.dhara.flink.testkit.TestCluster;
import io.dhara.stores.read.StoredBlock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The order and the number of times in which messages come do not show in the stores. */
class PermutationITCase {
    private static final Duration WITHIN = Duration.ofSeconds(60);
    private static final int ORDERS = 4;

    @Test
    void anyOrderAndDuplication_leaveTheSameBytes(@TempDir Path folder) throws Exception {
        try (IngestBed bed = IngestBed.open(IngestBed.Servers.shared(), folder);
                TestCluster cluster = TestCluster.start(folder.resolve("checkpoints"))) {
            JobClient job = FeatureIngestJob.submit(cluster.environment(2), bed.config());
            List<Load> loads = new ArrayList<>();
            for (int order = 0; order < ORDERS; order++) {
                Load load = new Load(bed, "o" + order + "-", 30, 11);
                loads.add(load);
                Random random = new Random(order);
                List<ProducerRecord<byte[], byte[]>> records = load.next(250);
                for (int i = records.size() / 2; i > 0; i--) {
                    records.add(records.get(random.nextInt(records.size())));
                }
                Collections.shuffle(records, random);
                bed.sendAll(records);
            }
            awaitAll(loads);
            stop(job, folder);
            Map<String, String> first = contents(bed, loads);

            // All of it once more, from the beginning, with other parallelism.
            Map<String, String> settings = new HashMap<>(bed.settings());
            settings.put("kafka.group-id", bed.entity() + "-again");
            settings.put("kafka.starting-offsets", "earliest");
            job =
                    FeatureIngestJob.submit(
                            cluster.environment(3),
                            FeatureIngestConfig.from(Settings.parse(settings)));
            Load marker = new Load(bed, "m-", 5, 1);
            bed.sendAll(marker.next(30));
            awaitAll(List.of(marker));
            stop(job, folder);
            assertThat(contents(bed, loads)).isEqualTo(first);
        }
    }

    private static void awaitAll(List<Load> loads) {
        Awaitility.await()
                .atMost(WITHIN)
                .pollInterval(Duration.ofMillis(300))
                .untilAsserted(
                        () -> {
                            for (Load load : loads) {
                                assertThat(load.differences()).isEmpty();
                            }
                        });
    }

    /** Ends the job after everything it has read was written. */
    private static void stop(JobClient job, Path folder) throws Exception {
        job.stopWithSavepoint(
                        true,
                        folder.resolve("savepoints").toUri().toString(),
                        SavepointFormatType.CANONICAL)
                .get();
    }

    /** Block and write time of every unit that the loads wrote. */
    private static Map<String, String> contents(IngestBed bed, List<Load> loads) {
        Map<String, String> contents = new TreeMap<>();
        for (String group : Load.GROUPS) {
            List<String> keys = loads.stream().flatMap(load -> load.keys(group).stream()).toList();
            for (Map.Entry<String, StoredBlock> entry : bed.stored(group, keys).entrySet()) {
                contents.put(
                        group + "/" + entry.getKey(),
                        entry.getValue().writeTimeMicros()
                                + " "
                                + Messages.hex(entry.getValue().block()));
            }
        }
        return contents;
    }
}
