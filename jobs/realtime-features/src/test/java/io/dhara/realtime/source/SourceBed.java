package io.dhara.realtime.source;

import io.dhara.embedded.EmbeddedKafka;
import io.dhara.flink.config.KafkaSettings;
import io.dhara.flink.sink.DeadLetterSink;
import io.dhara.flink.testkit.Topics;
import io.dhara.realtime.domain.definition.FeatureDefinitions;
import io.dhara.realtime.domain.definition.FeaturePlan;
import io.dhara.realtime.domain.event.FeatureEvent;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.flink.api.common.serialization.SimpleStringSchema;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** A job that does nothing but read, with topics of its own: what groups got is in a topic. */
final class SourceBed implements AutoCloseable {
    private final EmbeddedKafka kafka;
    private final String name = "t" + UUID.randomUUID().toString().substring(0, 8);
    private final KafkaProducer<byte[], byte[]> producer;
    private final FeaturePlan plan;

    /**
     * @param definition in which {@code TOPIC} stands for this bed's prefix of topics
     */
    SourceBed(EmbeddedKafka kafka, String definition) throws Exception {
        this.kafka = kafka;
        this.plan = FeatureDefinitions.read("f.yaml", definition.replace("TOPIC", name));
        plan.sources().forEach(source -> kafka.createTopic(source.topic(), 2));
        kafka.createTopic(deadLetterTopic(), 1);
        kafka.createTopic(outTopic(), 1);
        this.producer =
                new KafkaProducer<>(
                        Map.of("bootstrap.servers", kafka.bootstrapServers(), "linger.ms", "0"),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
    }

    private String deadLetterTopic() {
        return name + "-dlq";
    }

    private String outTopic() {
        return name + "-out";
    }

    String topic(String source) {
        return name + "-" + source;
    }

    void send(String source, int partition, String value) {
        producer.send(
                new ProducerRecord<>(topic(source), partition, null, bytes("k"), bytes(value)));
        producer.flush();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    JobClient submit(StreamExecutionEnvironment env, Map<String, FileEvents> files)
            throws Exception {
        KafkaSettings settings =
                new KafkaSettings(kafka.bootstrapServers(), name, Map.of(), Map.of(), Map.of());
        EventSources sources =
                new EventSources(settings, StartingOffsets.EARLIEST, 1_000, files, Map.of());
        GroupStreams streams = GroupStreams.of(env, "f.yaml", plan, sources.of(plan));
        streams.groups().forEach(this::write);
        streams.rejected()
                .sinkTo(DeadLetterSink.of(settings, deadLetterTopic(), 1 << 20))
                .uid("sink-rejected");
        return env.executeAsync(name);
    }

    private void write(String group, DataStream<FeatureEvent> events) {
        String uid = group.replace('/', '-');
        events.process(new Written(group), Types.STRING)
                .uid("written-" + uid)
                .sinkTo(
                        KafkaSink.<String>builder()
                                .setBootstrapServers(kafka.bootstrapServers())
                                .setRecordSerializer(
                                        KafkaRecordSerializationSchema.<String>builder()
                                                .setTopic(outTopic())
                                                .setValueSerializationSchema(
                                                        new SimpleStringSchema())
                                                .build())
                                .build())
                .uid("sink-" + uid);
    }

    /** An event of a group as it arrived. */
    record Arrived(String group, long eventTimeMillis, String values, long watermarkMillis) {
        private String text() {
            return group + "|" + eventTimeMillis + "|" + values + "|" + watermarkMillis;
        }

        private static Arrived of(String text) {
            String[] parts = text.split("\\|", -1);
            return new Arrived(
                    parts[0], Long.parseLong(parts[1]), parts[2], Long.parseLong(parts[3]));
        }
    }

    /** What arrived at a group so far, by event time. */
    List<Arrived> arrived(String group) {
        return Topics.records(kafka.bootstrapServers(), outTopic()).stream()
                .map(record -> Arrived.of(new String(record.value(), StandardCharsets.UTF_8)))
                .filter(event -> event.group().equals(group))
                .sorted(
                        Comparator.comparingLong(Arrived::eventTimeMillis)
                                .thenComparing(Arrived::values))
                .toList();
    }

    List<ConsumerRecord<byte[], byte[]>> deadLetters() {
        return Topics.records(kafka.bootstrapServers(), deadLetterTopic());
    }

    @Override
    public void close() {
        producer.close();
    }

    private static final class Written extends ProcessFunction<FeatureEvent, String> {
        private static final long serialVersionUID = 1L;
        private final String group;

        Written(String group) {
            this.group = group;
        }

        @Override
        public void processElement(FeatureEvent event, Context context, Collector<String> out) {
            @Nullable Long timestamp = context.timestamp();
            if (timestamp == null || timestamp != event.eventTimeMillis()) {
                throw new IllegalStateException(
                        "timestamp must be " + event.eventTimeMillis() + ": got " + timestamp);
            }
            out.collect(
                    new Arrived(
                                    group,
                                    event.eventTimeMillis(),
                                    event.values().toString(),
                                    context.timerService().currentWatermark())
                            .text());
        }
    }
}
