package io.dhara.serving.featurelog;

import static java.util.Objects.requireNonNull;

import io.dhara.core.config.Settings;
import java.time.Duration;
import java.util.Map;

/**
 * Where served features are logged, and how much of them may wait.
 *
 * @param kafka settings of every Kafka client
 * @param topic of the records; empty for no log
 * @param schemaTopic of what their bytes mean; compacted
 * @param served whether records say, beside the peer's form, the status and event time of each cell
 * @param queueBytes of matrices that wait to be encoded; what does not fit is dropped
 * @param bufferBytes of records that wait for Kafka
 * @param maxMessageBytes largest record; the topic must take it too
 * @param deliveryTimeout a record not acknowledged by then is dropped
 */
public record FeatureLogSettings(
        Map<String, Object> kafka,
        String topic,
        String schemaTopic,
        boolean served,
        long queueBytes,
        long bufferBytes,
        int maxMessageBytes,
        Duration deliveryTimeout) {
    private static final int LEAST_MESSAGE = 1 << 10;
    private static final int MOST_MESSAGE = 64 << 20;

    public FeatureLogSettings {
        kafka = Map.copyOf(kafka);
        requireNonNull(topic, "topic is null");
        requireNonNull(schemaTopic, "schemaTopic is null");
        requireNonNull(deliveryTimeout, "deliveryTimeout is null");
        if (topic.isEmpty() != schemaTopic.isEmpty()) {
            throw new IllegalArgumentException(
                    "inferflow.log needs both topic and schema-topic, or neither");
        }
    }

    /** Reads {@code inferflow.log.*}. */
    public static FeatureLogSettings from(Settings settings, Map<String, Object> kafka) {
        String messageSize = "inferflow.log.max-message-size";
        long message = settings.size(messageSize, 1 << 20);
        if (message < LEAST_MESSAGE || message > MOST_MESSAGE) {
            settings.reject(messageSize, "must be 1 kb to 64 mb: got " + message + " b");
        }
        return new FeatureLogSettings(
                kafka,
                settings.string("inferflow.log.topic", ""),
                settings.string("inferflow.log.schema-topic", ""),
                settings.bool("inferflow.log.served", true),
                settings.size("inferflow.log.queue-size", 16 << 20),
                settings.size("inferflow.log.buffer-size", 16 << 20),
                (int) Math.max(LEAST_MESSAGE, Math.min(message, MOST_MESSAGE)),
                settings.positiveDuration(
                        "inferflow.log.delivery-timeout", Duration.ofSeconds(30)));
    }

    boolean isOn() {
        return !topic.isEmpty();
    }
}
