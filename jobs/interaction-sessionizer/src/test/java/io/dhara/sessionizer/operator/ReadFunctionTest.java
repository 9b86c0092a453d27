package io.dhara.sessionizer.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.config.Settings;
import io.dhara.core.interaction.InteractionTypes;
import io.dhara.sessionizer.event.EventFormat;
import io.dhara.sessionizer.event.EventRules;
import io.dhara.sessionizer.event.ReadRecord;
import io.dhara.sessionizer.event.ReadRecordSerializer;
import io.dhara.sessionizer.event.UserEvent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReadFunctionTest {
    private final EventDeserializer source = new EventDeserializer(EventFormat.EVENT, rules());
    private final ReadFunction function = new ReadFunction();
    private OneInputStreamOperatorTestHarness<ReadRecord, UserEvent> harness;

    private static EventRules rules() {
        return new EventRules(InteractionTypes.from(Settings.parse(Map.of())), 1000, 10, 100);
    }

    @BeforeEach
    void open() throws Exception {
        source.open(null);
        harness =
                new OneInputStreamOperatorTestHarness<>(
                        new ProcessOperator<>(function), new ReadRecordSerializer());
        harness.open();
    }

    @AfterEach
    void close() throws Exception {
        harness.close();
    }

    private void send(String json) throws Exception {
        List<ReadRecord> read = new ArrayList<>();
        source.deserialize(
                new ConsumerRecord<>("t", 0, 1, null, json.getBytes(StandardCharsets.UTF_8)),
                new ListCollector<>(read));
        assertThat(read).hasSize(1);
        harness.processElement(new StreamRecord<>(read.get(0)));
    }

    private static String event(String type) {
        return "{\"user_id\":\"u\",\"type\":\""
                + type
                + "\",\"product_id\":1,\"event_time_ms\":"
                + System.currentTimeMillis()
                + "}";
    }

    @Test
    void goodEvents_goOn_rejectedRecords_goAside() throws Exception {
        send(event("CLICK"));
        send(event("LIKE"));
        send("{");
        send(event("APP_OPEN"));
        assertThat(harness.extractOutputValues())
                .extracting(event -> event.interaction().type())
                .containsExactly("CLICK", "APP_OPEN");
        assertThat(harness.getSideOutput(ReadFunction.REJECTED))
                .extracting(rejected -> rejected.getValue().rejections().get(0).reason())
                .containsExactly("unknown-type", "unparsable");
    }
}
