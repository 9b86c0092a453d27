package io.dhara.flink.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.InvalidProtocolBufferException;
import io.dhara.core.model.FeatureRecords;
import io.dhara.embedded.EmbeddedKafka;
import io.dhara.embedded.SharedServers;
import io.dhara.flink.sink.DeadLetters;
import io.dhara.flink.source.RawRecordDeserializer;
import io.dhara.flink.testkit.Topics;
import io.dhara.proto.persist.Query;
import io.dhara.proto.persist.Values;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.api.TableResult;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** SQL scripts that write features through a real broker. */
class FeatureTableITCase {
    private static final long PATIENCE_SECONDS = 120;

    private final EmbeddedKafka broker = SharedServers.kafka();
    private final String topic = "features-" + UUID.randomUUID();
    private final String letters = "letters-" + UUID.randomUUID();
    private final TableEnvironment tables =
            TableEnvironment.create(EnvironmentSettings.inStreamingMode());

    @BeforeEach
    void createTopics() throws Exception {
        broker.createTopic(topic, 2);
        broker.createTopic(letters, 1);
        tables.getConfig().set("parallelism.default", "1");
        tables.getConfig().set("restart-strategy.type", "none");
    }

    private String options(String entity, String group) {
        return """
               WITH (
                 'connector' = 'dhara-features',
                 'properties.bootstrap.servers' = '%s',
                 'properties.linger.ms' = '2',
                 'topic' = '%s', 'dead-letter-topic' = '%s',
                 'entity' = '%s', 'group' = '%s',
                 'registry.folder' = '../../examples/schemas')
               """
                .formatted(broker.bootstrapServers(), topic, letters, entity, group);
    }

    private static void await(TableResult result) throws Exception {
        result.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private List<ConsumerRecord<byte[], byte[]>> records() {
        return Topics.records(broker.bootstrapServers(), topic);
    }

    private static Query query(ConsumerRecord<byte[], byte[]> record) {
        try {
            return Query.parseFrom(record.value());
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    private static Values values(Query query) {
        return query.getData(0).getFeatureValues(0).getValues();
    }

    private static String eventTime(ConsumerRecord<byte[], byte[]> record) {
        return new String(
                record.headers().lastHeader(FeatureRecords.EVENT_TIME_HEADER).value(),
                StandardCharsets.UTF_8);
    }

    @Test
    void insert_ofValues_becomesAMessagePerRow() throws Exception {
        tables.executeSql(
                """
                CREATE TABLE activity (
                  event_time TIMESTAMP_LTZ(3), views_1d BIGINT, user_id STRING, carts_1d INT,
                  PRIMARY KEY (user_id) NOT ENFORCED)
                """
                        + options("user", "activity"));
        await(
                tables.executeSql(
                        """
                        INSERT INTO activity VALUES
                          (TO_TIMESTAMP_LTZ(1700, 3), 3, 'u1', CAST(NULL AS INT)),
                          (TO_TIMESTAMP_LTZ(1800, 3), 3000000000, 'u2', 1),
                          (TO_TIMESTAMP_LTZ(1900, 3), 4, 'u1', 1)
                        """));

        List<ConsumerRecord<byte[], byte[]>> records = records();
        assertThat(records)
                .hasSize(2)
                .allSatisfy(
                        record ->
                                assertThat(record.key())
                                        .isEqualTo(FeatureRecords.key("user", List.of("u1"))));
        assertThat(records)
                .extracting(FeatureTableITCase::eventTime)
                .containsExactly("1700", "1900");
        Query first = query(records.get(0));
        assertThat(first.getFeatureGroupSchema(0).getFeatureLabelsList())
                .containsExactly("views_1d");
        assertThat(values(first).getInt32ValuesList()).containsExactly(3);
        assertThat(values(query(records.get(1))).getInt32ValuesList()).containsExactly(4, 1);
        assertThat(Topics.records(broker.bootstrapServers(), letters))
                .singleElement()
                .satisfies(
                        letter ->
                                assertThat(
                                                RawRecordDeserializer.toRawRecord(letter)
                                                        .headerText(DeadLetters.DETAIL))
                                        .contains("feature views_1d")
                                        .contains("3000000000"));
    }

    @Test
    void insert_ofAnArray_becomesAVector() throws Exception {
        tables.executeSql(
                """
                CREATE TABLE taste (
                  user_id STRING, taste_8 ARRAY<DOUBLE>, at_ms BIGINT,
                  PRIMARY KEY (user_id) NOT ENFORCED)
                """
                        + options("user", "taste")
                                .replace("WITH (", "WITH ('event-time'='at_ms',"));
        await(
                tables.executeSql(
                        """
                        INSERT INTO taste VALUES
                          ('u1', ARRAY[0e0, 1e0, 2e0, 3e0, 4e0, 5e0, 6e0, 0.5e0], 1700)
                        """));

        assertThat(records())
                .singleElement()
                .satisfies(
                        record ->
                                assertThat(
                                                values(query(record))
                                                        .getVector(0)
                                                        .getValues()
                                                        .getFp32ValuesList())
                                        .containsExactly(0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 0.5));
    }

    private void createActivity() {
        tables.executeSql(
                """
                CREATE TABLE activity (
                  user_id STRING, views_1d BIGINT, event_time TIMESTAMP_LTZ(3),
                  PRIMARY KEY (user_id) NOT ENFORCED)
                """
                        + options("user", "activity"));
    }

    @Test
    void updates_ofAnAggregation_areMessagesAndTheLastHoldsTheTotal() throws Exception {
        createActivity();
        await(
                tables.executeSql(
                        """
                        INSERT INTO activity
                        SELECT user_id, COUNT(*), MAX(seen_at)
                        FROM (VALUES ('u1', TO_TIMESTAMP_LTZ(1000, 3)),
                                     ('u2', TO_TIMESTAMP_LTZ(1500, 3)),
                                     ('u1', TO_TIMESTAMP_LTZ(2000, 3))) AS events (user_id, seen_at)
                        GROUP BY user_id
                        """));

        Map<String, Integer> last = new HashMap<>();
        records()
                .forEach(
                        record ->
                                last.put(
                                        query(record).getData(0).getKeyValues(0),
                                        values(query(record)).getInt32Values(0)));
        assertThat(last).isEqualTo(Map.of("u1", 2, "u2", 1));
    }

    /** A key that a condition no longer lets through. The cast costs the planner the key. */
    @Test
    void key_thatLeavesTheResult_getsTheDefaults() throws Exception {
        createActivity();
        await(
                tables.executeSql(
                        """
                        INSERT INTO activity
                        SELECT CAST(user_id AS STRING), n, seen_at FROM (
                          SELECT user_id, COUNT(*) AS n, MAX(seen_at) AS seen_at
                          FROM (VALUES (1, TO_TIMESTAMP_LTZ(1000, 3)),
                                       (2, TO_TIMESTAMP_LTZ(1500, 3)),
                                       (1, TO_TIMESTAMP_LTZ(2000, 3)),
                                       (1, TO_TIMESTAMP_LTZ(3000, 3)),
                                       (2, TO_TIMESTAMP_LTZ(3500, 3))) AS events (user_id, seen_at)
                          GROUP BY user_id)
                        WHERE n < 3
                        """));

        Map<String, List<Object>> last = new HashMap<>();
        records()
                .forEach(
                        record ->
                                last.put(
                                        query(record).getData(0).getKeyValues(0),
                                        List.of(
                                                eventTime(record),
                                                values(query(record)).getInt32Values(0))));
        assertThat(last).isEqualTo(Map.of("1", List.of("2000", 0), "2", List.of("3500", 2)));
    }

    @Test
    void query_thatDeletes_withoutARegistry_isRefusedWhenPlanned() {
        tables.executeSql(
                """
                CREATE TABLE activity (
                  user_id STRING, views_1d BIGINT, event_time TIMESTAMP_LTZ(3),
                  PRIMARY KEY (user_id) NOT ENFORCED)
                """
                        + options("user", "activity")
                                .replace(
                                        "'registry.folder' = '../../examples/schemas'",
                                        "'data-type' = 'Int32'"));

        assertThatThrownBy(
                        () ->
                                tables.explainSql(
                                        """
                                        INSERT INTO activity
                                        SELECT user_id, n, seen_at FROM (
                                          SELECT user_id, COUNT(*) AS n, MAX(seen_at) AS seen_at
                                          FROM (VALUES ('u1', TO_TIMESTAMP_LTZ(1000, 3)))
                                            AS events (user_id, seen_at)
                                          GROUP BY user_id)
                                        ORDER BY n DESC LIMIT 2
                                        """))
                .hasStackTraceContaining("doesn't support consuming")
                .hasStackTraceContaining("delete");
    }

    @Test
    void exampleScript_runs() throws Exception {
        SqlScript.run(tables, ExampleScript.of(broker.bootstrapServers(), topic));

        double orders = 0;
        for (ConsumerRecord<byte[], byte[]> record : records()) {
            assertThat(query(record).getFeatureGroupSchema(0).getFeatureLabelsList())
                    .containsExactly("orders", "sales");
            orders += values(query(record)).getFp64Values(0);
        }
        assertThat(orders).isEqualTo(1000);
    }
}
