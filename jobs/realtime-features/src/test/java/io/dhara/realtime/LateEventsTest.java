package io.dhara.realtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.flink.config.KafkaSettings;
import io.dhara.flink.source.PartitionWatermarks;
import io.dhara.realtime.LateEvents.Reason;
import io.dhara.realtime.domain.definition.FeatureDefinitions;
import io.dhara.realtime.domain.definition.GroupPlan;
import io.dhara.realtime.domain.event.FeatureEvent;
import java.util.Arrays;
import java.util.Map;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LateEventsTest {
    private static final String DEFINITION =
            """
            name: test
            sources:
              s: {topic: t, format: json, fields: {a: string, n: int64, x: double, b: boolean}}
            groups:
              - entity: e
                group: g
                key: [a]
                features: [{name: "n_{window}", aggregate: count, windows: [1 h]}]
            """;

    private static final int NO_LIMIT = 1 << 20;

    private static LateEvents events(LateEvents.Why why) throws Exception {
        GroupPlan group = FeatureDefinitions.read("test", DEFINITION).groups().get(0);
        return new LateEvents(
                new KafkaSettings("k:9092", "g", Map.of(), Map.of(), Map.of()),
                "late",
                NO_LIMIT,
                group,
                why);
    }

    private static FeatureEvent event(long timeMillis, @Nullable Object... values) {
        return new FeatureEvent(timeMillis, Arrays.asList(values));
    }

    private static String json(LateEvents.Why why, FeatureEvent event, int maxBytes)
            throws Exception {
        return new String(events(why).json(event, maxBytes), UTF_8);
    }

    private static String head(LateEvents.Why why, long timeMillis) throws Exception {
        String json = json(why, event(timeMillis, "k", 1L, 0.5, true), NO_LIMIT);
        return json.substring(0, json.indexOf(",\"event\":"));
    }

    @Test
    void event_isJsonWithItsColumns() throws Exception {
        assertThat(json(event -> Reason.LATE, event(1_234, "k\"", 7L, 0.5, true), NO_LIMIT))
                .isEqualTo(
                        "{\"group\":\"e/g\",\"reason\":\"late\",\"event_time\":1234,"
                                + "\"event\":{\"a\":\"k\\\"\",\"n\":7,\"x\":0.5,\"b\":true}}");
        assertThat(json(event -> Reason.NO_KEY, event(1_234, null, null, null, null), NO_LIMIT))
                .isEqualTo(
                        "{\"group\":\"e/g\",\"reason\":\"no key\",\"event_time\":1234,"
                                + "\"event\":{\"a\":null,\"n\":null,\"x\":null,\"b\":null}}");
    }

    @Test
    void event_withATimeThatCannotBe_saysWhy() throws Exception {
        assertThat(head(LateEvents::untimely, PartitionWatermarks.NO_TIME))
                .isEqualTo("{\"group\":\"e/g\",\"reason\":\"no time\",\"event_time\":null");
        assertThat(head(LateEvents::untimely, Long.MAX_VALUE))
                .isEqualTo(
                        "{\"group\":\"e/g\",\"reason\":\"in the future\",\"event_time\":"
                                + Long.MAX_VALUE);
    }

    /** Of the event's time, a broker may refuse it or delete it at once. */
    @Test
    void record_hasNoTimestampOfTheEvents() throws Exception {
        LateEvents events = events(event -> Reason.LATE);
        ProducerRecord<byte[], byte[]> record =
                events.serialize(event(1_234, "k", 1L, 0.5, true), new NoContext(), 1_234L);
        assertThat(record.topic()).isEqualTo("late");
        assertThat(record.timestamp()).isNull();
    }

    @Test
    void event_longerThanTheTopicTakes_hasItsTextsCut() throws Exception {
        FeatureEvent tooLong = event(1_234, "k".repeat(5_000), 7L, 0.5, true);
        assertThat(json(event -> Reason.LATE, tooLong, 5_000))
                .isEqualTo(
                        "{\"group\":\"e/g\",\"reason\":\"late\",\"event_time\":1234,\"cut\":true,"
                                + "\"event\":{\"a\":\""
                                + "k".repeat(100)
                                + "\",\"n\":7,\"x\":0.5,\"b\":true}}");
        assertThat(json(event -> Reason.LATE, tooLong, 6_000)).doesNotContain("cut");
    }

    @Test
    void halfACharacter_isAQuestionMark() throws Exception {
        assertThat(json(event -> Reason.LATE, event(1_234, "a\ud83d", 7L, 0.5, true), NO_LIMIT))
                .contains("{\"a\":\"a?\",");
        String smile = "\ud83d\ude00";
        FeatureEvent split = event(1_234, "k" + smile.repeat(100), 7L, 0.5, true);
        assertThat(json(event -> Reason.LATE, split, 100))
                .contains("\"k" + "\\uD83D\\uDE00".repeat(49) + "?\"");
    }

    private static final class NoContext
            implements KafkaRecordSerializationSchema.KafkaSinkContext {
        @Override
        public int getParallelInstanceId() {
            return 0;
        }

        @Override
        public int getNumberOfParallelInstances() {
            return 1;
        }

        @Override
        public int[] getPartitionsForTopic(String topic) {
            return new int[0];
        }
    }
}
