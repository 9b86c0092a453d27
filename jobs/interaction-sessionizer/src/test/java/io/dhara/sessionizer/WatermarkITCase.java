package io.dhara.sessionizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dhara.core.config.Settings;
import io.dhara.embedded.EmbeddedKafka;
import io.dhara.embedded.SharedServers;
import io.dhara.proto.v1.InteractionEvent;
import io.dhara.sessionizer.event.EventFormat;
import io.dhara.sessionizer.event.ReadRecord;
import io.dhara.sessionizer.event.UserEvent;
import io.dhara.sessionizer.operator.ReadFunction;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The event-time clock that three partitions, one of them empty, and a real broker make. */
class WatermarkITCase {
    private static final long START = System.currentTimeMillis() - 3_600_000;
    private static final long LATENESS = 1000;

    /** One more than there are partitions: one subtask of the source has nothing to read. */
    private static final int PARALLELISM = 4;

    private static final int AHEAD = 0;
    private static final int BEHIND = 1;

    private static final AtomicLong NEWEST = new AtomicLong();
    private static final AtomicLong WATERMARK = new AtomicLong();
    private static final AtomicBoolean IDLE = new AtomicBoolean();

    /** Notes what reaches an operator behind all partitions. */
    private static final class WatermarkRecorder extends AbstractStreamOperator<UserEvent>
            implements OneInputStreamOperator<UserEvent, UserEvent> {
        private static final long serialVersionUID = 1L;

        @Override
        public void processElement(StreamRecord<UserEvent> event) {
            NEWEST.accumulateAndGet(event.getTimestamp(), Math::max);
        }

        @Override
        public void processWatermark(Watermark mark) throws Exception {
            WATERMARK.set(mark.getTimestamp());
            super.processWatermark(mark);
        }

        @Override
        public void processWatermarkStatus(WatermarkStatus status) throws Exception {
            IDLE.set(status.isIdle());
            super.processWatermarkStatus(status);
        }
    }

    private final EmbeddedKafka kafka = SharedServers.kafka();
    private final String topic = "watermarks-" + UUID.randomUUID();
    private KafkaProducer<byte[], byte[]> producer;
    private JobClient job;

    @BeforeEach
    void start() throws Exception {
        NEWEST.set(Long.MIN_VALUE);
        WATERMARK.set(Long.MIN_VALUE);
        IDLE.set(false);
        kafka.createTopic(topic, 3);
        producer =
                new KafkaProducer<>(
                        Map.of(
                                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                                kafka.bootstrapServers(),
                                ProducerConfig.LINGER_MS_CONFIG,
                                0),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.createLocalEnvironment(PARALLELISM, new Configuration());
        InteractionSessionizerConfig config = config();
        env.fromSource(
                        Endpoints.events(
                                config, new EventSource("events", topic, EventFormat.EVENT)),
                        config.watermarks().strategy(),
                        "events",
                        ReadRecord.TYPE)
                .process(new ReadFunction(), UserEvent.TYPE)
                .keyBy(event -> "one", Types.STRING)
                .transform("record", UserEvent.TYPE, new WatermarkRecorder())
                .setParallelism(1);
        job = env.executeAsync("watermarks");
    }

    private InteractionSessionizerConfig config() {
        Map<String, String> given = new HashMap<>(InteractionSessionizerConfigTest.REQUIRED);
        given.put("kafka.bootstrap-servers", kafka.bootstrapServers());
        given.put("kafka.group-id", topic);
        given.put("interactions.lateness", LATENESS + " ms");
        given.put("interactions.idle-after", "3 s");
        return InteractionSessionizerConfig.from(Settings.parse(given));
    }

    @AfterEach
    void stop() throws Exception {
        producer.close();
        job.cancel().get();
    }

    private void send(int partition, long eventTimeMillis) {
        byte[] value =
                InteractionEvent.newBuilder()
                        .setUserId("u")
                        .setType("CLICK")
                        .setProductId(1)
                        .setEventTimeMs(eventTimeMillis)
                        .build()
                        .toByteArray();
        producer.send(new ProducerRecord<>(topic, partition, null, value));
    }

    @Test
    void watermark_followsTheSlowestPartition_untilItIsQuiet() {
        AtomicLong behind = new AtomicLong(START);
        long ahead = START + 600_000;
        // The others have sent nothing and are idle after a while.
        untilTrue(
                () -> {
                    send(BEHIND, behind.incrementAndGet());
                    return WATERMARK.get() > START - LATENESS;
                });
        // Both send: the slower one counts.
        untilTrue(
                () -> {
                    send(AHEAD, ahead);
                    send(BEHIND, behind.incrementAndGet());
                    assertThat(WATERMARK.get()).isLessThan(behind.get() - LATENESS);
                    return NEWEST.get() == ahead && WATERMARK.get() > START - LATENESS + 5;
                });
        // The slower one falls silent.
        untilTrue(
                () -> {
                    send(AHEAD, ahead);
                    return WATERMARK.get() == ahead - LATENESS - 1;
                });
        // All do, and one comes back, with an event of the past.
        untilTrue(IDLE::get);
        send(BEHIND, behind.incrementAndGet());
        untilTrue(() -> !IDLE.get());
        assertThat(WATERMARK.get()).isEqualTo(ahead - LATENESS - 1);
    }

    private static void untilTrue(Callable<Boolean> condition) {
        await().atMost(Duration.ofSeconds(90)).pollInterval(Duration.ofMillis(50)).until(condition);
    }
}
