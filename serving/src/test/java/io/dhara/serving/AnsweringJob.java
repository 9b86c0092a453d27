package io.dhara.serving;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dhara.proto.persist.Data;
import io.dhara.proto.persist.Query;
import io.dhara.proto.v1.Invalidation;
import io.dhara.proto.v1.Outcome;
import io.dhara.proto.v1.WaitToken;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Stands for the ingest job at the other end of the topics: collects feature messages, and answers
 * on the invalidation topic what the test tells it to.
 */
final class AnsweringJob implements AutoCloseable {
    private final String invalidationTopic;
    private final KafkaProducer<byte[], byte[]> producer;
    private final BlockingQueue<ConsumerRecord<byte[], byte[]>> messages =
            new LinkedBlockingQueue<>();
    private final Thread reader;
    private volatile boolean stopping;

    AnsweringJob(String bootstrapServers, String featureTopic, String invalidationTopic) {
        this.invalidationTopic = invalidationTopic;
        Map<String, Object> kafka = Map.of("bootstrap.servers", bootstrapServers);
        this.producer =
                new KafkaProducer<>(kafka, new ByteArraySerializer(), new ByteArraySerializer());
        this.reader = new Thread(() -> read(kafka, featureTopic), "answering-job");
        reader.start();
    }

    private void read(Map<String, Object> kafka, String topic) {
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(
                        withoutCommits(kafka),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer())) {
            List<TopicPartition> partitions =
                    consumer.partitionsFor(topic).stream()
                            .map(found -> new TopicPartition(topic, found.partition()))
                            .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            while (!stopping) {
                consumer.poll(Duration.ofMillis(20)).forEach(messages::add);
            }
        }
    }

    private static Map<String, Object> withoutCommits(Map<String, Object> kafka) {
        return Map.of(
                "bootstrap.servers", kafka.get("bootstrap.servers"), "enable.auto.commit", false);
    }

    ConsumerRecord<byte[], byte[]> next() throws InterruptedException {
        ConsumerRecord<byte[], byte[]> message = messages.poll(20, TimeUnit.SECONDS);
        if (message == null) {
            throw new AssertionError("no feature message within 20 s");
        }
        return message;
    }

    @Nullable ConsumerRecord<byte[], byte[]> nextOrNull() throws InterruptedException {
        return messages.poll(20, TimeUnit.MILLISECONDS);
    }

    static @Nullable String header(ConsumerRecord<byte[], byte[]> message, String name) {
        Header header = message.headers().lastHeader(name);
        return header == null ? null : new String(header.value(), UTF_8);
    }

    /** One record per row of the message, for all its groups. */
    void settle(ConsumerRecord<byte[], byte[]> message, Outcome outcome) throws Exception {
        Query query = Query.parseFrom(message.value());
        int groups = query.getFeatureGroupSchemaCount();
        for (int row = 0; row < query.getDataCount(); row++) {
            publish(record(message, query, row, groups, outcome));
        }
    }

    private static Invalidation record(
            ConsumerRecord<byte[], byte[]> message,
            Query query,
            int row,
            int groups,
            Outcome outcome) {
        Data data = query.getData(row);
        Invalidation.Builder record =
                Invalidation.newBuilder()
                        .setEntity(query.getEntityLabel())
                        .addAllKeyValues(data.getKeyValuesList())
                        .setOutcome(outcome)
                        .setWriteTimeMicros(message.timestamp() * 1000 + message.offset() % 900);
        query.getFeatureGroupSchemaList().forEach(group -> record.addGroups(group.getLabel()));
        if (outcome == Outcome.OUTCOME_REJECTED) {
            record.setReason("wrong-count").setDetail("f1 needs one value");
        }
        String requestId = header(message, "dhara-request-id");
        if (requestId != null) {
            int units = query.getDataCount() * groups;
            IntStream.range(row * groups, (row + 1) * groups)
                    .mapToObj(
                            unit ->
                                    WaitToken.newBuilder()
                                            .setRequestId(requestId)
                                            .setUnit(unit)
                                            .setUnits(units))
                    .forEach(record::addWaits);
        }
        return record.build();
    }

    void publish(Invalidation record) throws Exception {
        String key = record.getEntity() + '\0' + String.join("\u001f", record.getKeyValuesList());
        producer.send(
                        new ProducerRecord<>(
                                invalidationTopic, key.getBytes(UTF_8), record.toByteArray()))
                .get(20, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws InterruptedException {
        stopping = true;
        reader.join(10_000);
        producer.close(Duration.ofSeconds(5));
    }
}
