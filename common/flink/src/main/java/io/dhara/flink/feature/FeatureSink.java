package io.dhara.flink.feature;

import static java.util.Objects.requireNonNull;

import io.dhara.core.model.DataType;
import io.dhara.core.model.FeatureRecords;
import io.dhara.flink.config.KafkaSettings;
import io.dhara.flink.config.RegistryFactory;
import io.dhara.flink.sink.DeadLetters;
import io.dhara.flink.sink.TopicLimit;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Makes any Flink job a producer of features: each {@link FeatureRow} becomes one {@code
 * persist.Query} on the feature topic, from where feature-ingest writes it.
 *
 * <ul>
 *   <li>At-least-once: a checkpoint waits for the brokers' acknowledgement. A repeated row changes
 *       nothing, because feature-ingest keeps what has the newest event time.
 *   <li>A row replaces its whole group of that key: a feature whose value is null, or that the sink
 *       was not given, is served as its default afterwards.
 *   <li>Rows of one entity key go to one partition, the same that other producers use for it.
 *   <li>A row that makes no message - a number that does not fit, a vector of the wrong length -
 *       goes to the dead-letter topic as JSON with the reason, in the form {@code ./dhara dlq}
 *       reads. It is counted in {@code rowsRejected}; what Kafka was given, in {@code rowsSent}.
 *   <li>Schemas that lack the group fail the job at its start, naming what there is.
 * </ul>
 *
 * <pre>{@code
 * rows.sinkTo(
 *         FeatureSink.builder()
 *                 .setBootstrapServers("kafka:9092")
 *                 .setFeatures("user", "activity", List.of("views_1d", "carts_1d"))
 *                 .setRegistry(registry)
 *                 .build())
 *     .uid("sink-activity");
 * }</pre>
 */
public final class FeatureSink implements Sink<FeatureRow> {
    /** Where rows go that make no message, unless told otherwise. */
    public static final String DEAD_LETTER_TOPIC = "dhara.feature-sink.dlq";

    /** Longest record unless told otherwise: what Kafka takes by default. */
    public static final int MAX_RECORD_BYTES = 1 << 20;

    private static final long serialVersionUID = 1L;

    private final KafkaSettings kafka;
    private final String topic;
    private final String deadLetterTopic;
    private final int maxRecordBytes;
    private final FeatureTarget target;
    private final int schemaVersion;
    private final boolean acceptNotANumber;
    private final boolean fillVectors;
    private final KafkaSink<ProducerRecord<byte[], byte[]>> sink;

    private FeatureSink(Builder builder, KafkaSettings kafka, FeatureTarget target) {
        this.kafka = kafka;
        this.topic = builder.topic;
        this.deadLetterTopic = builder.deadLetterTopic;
        this.maxRecordBytes = builder.maxRecordBytes;
        this.target = target;
        this.schemaVersion = builder.schemaVersion;
        this.acceptNotANumber = builder.acceptNotANumber;
        this.fillVectors = builder.fillVectors;
        this.sink =
                KafkaSink.<ProducerRecord<byte[], byte[]>>builder()
                        .setKafkaProducerConfig(kafka.producer())
                        .setBootstrapServers(kafka.bootstrapServers())
                        .setProperty(ProducerConfig.ACKS_CONFIG, "all")
                        .setProperty(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true")
                        .setProperty(
                                ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                                Integer.toString(maxRecordBytes))
                        .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
                        .setRecordSerializer(new AsItIs())
                        .build();
    }

    public static Builder builder() {
        return new Builder();
    }

    /**
     * @throws IllegalArgumentException if the schemas lack what the sink writes
     */
    @Override
    public SinkWriter<FeatureRow> createWriter(WriterInitContext context) throws IOException {
        FeatureTarget.Shapes shapes = target.open();
        try {
            RowRecords records =
                    new RowRecords(
                            topic,
                            schemaVersion,
                            TopicLimit.maxRecordBytes(kafka, topic, maxRecordBytes),
                            acceptNotANumber,
                            fillVectors,
                            new DeadLetters(
                                    deadLetterTopic,
                                    TopicLimit.maxRecordBytes(
                                            kafka, deadLetterTopic, maxRecordBytes)));
            return new FeatureSinkWriter(
                    records, shapes, sink.createWriter(context), context.metricGroup());
        } catch (RuntimeException | IOException e) {
            shapes.close();
            throw e;
        }
    }

    private static final class AsItIs
            implements KafkaRecordSerializationSchema<ProducerRecord<byte[], byte[]>> {
        private static final long serialVersionUID = 1L;

        @Override
        public ProducerRecord<byte[], byte[]> serialize(
                ProducerRecord<byte[], byte[]> record, KafkaSinkContext context, Long timestamp) {
            return record;
        }
    }

    /** Settings of a {@link FeatureSink}. Needs Kafka, features, and a registry or a data type. */
    public static final class Builder {
        private @Nullable KafkaSettings kafka;
        private @Nullable String bootstrapServers;
        private final Map<String, String> kafkaProperties = new HashMap<>();
        private String topic = FeatureRecords.TOPIC;
        private String deadLetterTopic = DEAD_LETTER_TOPIC;
        private int maxRecordBytes = MAX_RECORD_BYTES;
        private String entity = "";
        private String group = "";
        private List<String> features = List.of();
        private @Nullable RegistryFactory registry;
        private @Nullable DataType type;
        private List<String> keyLabels = List.of();
        private int schemaVersion;
        private boolean acceptNotANumber;
        private boolean fillVectors;

        private Builder() {}

        /** How to reach Kafka, of a job that has settings. */
        public Builder setKafka(KafkaSettings settings) {
            kafka = requireNonNull(settings, "settings is null");
            return this;
        }

        /**
         * @param servers comma-separated {@code host:port}
         */
        public Builder setBootstrapServers(String servers) {
            bootstrapServers = requireNonNull(servers, "servers is null");
            return this;
        }

        /**
         * A property of Kafka's clients, under Kafka's name. {@code acks}, {@code
         * enable.idempotence} and {@code max.request.size} stay the sink's.
         */
        public Builder setKafkaProperty(String name, String value) {
            kafkaProperties.put(name, value);
            return this;
        }

        /** Default: {@link FeatureRecords#TOPIC}. */
        public Builder setTopic(String name) {
            topic = requireNonNull(name, "name is null");
            return this;
        }

        /** Default: {@link #DEAD_LETTER_TOPIC}. */
        public Builder setDeadLetterTopic(String name) {
            deadLetterTopic = requireNonNull(name, "name is null");
            return this;
        }

        /** Longest record; a topic that takes less is asked for its limit when the sink starts. */
        public Builder setMaxRecordBytes(int bytes) {
            maxRecordBytes = bytes;
            return this;
        }

        /**
         * @param featureLabels in the order of the rows' values
         */
        public Builder setFeatures(
                String entityLabel, String groupLabel, List<String> featureLabels) {
            entity = requireNonNull(entityLabel, "entityLabel is null");
            group = requireNonNull(groupLabel, "groupLabel is null");
            features = List.copyOf(featureLabels);
            return this;
        }

        /**
         * Key columns, data type, lengths and defaults come from here and follow its changes. Only
         * so can a row be sent of which all values are null.
         */
        public Builder setRegistry(RegistryFactory factory) {
            registry = requireNonNull(factory, "factory is null");
            return this;
        }

        /**
         * In place of a registry. Lengths of vectors and strings are then left to feature-ingest.
         *
         * @param dataType of the group
         * @param entityKeyLabels key columns of the entity, in its key order
         */
        public Builder setDataType(DataType dataType, List<String> entityKeyLabels) {
            type = requireNonNull(dataType, "dataType is null");
            keyLabels = List.copyOf(entityKeyLabels);
            return this;
        }

        /** Version to write with, 1..65535. Default: the active one, whichever that is. */
        public Builder setSchemaVersion(int version) {
            schemaVersion = version;
            return this;
        }

        /**
         * Lets NaN, infinities and floats out of range through, for a feature-ingest with {@code
         * ingest.not-a-number: accept}. Default: no.
         */
        public Builder setAcceptNotANumber(boolean accept) {
            acceptNotANumber = accept;
            return this;
        }

        /**
         * Gives a vector with fewer elements than its vector-length the last elements of its
         * default behind them, for lists that are not always full. Needs a registry that knows the
         * default. Default: no, such a row is refused.
         */
        public Builder setFillVectors(boolean fill) {
            fillVectors = fill;
            return this;
        }

        /**
         * @throws IllegalArgumentException if something is missing or said twice
         */
        public FeatureSink build() {
            if ((kafka == null) == (bootstrapServers == null)) {
                throw new IllegalArgumentException(
                        "a feature sink needs either setKafka or setBootstrapServers");
            }
            if ((registry == null) == (type == null)) {
                throw new IllegalArgumentException(
                        "a feature sink needs either setRegistry or setDataType");
            }
            if (entity.isEmpty() || group.isEmpty() || features.isEmpty()) {
                throw new IllegalArgumentException(
                        "a feature sink needs setFeatures with an entity, a group and features");
            }
            if (schemaVersion < 0 || schemaVersion > 65_535) {
                throw new IllegalArgumentException(
                        "schema version must be 1..65535, or 0 for the active one: got "
                                + schemaVersion);
            }
            if (maxRecordBytes < 1) {
                throw new IllegalArgumentException(
                        "max-record-bytes must be positive: got " + maxRecordBytes);
            }
            return new FeatureSink(this, kafkaSettings(), target());
        }

        private KafkaSettings kafkaSettings() {
            KafkaSettings base =
                    kafka == null
                            ? new KafkaSettings(
                                    requireNonNull(bootstrapServers),
                                    "feature-sink",
                                    Map.of(),
                                    Map.of(),
                                    Map.of())
                            : kafka;
            Map<String, String> client = new HashMap<>(base.clientProperties());
            client.putAll(kafkaProperties);
            return new KafkaSettings(
                    base.bootstrapServers(),
                    base.groupId(),
                    client,
                    base.consumerProperties(),
                    base.producerProperties());
        }

        private FeatureTarget target() {
            if (registry != null) {
                return new FeatureTarget.Registered(
                        registry, entity, group, schemaVersion, features);
            }
            return new FeatureTarget.Declared(
                    entity, keyLabels, group, requireNonNull(type), features);
        }
    }
}
