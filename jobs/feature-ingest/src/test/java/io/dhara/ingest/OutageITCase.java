package io.dhara.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.embedded.EmbeddedCassandra;
import io.dhara.embedded.EmbeddedKafka;
import io.dhara.embedded.EmbeddedRedis;
import io.dhara.flink.testkit.TestCluster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.core.execution.JobClient;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Redis and Cassandra are killed (-9), Kafka is stopped, and started again under load: no write
 * that was in Kafka is missing afterwards, nothing hangs, and the job never restarted.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OutageITCase {
    private static final Duration WITHIN = Duration.ofSeconds(60);

    private EmbeddedKafka kafka;
    private EmbeddedRedis redis;
    private EmbeddedCassandra cassandra;
    private IngestBed bed;
    private TestCluster cluster;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        kafka = EmbeddedKafka.start(folder.resolve("kafka"));
        redis = EmbeddedRedis.startPersistent(folder.resolve("redis"));
        cassandra = EmbeddedCassandra.start(folder.resolve("cassandra"));
        bed = IngestBed.open(new IngestBed.Servers(kafka, redis, cassandra), folder);
        cluster = TestCluster.start(folder.resolve("checkpoints"));
    }

    @AfterAll
    void stop() throws Exception {
        cluster.close();
        bed.close();
        cassandra.close();
        redis.close();
        kafka.close();
    }

    @Test
    void redis_killedUnderLoad_losesNothing() throws Exception {
        outages("r", 2, redis::kill, redis::start);
    }

    @Test
    void b1_cassandra_killedUnderLoad_losesNothing() throws Exception {
        outages("c", 2, cassandra::kill, cassandra::start);
    }

    @Test
    void b42_kafka_stoppedUnderLoad_losesNothing() throws Exception {
        outages("k", 1, kafka::stop, kafka::start);
    }

    private void outages(String prefix, int rounds, Runnable stop, Runnable start)
            throws Exception {
        JobClient job = FeatureIngestJob.submit(cluster.environment(2), bed.config());
        for (int round = 0; round < rounds; round++) {
            Random random = new Random(round);
            Load load = new Load(bed, prefix + round + "-", 60, round);
            bed.sendAll(load.next(200));
            Awaitility.await().pollDelay(Duration.ofMillis(random.nextInt(400))).until(() -> true);
            bed.sendAll(load.next(200));
            stop.run();
            if (kafka.isRunning()) {
                bed.sendAll(load.next(200));
            }
            Awaitility.await().pollDelay(Duration.ofMillis(1500)).until(() -> true);
            assertThat(job.getJobStatus().get()).isEqualTo(JobStatus.RUNNING);
            start.run();
            bed.sendAll(load.next(200));
            Awaitility.await(prefix + round)
                    .atMost(WITHIN)
                    .pollInterval(Duration.ofMillis(300))
                    .ignoreExceptions()
                    .untilAsserted(() -> assertThat(load.differences()).isEmpty());
        }
        assertThat(job.getJobStatus().get()).isEqualTo(JobStatus.RUNNING);
        job.cancel().get();
    }
}
