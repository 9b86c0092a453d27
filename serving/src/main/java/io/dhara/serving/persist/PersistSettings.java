package io.dhara.serving.persist;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Map;

/**
 * How persist calls reach Kafka.
 *
 * @param kafka client settings, at least {@code bootstrap.servers}
 * @param topic feature topic
 * @param maxRows most rows of one call
 * @param maxMessageBytes largest message; the topic must take it too
 * @param bufferBytes memory for messages not yet acknowledged
 * @param linger how long a message may wait for others to share a request to the broker
 * @param deliveryTimeout after which an unacknowledged message counts as failed
 * @param threads that check and hand over messages
 * @param maxQueued calls waiting for such a thread; more are refused
 */
public record PersistSettings(
        Map<String, Object> kafka,
        String topic,
        int maxRows,
        int maxMessageBytes,
        long bufferBytes,
        Duration linger,
        Duration deliveryTimeout,
        int threads,
        int maxQueued) {
    public PersistSettings {
        kafka = Map.copyOf(kafka);
        requireNonNull(topic, "topic is null");
        requireNonNull(linger, "linger is null");
        requireNonNull(deliveryTimeout, "deliveryTimeout is null");
    }
}
