package io.dhara.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.flink.testkit.JobProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The job's process is killed (-9) at a random point under load and continues from its newest
 * checkpoint: the stores must equal the oracle, and still do so after all other kills.
 */
class KillITCase {
    /** More for a longer search: {@code -Dtest.argLine="... -Ddhara.kill.seeds=200"}. */
    private static final int SEEDS = Integer.getInteger("dhara.kill.seeds", 20);

    private static final int MESSAGES = 300;
    private static final Duration WITHIN = Duration.ofSeconds(60);

    @Test
    void b37_killedAtRandomPoints_storesEqualTheOracle(@TempDir Path folder) throws Exception {
        try (IngestBed bed = IngestBed.open(IngestBed.Servers.shared(), folder)) {
            Load[] loads = new Load[SEEDS];
            Map<String, String> settings = new HashMap<>(bed.settings());
            // Long enough that a kill finds writes which are held and in no checkpoint.
            settings.put("ingest.flush-interval", "150 ms");
            JobProcess process = IngestProcess.start(folder, settings, 2);
            try {
                for (int seed = 0; seed < SEEDS; seed++) {
                    Random random = new Random(seed);
                    loads[seed] = new Load(bed, "s" + seed + "-", 40, seed);
                    List<ProducerRecord<byte[], byte[]>> records = loads[seed].next(MESSAGES);
                    int killAfter = random.nextInt(records.size());
                    bed.sendAll(records.subList(0, killAfter));
                    long pauseMillis = random.nextInt(600);
                    records.subList(killAfter, records.size()).forEach(bed::send);
                    Awaitility.await().pollDelay(Duration.ofMillis(pauseMillis)).until(() -> true);
                    process.kill();
                    process = IngestProcess.start(folder, settings, 2);
                    Load load = loads[seed];
                    Awaitility.await("seed " + seed)
                            .atMost(WITHIN)
                            .pollInterval(Duration.ofMillis(100))
                            .untilAsserted(() -> assertThat(load.differences()).isEmpty());
                }
                for (Load load : loads) {
                    assertThat(load.differences()).isEmpty();
                }
                assertThat(process.isAlive()).isTrue();
            } finally {
                process.close();
            }
        }
    }
}
