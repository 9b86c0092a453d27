package io.dhara.localstack.demo;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * What is in the dead-letter topic.
 *
 * @param records dead letters
 * @param rows rejected rows that they stand for
 * @param byReason dead letters by their first reason
 */
record DeadLetterCounts(long records, long rows, Map<String, Long> byReason) {
    private static final Duration POLL = Duration.ofSeconds(5);

    /** Reads the topic from its beginning to where it ends now. */
    static DeadLetterCounts read(String bootstrapServers, String topic) {
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(
                        Map.of("bootstrap.servers", bootstrapServers),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer())) {
            List<TopicPartition> partitions =
                    consumer.partitionsFor(topic).stream()
                            .map(partition -> new TopicPartition(topic, partition.partition()))
                            .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            long records = 0;
            long rows = 0;
            Map<String, Long> byReason = new TreeMap<>();
            while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
                for (ConsumerRecord<byte[], byte[]> letter : consumer.poll(POLL)) {
                    records++;
                    rows += Long.parseLong(header(letter, "dhara-dlq-rejected"));
                    byReason.merge(header(letter, "dhara-dlq-reason"), 1L, Long::sum);
                }
            }
            return new DeadLetterCounts(records, rows, byReason);
        }
    }

    private static String header(ConsumerRecord<byte[], byte[]> letter, String name) {
        Header header = letter.headers().lastHeader(name);
        if (header == null) {
            throw new IllegalStateException(
                    "dead letter %s-%d@%d has no header %s"
                            .formatted(letter.topic(), letter.partition(), letter.offset(), name));
        }
        return new String(header.value(), StandardCharsets.UTF_8);
    }
}
