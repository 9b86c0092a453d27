package io.dhara.localstack;

import io.dhara.embedded.EmbeddedKafka;
import io.dhara.ingest.FeatureIngestConfig;
import io.dhara.realtime.RealtimeFeaturesConfig;
import io.dhara.sessionizer.InteractionSessionizerConfig;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** The topics of a stack. */
final class StackTopics {
    private static final String CLICKS = "interaction-store.clicks";
    private static final String ORDERS = "interaction-store.orders";
    private static final int PARTITIONS = 4;

    /** By Kafka's reckoning an event of years ago is past its retention when it arrives. */
    private static final Map<String, String> KEEP = Map.of("retention.ms", "-1");

    private StackTopics() {}

    /**
     * Makes those that are not there yet.
     *
     * @param events of the sources of feature definitions
     */
    static void create(EmbeddedKafka kafka, Collection<String> events) {
        FeatureIngestConfig.Topics ingest = FeatureIngestConfig.Topics.DEFAULT;
        kafka.createTopic(ingest.features(), PARTITIONS, KEEP);
        deadLetters(kafka, ingest.deadLetters(), ingest.deadLetterMaxBytes());
        kafka.createTopic(ingest.invalidations(), PARTITIONS, Map.of());
        InteractionSessionizerConfig.Topics sessionizer =
                InteractionSessionizerConfig.Topics.DEFAULT;
        for (String topic :
                List.of(CLICKS, ORDERS, LocalStack.INTERACTIONS, sessionizer.sessions())) {
            kafka.createTopic(topic, PARTITIONS, KEEP);
        }
        deadLetters(kafka, sessionizer.deadLetters(), sessionizer.deadLetterMaxBytes());
        for (String topic : events) {
            kafka.createTopic(topic, PARTITIONS, KEEP);
        }
        RealtimeFeaturesConfig.Topics features = RealtimeFeaturesConfig.Topics.DEFAULT;
        deadLetters(kafka, features.deadLetters(), features.deadLetterMaxBytes());
        kafka.createTopic(features.late(), 1, KEEP);
        kafka.createTopic(LocalStack.FEATURE_LOG, PARTITIONS, KEEP);
        kafka.createTopic(LocalStack.FEATURE_LOG_SCHEMAS, 1, Map.of("cleanup.policy", "compact"));
    }

    private static void deadLetters(EmbeddedKafka kafka, String topic, int maxBytes) {
        kafka.createTopic(
                topic,
                1,
                Map.of("retention.ms", "-1", "max.message.bytes", String.valueOf(maxBytes)));
    }
}
