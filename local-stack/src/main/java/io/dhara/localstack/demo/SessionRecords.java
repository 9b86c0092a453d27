package io.dhara.localstack.demo;

import com.google.protobuf.InvalidProtocolBufferException;
import io.dhara.proto.v1.SessionRecord;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Follows the topic of closed sessions from where it ends now; a session that comes twice counts
 * once.
 */
final class SessionRecords implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Map<String, SessionRecord> byId = new TreeMap<>();
    private long items;
    private long repeated;

    SessionRecords(String bootstrapServers, String topic) {
        consumer =
                new KafkaConsumer<>(
                        Map.of(
                                "bootstrap.servers", bootstrapServers,
                                "auto.offset.reset", "none",
                                "enable.auto.commit", "false"),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer());
        List<TopicPartition> partitions =
                consumer.partitionsFor(topic).stream()
                        .map(info -> new TopicPartition(topic, info.partition()))
                        .toList();
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position); // seeking is lazy, and sessions are about to come
    }

    /** Takes what has come, waiting a moment for it. */
    void poll() throws InvalidProtocolBufferException {
        for (var record : consumer.poll(POLL)) {
            SessionRecord session = SessionRecord.parseFrom(record.value());
            SessionRecord before = byId.put(session.getSessionId(), session);
            items += session.getItemsCount() - (before == null ? 0 : before.getItemsCount());
            repeated += before == null ? 0 : 1;
        }
    }

    Map<String, SessionRecord> byId() {
        return byId;
    }

    /** Interactions in all sessions. */
    long items() {
        return items;
    }

    /** Records of a session that had come before. */
    long repeated() {
        return repeated;
    }

    @Override
    public void close() {
        consumer.close();
    }
}
