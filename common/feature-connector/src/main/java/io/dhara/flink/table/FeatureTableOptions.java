package io.dhara.flink.table;

import io.dhara.core.model.FeatureRecords;
import io.dhara.flink.feature.FeatureSink;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.MemorySize;

/** Options of the table; {@code docs/feature-producers.md} tells of them. */
final class FeatureTableOptions {
    /** What becomes of NaN, infinities and floats out of range. */
    enum NotANumber {
        REJECT,
        ACCEPT
    }

    static final String KAFKA_PREFIX = "properties.";
    static final String REGISTRY_PREFIX = "registry.";

    static final ConfigOption<String> BOOTSTRAP_SERVERS =
            ConfigOptions.key(KAFKA_PREFIX + "bootstrap.servers")
                    .stringType()
                    .noDefaultValue()
                    .withDescription("Kafka brokers, comma-separated host:port.");

    static final ConfigOption<String> ENTITY =
            ConfigOptions.key("entity")
                    .stringType()
                    .noDefaultValue()
                    .withDescription("Label of the entity; the primary key is its key.");

    static final ConfigOption<String> GROUP =
            ConfigOptions.key("group")
                    .stringType()
                    .noDefaultValue()
                    .withDescription("Label of the feature group; the other columns are in it.");

    static final ConfigOption<String> EVENT_TIME =
            ConfigOptions.key("event-time")
                    .stringType()
                    .defaultValue("event_time")
                    .withDescription("Column with the instant at which the values hold.");

    static final ConfigOption<String> DATA_TYPE =
            ConfigOptions.key("data-type")
                    .stringType()
                    .noDefaultValue()
                    .withDescription("Data type of the group, in place of a registry.");

    static final ConfigOption<String> TOPIC =
            ConfigOptions.key("topic")
                    .stringType()
                    .defaultValue(FeatureRecords.TOPIC)
                    .withDescription("Topic that feature-ingest reads.");

    static final ConfigOption<String> DEAD_LETTER_TOPIC =
            ConfigOptions.key("dead-letter-topic")
                    .stringType()
                    .defaultValue(FeatureSink.DEAD_LETTER_TOPIC)
                    .withDescription("Topic for rows that make no message.");

    static final ConfigOption<Integer> SCHEMA_VERSION =
            ConfigOptions.key("schema-version")
                    .intType()
                    .defaultValue(0)
                    .withDescription("Version to write with; 0 for the active one.");

    static final ConfigOption<MemorySize> MAX_RECORD_SIZE =
            ConfigOptions.key("max-record-size")
                    .memoryType()
                    .defaultValue(new MemorySize(FeatureSink.MAX_RECORD_BYTES))
                    .withDescription("Longest record.");

    static final ConfigOption<NotANumber> NOT_A_NUMBER =
            ConfigOptions.key("not-a-number")
                    .enumType(NotANumber.class)
                    .defaultValue(NotANumber.REJECT)
                    .withDescription("Whether NaN and infinities go through.");

    static final ConfigOption<Boolean> FILL_VECTORS =
            ConfigOptions.key("fill-vectors")
                    .booleanType()
                    .defaultValue(false)
                    .withDescription("Whether short vectors get the end of their default.");

    private FeatureTableOptions() {}
}
