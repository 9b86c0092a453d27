package io.dhara.flink.sink;

import io.dhara.flink.config.KafkaSettings;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How long a record a topic takes. */
public final class TopicLimit {
    private static final Logger LOG = LoggerFactory.getLogger(TopicLimit.class);
    private static final int TIMEOUT_MILLIS = 10_000;

    private TopicLimit() {}

    /**
     * The longest record, in bytes, that the topic and the setting both allow. A topic that cannot
     * be asked (no right to describe it, Kafka away) is taken to allow what is set. Blocks for at
     * most 10 s.
     *
     * @param set what the settings say the topic takes
     */
    public static int maxRecordBytes(KafkaSettings kafka, String topic, int set) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        Properties properties = kafka.admin();
        properties.setProperty(
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, Integer.toString(TIMEOUT_MILLIS));
        properties.setProperty(
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Integer.toString(TIMEOUT_MILLIS));
        try (Admin admin = Admin.create(properties)) {
            Config config = admin.describeConfigs(List.of(resource)).values().get(resource).get();
            int taken = Integer.parseInt(config.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG).value());
            if (taken < set) {
                LOG.warn(
                        "topic {} takes records of {} bytes, but {} are set: what is longer is cut."
                                + " Raise its max.message.bytes",
                        topic,
                        taken,
                        set);
            }
            return Math.min(taken, set);
        } catch (ExecutionException e) {
            LOG.warn(
                    "topic {} does not tell its max.message.bytes, so {} is believed",
                    topic,
                    set,
                    e.getCause());
            return set;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return set;
        }
    }
}
