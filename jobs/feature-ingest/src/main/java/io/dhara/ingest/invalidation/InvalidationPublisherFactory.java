package io.dhara.ingest.invalidation;

import static java.util.Objects.requireNonNull;

import io.dhara.flink.config.KafkaSettings;
import io.dhara.flink.sink.WriteListener;
import io.dhara.flink.sink.WriteListenerFactory;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/**
 * Opens the invalidation publisher of a sink subtask.
 *
 * @param topic of invalidations
 * @param deadLetterTopic where refused writes go
 * @param deadLetterMaxBytes longest record that topic takes
 */
public record InvalidationPublisherFactory(
        KafkaSettings kafka, String topic, String deadLetterTopic, int deadLetterMaxBytes)
        implements WriteListenerFactory {

    public InvalidationPublisherFactory {
        requireNonNull(kafka, "kafka is null");
        requireNonNull(topic, "topic is null");
        requireNonNull(deadLetterTopic, "deadLetterTopic is null");
    }

    @Override
    public WriteListener open(WriterInitContext context) {
        return new InvalidationPublisher(this, context.metricGroup());
    }
}
