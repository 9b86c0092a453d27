package io.dhara.serving.invalidation;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Map;

/**
 * How the invalidation topic is followed.
 *
 * @param kafka client settings, at least {@code bootstrap.servers}
 * @param topic of {@code dhara.v1.Invalidation} records
 * @param maxSilence caches are believed for so long after the last proof that the topic's end has
 *     been reached
 * @param checkInterval how often that proof is sought; less than {@code maxSilence}
 * @param partitionInterval how often new partitions are looked for; a write announced on a new
 *     partition is noticed this much later, once
 */
public record FollowerSettings(
        Map<String, Object> kafka,
        String topic,
        Duration maxSilence,
        Duration checkInterval,
        Duration partitionInterval) {
    public FollowerSettings {
        kafka = Map.copyOf(kafka);
        requireNonNull(topic, "topic is null");
        requireNonNull(partitionInterval, "partitionInterval is null");
        if (checkInterval.compareTo(maxSilence) >= 0) {
            throw new IllegalArgumentException(
                    "check-interval must be less than max-silence: got "
                            + checkInterval
                            + " and "
                            + maxSilence);
        }
    }
}
