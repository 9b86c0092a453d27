package io.dhara.realtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.realtime.domain.definition.FeatureDefinitions;
import io.dhara.realtime.domain.definition.GroupPlan;
import io.dhara.realtime.domain.event.FeatureEvent;
import java.util.Arrays;
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

    private static String json(@Nullable Object... values) throws Exception {
        GroupPlan group = FeatureDefinitions.read("test", DEFINITION).groups().get(0);
        ProducerRecord<byte[], byte[]> record =
                new LateEvents("late", group)
                        .serialize(
                                new FeatureEvent(1_234, Arrays.asList(values)),
                                new NoContext(),
                                null);
        assertThat(record.topic()).isEqualTo("late");
        assertThat(record.timestamp()).isEqualTo(1_234);
        return new String(record.value(), UTF_8);
    }

    @Test
    void event_isJsonWithItsColumnsAndTheReason() throws Exception {
        assertThat(json("k\"", 7L, 0.5, true))
                .isEqualTo(
                        "{\"group\":\"e/g\",\"reason\":\"late\",\"event_time\":1234,"
                                + "\"event\":{\"a\":\"k\\\"\",\"n\":7,\"x\":0.5,\"b\":true}}");
        assertThat(json(null, null, null, null))
                .isEqualTo(
                        "{\"group\":\"e/g\",\"reason\":\"no key\",\"event_time\":1234,"
                                + "\"event\":{\"a\":null,\"n\":null,\"x\":null,\"b\":null}}");
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
