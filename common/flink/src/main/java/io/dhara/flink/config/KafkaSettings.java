package io.dhara.flink.config;

import static java.util.Objects.requireNonNull;

import io.dhara.core.config.Settings;
import java.io.Serializable;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;

/**
 * How a job reaches Kafka.
 *
 * @param bootstrapServers comma-separated {@code host:port}
 * @param groupId consumer group of the source; shows its lag, decides nothing else
 * @param clientProperties for consumers and producers, as security
 * @param consumerProperties for consumers only
 * @param producerProperties for producers only
 */
public record KafkaSettings(
        String bootstrapServers,
        String groupId,
        Map<String, String> clientProperties,
        Map<String, String> consumerProperties,
        Map<String, String> producerProperties)
        implements Serializable {

    public KafkaSettings {
        requireNonNull(bootstrapServers, "bootstrapServers is null");
        requireNonNull(groupId, "groupId is null");
        clientProperties = Map.copyOf(clientProperties);
        consumerProperties = Map.copyOf(consumerProperties);
        producerProperties = Map.copyOf(producerProperties);
    }

    /**
     * Reads {@code kafka.bootstrap-servers} (needed), {@code kafka.group-id}, and everything under
     * {@code kafka.properties}, {@code kafka.consumer-properties} and {@code
     * kafka.producer-properties}, which goes to Kafka's clients under its own name: {@code
     * kafka.properties.security.protocol: SASL_SSL}.
     *
     * @param groupId the job's default consumer group
     */
    public static KafkaSettings from(Settings settings, String groupId) {
        return new KafkaSettings(
                settings.required("kafka.bootstrap-servers"),
                settings.string("kafka.group-id", groupId),
                settings.properties("kafka.properties"),
                settings.properties("kafka.consumer-properties"),
                settings.properties("kafka.producer-properties"));
    }

    /** Properties of a consumer: servers, group, common and consumer properties. */
    public Properties consumer() {
        Properties properties = base(consumerProperties);
        properties.setProperty(ConsumerConfig.GROUP_ID_CONFIG, groupId);
        return properties;
    }

    /** Properties of a producer: servers, common and producer properties. */
    public Properties producer() {
        return base(producerProperties);
    }

    /** Properties of an admin client: servers and common properties. */
    public Properties admin() {
        return base(Map.of());
    }

    private Properties base(Map<String, String> own) {
        Properties properties = new Properties();
        properties.putAll(clientProperties);
        properties.putAll(own);
        properties.setProperty(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        return properties;
    }
}
