package io.dhara.realtime;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.InvalidProtocolBufferException;
import io.dhara.core.config.Settings;
import io.dhara.core.model.FeatureRecords;
import io.dhara.embedded.EmbeddedKafka;
import io.dhara.embedded.SharedServers;
import io.dhara.flink.testkit.Topics;
import io.dhara.proto.persist.Query;
import io.dhara.proto.persist.Values;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The kitchen example's job on a real Kafka: topics of its own, and what a store would hold. */
final class FeatureJobBed implements AutoCloseable {
    private static final Path EXAMPLES = Path.of("..", "..", "examples");
    private static final int PARTITIONS = 3;

    /**
     * The newest row of a key.
     *
     * @param values by feature; those left out are served as their defaults
     */
    record Served(long eventTimeMillis, Map<String, Double> values) {}

    private final EmbeddedKafka kafka = SharedServers.kafka();
    private final String name = "t" + UUID.randomUUID().toString().substring(0, 8);
    private final Path schemas;
    private final KafkaProducer<byte[], byte[]> producer;
    private final KafkaConsumer<byte[], byte[]> counter;

    /**
     * @param folder where the schemas are copied to
     */
    FeatureJobBed(Path folder) throws IOException {
        schemas = Files.createDirectories(folder.resolve("schemas"));
        try (Stream<Path> files = Files.list(EXAMPLES.resolve("schemas"))) {
            for (Path file : files.toList()) {
                String text = Files.readString(file);
                Files.writeString(
                        schemas.resolve(file.getFileName()),
                        text.replace(
                                "          - {name: orders_5m, default: 0}\n",
                                """
                                          - {name: orders_1m, default: 0}
                                          - {name: orders_5m, default: 0}
                                          - {name: orders_10m, default: 0}
                                """
                                        .indent(0)));
            }
        }
        kafka.createTopic(topic("orders"), PARTITIONS);
        kafka.createTopic(topic("features"), PARTITIONS);
        kafka.createTopic(topic("dlq"), 1);
        kafka.createTopic(topic("late"), 1);
        producer =
                new KafkaProducer<>(
                        Map.of("bootstrap.servers", kafka.bootstrapServers()),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
        counter =
                new KafkaConsumer<>(
                        Map.of("bootstrap.servers", kafka.bootstrapServers()),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer());
    }

    String topic(String what) {
        return name + "." + what;
    }

    /** The example on this bed's topic, and quick to call a partition idle. */
    String kitchen() throws IOException {
        return Files.readString(EXAMPLES.resolve("features/kitchen.yaml"))
                .replace("shop.order-events", topic("orders"))
                .replace("idle-after: 30 s", "idle-after: 1 s")
                .replace("out-of-orderness: 5 s", "out-of-orderness: 1 s");
    }

    /** Only its first group, which needs no SQL: a process has to start many times. */
    static String ordersOnly(String kitchen) {
        return kitchen.substring(
                0, kitchen.indexOf("  - entity: restaurant\n    group: kitchen_times"));
    }

    /** Settings of a job, as a person would write them. */
    Map<String, String> settings(Path definition) {
        Map<String, String> settings = new HashMap<>();
        settings.put("features.definition", definition.toString());
        settings.put("features.topic", topic("features"));
        settings.put("kafka.bootstrap-servers", kafka.bootstrapServers());
        settings.put("kafka.group-id", name);
        settings.put("kafka.topics.dead-letters", topic("dlq"));
        settings.put("kafka.topics.late", topic("late"));
        settings.put("registry.folder", schemas.toString());
        return settings;
    }

    static RealtimeFeaturesConfig config(Map<String, String> given) {
        Settings settings = Settings.parse(given);
        RealtimeFeaturesConfig config = RealtimeFeaturesConfig.from(settings);
        settings.finish();
        return config;
    }

    void send(OrderEvent event) {
        send(event.restaurant(), event.json());
    }

    void send(String key, byte[] value) {
        producer.send(new ProducerRecord<>(topic("orders"), key.getBytes(UTF_8), value));
    }

    void flush() {
        producer.flush();
    }

    List<ConsumerRecord<byte[], byte[]>> records(String what) {
        return Topics.records(kafka.bootstrapServers(), topic(what));
    }

    /**
     * What a store that keeps the newest row holds of a group, by restaurant; of one time the one
     * that was written last.
     */
    Map<String, Served> served(String group) {
        Map<String, Served> served = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : records("features")) {
            Query query = query(record);
            if (query.getFeatureGroupSchema(0).getLabel().equals(group)) {
                long time =
                        Long.parseLong(
                                new String(
                                        record.headers()
                                                .lastHeader(FeatureRecords.EVENT_TIME_HEADER)
                                                .value(),
                                        UTF_8));
                served.merge(
                        query.getData(0).getKeyValues(0),
                        new Served(time, values(query)),
                        (a, b) -> b.eventTimeMillis() >= a.eventTimeMillis() ? b : a);
            }
        }
        return served;
    }

    /** How many records a topic holds. */
    long count(String what) {
        return counter.partitionsFor(topic(what)).stream()
                .map(partition -> new TopicPartition(topic(what), partition.partition()))
                .mapToLong(partition -> counter.endOffsets(List.of(partition)).get(partition))
                .sum();
    }

    private static Query query(ConsumerRecord<byte[], byte[]> record) {
        try {
            return Query.parseFrom(record.value());
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("not a feature message at " + record.offset(), e);
        }
    }

    private static Map<String, Double> values(Query query) {
        List<String> labels = query.getFeatureGroupSchema(0).getFeatureLabelsList();
        Values values = query.getData(0).getFeatureValues(0).getValues();
        Map<String, Double> byLabel = new HashMap<>();
        for (int i = 0; i < labels.size(); i++) {
            byLabel.put(
                    labels.get(i),
                    values.getFp64ValuesCount() > 0
                            ? values.getFp64Values(i)
                            : (double) values.getInt32Values(i));
        }
        return byLabel;
    }

    @Override
    public void close() {
        producer.close();
        counter.close();
    }
}
