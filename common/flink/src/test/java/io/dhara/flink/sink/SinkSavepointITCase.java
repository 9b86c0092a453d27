package io.dhara.flink.sink;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.model.StoreConfig;
import io.dhara.embedded.EmbeddedKafka;
import io.dhara.embedded.EmbeddedRedis;
import io.dhara.embedded.SharedServers;
import io.dhara.flink.source.RawRecord;
import io.dhara.flink.source.RawRecordDeserializer;
import io.dhara.stores.Endpoint;
import io.dhara.stores.StoreConnections;
import io.dhara.stores.read.FeatureStoreReader;
import io.dhara.stores.read.FeatureStoreReaders;
import io.dhara.stores.read.StoredRow;
import io.dhara.stores.redis.RedisConfig;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.sink.writer.ElementConverter;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.core.execution.CheckpointType;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * While the store is away, with rows in backoff: a checkpoint passes, the job stops with a
 * savepoint, and the job restored from it, its records not read again, writes every row once the
 * store is back.
 */
final class SinkSavepointITCase {
    private static final int ROWS = 300;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final AtomicLong TAKEN = new AtomicLong();

    private static final class Converter implements ElementConverter<RawRecord, PendingWrite> {
        private static final long serialVersionUID = 1L;

        @Override
        public PendingWrite apply(RawRecord record, SinkWriter.Context context) {
            TAKEN.incrementAndGet();
            long number = Long.parseLong(new String(record.value(), StandardCharsets.US_ASCII));
            return TestStores.write(number, number);
        }
    }

    @Test
    void storeAway_checkpointAndSavepointPass_restoreWritesEveryRow(@TempDir Path dir)
            throws Exception {
        TAKEN.set(0);
        String topic = "savepoint-" + UUID.randomUUID();
        EmbeddedKafka kafka = SharedServers.kafka();
        kafka.createTopic(topic, 1);
        try (EmbeddedRedis server = EmbeddedRedis.start(dir.resolve("redis"));
                MiniCluster cluster = cluster(dir)) {
            RedisConfig redis = RedisConfig.standalone(new Endpoint("127.0.0.1", server.port()));
            StoreConnections connections =
                    new StoreConnections(Map.of(), Map.of(TestStores.CONF_ID, redis));
            server.kill();
            cluster.start();
            produce(kafka, topic);

            JobClient first = submit(cluster, kafka, topic, connections, "");
            Awaitility.await().atMost(PATIENCE).until(() -> TAKEN.get() == ROWS);
            cluster.triggerCheckpoint(first.getJobID(), CheckpointType.FULL)
                    .get(30, TimeUnit.SECONDS);
            String savepoint =
                    first.stopWithSavepoint(
                                    false,
                                    dir.resolve("savepoints").toUri().toString(),
                                    SavepointFormatType.CANONICAL)
                            .get(30, TimeUnit.SECONDS);
            awaitEnd(cluster, first.getJobID());

            JobClient second = submit(cluster, kafka, topic, connections, savepoint);
            server.start();
            assertAllStored(connections);
            assertThat(TAKEN.get()).as("records read").isEqualTo(ROWS);
            second.cancel().get(30, TimeUnit.SECONDS);
            awaitEnd(cluster, second.getJobID());
        }
    }

    private static void awaitEnd(MiniCluster cluster, JobID job) {
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> cluster.getJobStatus(job).get().isGloballyTerminalState());
        assertThat(cluster.getJobStatus(job).join()).isIn(JobStatus.FINISHED, JobStatus.CANCELED);
    }

    private static MiniCluster cluster(Path dir) {
        Configuration conf = new Configuration();
        conf.setString("rest.bind-port", "0");
        conf.setString("taskmanager.memory.network.min", "32m");
        conf.setString("taskmanager.memory.network.max", "32m");
        conf.setString("taskmanager.memory.managed.size", "16m");
        conf.setString("io.tmp.dirs", dir.resolve("tmp").toString());
        return new MiniCluster(
                new MiniClusterConfiguration.Builder()
                        .setConfiguration(conf)
                        .setNumTaskManagers(1)
                        .setNumSlotsPerTaskManager(2)
                        .build());
    }

    private static JobClient submit(
            MiniCluster cluster,
            EmbeddedKafka kafka,
            String topic,
            StoreConnections connections,
            String savepoint)
            throws Exception {
        Configuration conf = new Configuration();
        conf.setString("execution.target", "remote");
        conf.setString("rest.address", cluster.getRestAddress().get().getHost());
        conf.setString("rest.port", "" + cluster.getRestAddress().get().getPort());
        conf.setString("restart-strategy.type", "none");
        conf.setString("pipeline.generic-types", "false");
        conf.setString("pipeline.auto-generate-uids", "false");
        conf.setString("pipeline.object-reuse", "true");
        conf.setString("parallelism.default", "1");
        if (!savepoint.isEmpty()) {
            conf.setString("execution.state-recovery.path", savepoint);
        }
        StreamExecutionEnvironment env = new StreamExecutionEnvironment(conf);
        KafkaSource<RawRecord> source =
                KafkaSource.<RawRecord>builder()
                        .setBootstrapServers(kafka.bootstrapServers())
                        .setTopics(topic)
                        .setGroupId(topic)
                        .setStartingOffsets(OffsetsInitializer.earliest())
                        .setDeserializer(new RawRecordDeserializer())
                        .build();
        FeatureStoreSink<RawRecord> sink =
                RedisSink.<RawRecord>builder(connections)
                        .setConverter(new Converter())
                        .setRegistry(new TestStores.Registry(StoreConfig.Kind.REDIS))
                        .build();
        env.fromSource(source, WatermarkStrategy.noWatermarks(), "records")
                .uid("source-records")
                .sinkTo(sink)
                .uid("sink-blocks");
        return env.executeAsync("savepoint");
    }

    private static void produce(EmbeddedKafka kafka, String topic) {
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(
                        Map.of("bootstrap.servers", kafka.bootstrapServers()),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            for (int i = 0; i < ROWS; i++) {
                byte[] value = Integer.toString(i).getBytes(StandardCharsets.US_ASCII);
                producer.send(new ProducerRecord<>(topic, value));
            }
        }
    }

    private static void assertAllStored(StoreConnections connections) {
        try (FeatureStoreReader reader = FeatureStoreReaders.open(connections)) {
            Awaitility.await()
                    .atMost(PATIENCE)
                    .untilAsserted(
                            () -> {
                                List<StoredRow> rows =
                                        TestStores.read(
                                                reader,
                                                TestStores.snapshot(StoreConfig.Kind.REDIS),
                                                LongStream.range(0, ROWS)
                                                        .mapToObj(TestStores::user)
                                                        .toList());
                                for (int i = 0; i < ROWS; i++) {
                                    assertThat(rows.get(i).failure()).isNull();
                                    assertThat(rows.get(i).blocks().get(0).block())
                                            .isEqualTo(TestStores.block(i));
                                }
                            });
        }
    }
}
