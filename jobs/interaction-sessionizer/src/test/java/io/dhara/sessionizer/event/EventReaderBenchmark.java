package io.dhara.sessionizer.event;

import io.dhara.core.config.Settings;
import io.dhara.core.interaction.InteractionTypes;
import io.dhara.flink.source.RawRecord;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Time to read one record of each format, with all checks, on one thread: {@code ./mvnw -pl
 * jobs/interaction-sessionizer -am test -Dtest=EventReaderBenchmark
 * -Dsurefire.failIfNoSpecifiedTests=false}
 */
final class EventReaderBenchmark {
    private static final int RECORDS = 200_000;
    private static final int ROUNDS = 15;

    @Test
    void timeOfARecord() {
        EventRules rules =
                new EventRules(
                        InteractionTypes.from(Settings.parse(Map.of())), 1 << 20, 1000, 1024);
        String detail = Records.detail("2002", "\"S1_1\"", "101");
        String now = Long.toString(Records.NOW);
        measure(rules, EventFormat.CLICK_JSON, Records.clickBut("\"metadata\":\"ab\""));
        measure(rules, EventFormat.ORDER_JSON, Records.order("42", now, detail, detail, detail));
        measure(
                rules,
                EventFormat.EVENT,
                "{\"user_id\":\"42\",\"type\":\"CLICK\",\"product_id\":2002,\"catalog_id\":101,"
                        + "\"event_time_ms\":1767225600000,\"metadata\":\"ab\"}");
        measure(
                rules,
                EventFormat.EVENT,
                Records.event("CLICK").setMetadata("ab").build().toByteArray());
    }

    private static void measure(EventRules rules, EventFormat format, String json) {
        measure(rules, format, json.getBytes(StandardCharsets.UTF_8));
    }

    private static void measure(EventRules rules, EventFormat format, byte[] value) {
        EventReader reader = new EventReader(format, rules, () -> Records.NOW);
        RawRecord record = Records.record(value, Records.KAFKA_TIME);
        double[] nanos = new double[ROUNDS];
        long events = 0;
        for (int round = 0; round < ROUNDS; round++) {
            long start = System.nanoTime();
            for (int i = 0; i < RECORDS; i++) {
                events += reader.read(record).events().size();
            }
            nanos[round] = (double) (System.nanoTime() - start) / RECORDS;
        }
        Arrays.sort(nanos);
        System.out.printf(
                "%s, %d bytes, %d events: median %.0f ns, slowest %.0f ns a record%n",
                format,
                value.length,
                events / ((long) ROUNDS * RECORDS),
                nanos[ROUNDS / 2],
                nanos[ROUNDS - 1]);
    }
}
