package io.dhara.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dhara.core.model.DataType;
import io.dhara.core.model.FeatureRecords;
import io.dhara.core.psdb.PsdbBlock;
import io.dhara.core.registry.SchemaRegistry;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.embedded.EmbeddedKafka;
import io.dhara.embedded.SharedServers;
import io.dhara.flink.config.RegistryFactory;
import io.dhara.flink.feature.FeatureRow;
import io.dhara.flink.feature.FeatureSink;
import io.dhara.flink.sink.DeadLetters;
import io.dhara.flink.source.RawRecord;
import io.dhara.flink.source.RawRecordDeserializer;
import io.dhara.flink.testkit.Topics;
import io.dhara.ingest.domain.FeatureMessageReader;
import io.dhara.ingest.domain.IngestRules;
import io.dhara.ingest.domain.ReadResult;
import io.dhara.stores.write.BlockWrite;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What any Flink job writes with a {@link FeatureSink} is what feature-ingest reads. */
class FeatureSinkITCase {
    private static final SchemaSnapshot SCHEMAS = schemas();
    private static final long EVENT = 1_767_225_595_000L;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final EmbeddedKafka broker = SharedServers.kafka();
    private final String topic = "features-" + UUID.randomUUID();
    private final String letters = "letters-" + UUID.randomUUID();
    private final FeatureMessageReader reader =
            new FeatureMessageReader(
                    IngestRules.DEFAULT, new FixedRegistry(SCHEMAS), () -> EVENT + 1);

    /** The schemas of this test, in the task manager of this JVM. */
    record TestRegistry() implements RegistryFactory {
        @Override
        public SchemaRegistry open() {
            return new FixedRegistry(SCHEMAS);
        }
    }

    /** A group per data type, and one of layout 1 with a default of its own. */
    private static SchemaSnapshot schemas() {
        TestSchemas schemas = new TestSchemas().entity("pair", "user_id", "item_id");
        for (DataType type : DataType.values()) {
            schemas.group(
                    "pair",
                    type.name(),
                    type,
                    TestSchemas.REDIS,
                    Duration.ZERO,
                    type.kind() == DataType.Kind.BOOL ? "true" : "1",
                    "a",
                    "b",
                    "c");
        }
        return schemas.build();
    }

    @BeforeEach
    void createTopics() throws Exception {
        broker.createTopic(topic, 3);
        broker.createTopic(letters, 1);
    }

    private static StreamExecutionEnvironment environment() {
        Configuration conf = new Configuration();
        conf.setString("restart-strategy.type", "none");
        conf.setString("pipeline.generic-types", "false");
        conf.setString("parallelism.default", "1");
        return StreamExecutionEnvironment.createLocalEnvironment(conf);
    }

    private static void run(StreamExecutionEnvironment env) throws Exception {
        env.executeAsync("feature sink")
                .getJobExecutionResult()
                .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private FeatureSink.Builder sink(String group) {
        return FeatureSink.builder()
                .setBootstrapServers(broker.bootstrapServers())
                .setTopic(topic)
                .setDeadLetterTopic(letters)
                .setFeatures("pair", group, List.of("c", "a", "b"))
                .setRegistry(new TestRegistry());
    }

    /** A value that its type holds exactly. */
    private static Object value(DataType type) {
        Object element =
                switch (type.kind()) {
                    case FLOAT -> -1.5;
                    case INT -> type.elementBytes() == Long.BYTES ? Long.MIN_VALUE : -100L;
                    case UINT ->
                            type.elementBytes() == Long.BYTES
                                    ? new BigInteger("18446744073709551615")
                                    : (Object) (1L << type.elementBytes() * Byte.SIZE - 1);
                    case STRING -> "жя";
                    case BOOL -> false;
                };
        return type.isVector() ? List.of(element, element, element) : element;
    }

    private static Object read(PsdbBlock block, DataType type, int sequence, int index) {
        boolean vector = type.isVector();
        return switch (type.kind()) {
            case FLOAT -> vector ? block.getDouble(sequence, index) : block.getDouble(sequence);
            case INT -> vector ? block.getLong(sequence, index) : block.getLong(sequence);
            case UINT -> {
                long bits = vector ? block.getLong(sequence, index) : block.getLong(sequence);
                yield type.elementBytes() == Long.BYTES && bits < 0
                        ? (Object) new BigInteger(Long.toUnsignedString(bits))
                        : (Object) bits;
            }
            case STRING -> vector ? block.getString(sequence, index) : block.getString(sequence);
            case BOOL -> vector ? block.getBoolean(sequence, index) : block.getBoolean(sequence);
        };
    }

    private static Object read(PsdbBlock block, DataType type, int sequence) {
        if (!type.isVector()) {
            return read(block, type, sequence, 0);
        }
        List<Object> elements = new ArrayList<>();
        for (int i = 0; i < TestSchemas.VECTOR_LENGTH; i++) {
            elements.add(read(block, type, sequence, i));
        }
        return elements;
    }

    private Map<String, BlockWrite> readAll() {
        Map<String, BlockWrite> byGroup = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> record :
                Topics.records(broker.bootstrapServers(), topic)) {
            ReadResult result = reader.read(RawRecordDeserializer.toRawRecord(record));
            assertThat(result.rejected()).isNull();
            result.writes().forEach(write -> byGroup.put(write.write().group(), write.write()));
        }
        return byGroup;
    }

    private static PsdbBlock block(BlockWrite write) {
        PsdbBlock block = new PsdbBlock().wrap(write.block(), 0, write.block().length);
        return block.open(
                SCHEMAS.entity("pair").group(write.group()).version(block.schemaVersion()));
    }

    @Test
    void rows_ofEveryDataType_areReadByFeatureIngestWithEqualValues() throws Exception {
        StreamExecutionEnvironment env = environment();
        for (DataType type : DataType.values()) {
            FeatureRow row =
                    new FeatureRow(
                            List.of("u1", "i2"), EVENT, Arrays.asList(value(type), null, null));
            env.fromData(List.of(row), FeatureRow.TYPE).sinkTo(sink(type.name()).build());
        }
        run(env);

        Map<String, BlockWrite> written = readAll();
        assertThat(written).hasSize(DataType.values().length);
        for (DataType type : DataType.values()) {
            BlockWrite write = written.get(type.name());
            assertThat(write.key().values()).containsExactly("u1", "i2");
            assertThat(write.writeTimeMicros() / 1000).isEqualTo(EVENT);
            assertThat(read(block(write), type, 2)).as(type.name()).isEqualTo(value(type));
            assertThat(read(block(write), type, 0))
                    .as("default of " + type)
                    .isNotEqualTo(value(type));
        }
        assertThat(
                        Topics.records(broker.bootstrapServers(), topic).stream()
                                .map(ConsumerRecord::partition)
                                .distinct())
                .hasSize(1);
    }

    @Test
    void rowOfNulls_resetsItsGroupToDefaults() throws Exception {
        StreamExecutionEnvironment env = environment();
        FeatureRow row =
                new FeatureRow(List.of("u1", "i2"), EVENT, Arrays.asList(null, null, null));
        env.fromData(List.of(row), FeatureRow.TYPE).sinkTo(sink("INT32").build());
        run(env);

        PsdbBlock block = block(readAll().get("INT32"));
        assertThat(List.of(block.getLong(0), block.getLong(1), block.getLong(2)))
                .containsExactly(1L, 1L, 1L);
    }

    @Test
    void rowsThatMakeNoMessage_areInTheDeadLetterTopic_andOthersGoOn() throws Exception {
        StreamExecutionEnvironment env = environment();
        List<FeatureRow> rows = new ArrayList<>();
        rows.add(new FeatureRow(List.of("u1", "i2"), EVENT, List.of(1, 2, 3_000_000_000L)));
        rows.add(new FeatureRow(List.of("u1"), EVENT, List.of(1, 2, 3)));
        rows.add(new FeatureRow(List.of("u1", "i2"), EVENT, List.of(1, 2, 3)));
        env.fromData(rows, FeatureRow.TYPE)
                .sinkTo(
                        FeatureSink.builder()
                                .setBootstrapServers(broker.bootstrapServers())
                                .setTopic(topic)
                                .setDeadLetterTopic(letters)
                                .setFeatures("pair", "INT32", List.of("a", "b", "c"))
                                .setDataType(DataType.INT32, List.of("user_id", "item_id"))
                                .build());
        run(env);

        assertThat(block(readAll().get("INT32")).getLong(2)).isEqualTo(3);
        assertThat(Topics.records(broker.bootstrapServers(), topic))
                .singleElement()
                .satisfies(
                        record ->
                                assertThat(record.key())
                                        .isEqualTo(
                                                FeatureRecords.key("pair", List.of("u1", "i2"))));
        List<RawRecord> found =
                Topics.records(broker.bootstrapServers(), letters).stream()
                        .map(RawRecordDeserializer::toRawRecord)
                        .toList();
        assertThat(found)
                .extracting(letter -> letter.headerText(DeadLetters.REASON))
                .containsExactly("out-of-range", "key-mismatch");
        assertThat(found.get(0).headerText(DeadLetters.DETAIL)).contains("feature c of");
        assertThat(new String(found.get(0).value(), StandardCharsets.UTF_8)).contains("3000000000");
    }

    @Test
    void schemasThatLackTheGroup_failTheJobNamingWhatThereIs() throws Exception {
        StreamExecutionEnvironment env = environment();
        FeatureRow row = new FeatureRow(List.of("u1", "i2"), EVENT, List.of(1, 2, 3));
        env.fromData(List.of(row), FeatureRow.TYPE).sinkTo(sink("nowhere").build());

        assertThatThrownBy(() -> run(env))
                .hasStackTraceContaining("unknown group nowhere of pair; there are [BOOL");
    }
}
