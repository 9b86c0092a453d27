package io.dhara.sessionizer.event;

import io.dhara.core.config.Settings;
import io.dhara.core.interaction.InteractionTypes;
import io.dhara.flink.source.RawRecord;
import io.dhara.flink.source.RecordHeader;
import io.dhara.proto.v1.InteractionEvent;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Records as the sources bring them, and the reader that reads them at {@link #NOW}. */
public final class Records {
    /** 2026-01-01T00:00:00Z; also the time of the worked examples. */
    public static final long NOW = 1_767_225_600_000L;

    /** Of the record itself. */
    public static final long KAFKA_TIME = NOW - 7;

    static final InteractionTypes TYPES = types(Map.of());

    static final EventRules RULES = new EventRules(TYPES, 2000, 3, 20);

    private Records() {}

    static InteractionTypes types(Map<String, String> given) {
        Settings settings = Settings.parse(given);
        InteractionTypes types = InteractionTypes.from(settings);
        settings.finish();
        return types;
    }

    public static RawRecord record(byte[] value, long kafkaTimeMillis) {
        return new RawRecord(
                "topic",
                1,
                99,
                kafkaTimeMillis,
                "k".getBytes(StandardCharsets.UTF_8),
                value,
                List.of(new RecordHeader("h", new byte[] {1})));
    }

    public static RawRecord record(String value) {
        return record(value.getBytes(StandardCharsets.UTF_8), KAFKA_TIME);
    }

    static RawRecord record(InteractionEvent.Builder event) {
        return record(event.build().toByteArray(), KAFKA_TIME);
    }

    static ReadRecord read(EventFormat format, RawRecord record) {
        return read(format, RULES, record);
    }

    static ReadRecord read(EventFormat format, EventRules rules, RawRecord record) {
        return new EventReader(format, rules, () -> NOW).read(record);
    }

    /** The worked click of the interop paper, with other members in its payload. */
    static String click(String members) {
        return "{\"meta\":{\"requestId\":\"r-1\",\"requestTimestamp\":\"1767225600000\"},"
                + "\"data\":{\"payload\":{"
                + members
                + "}}}";
    }

    /** A good click but for what comes last. */
    static String clickBut(String members) {
        return click(
                "\"user_id\":\"42\",\"catalog_id\":101,\"product_id\":2002,"
                        + "\"clicked_at\":1767225600000,"
                        + members);
    }

    static String order(String userId, String timestamp, String... details) {
        return "{\"meta\":{\"timestamp\":"
                + timestamp
                + "},\"data\":{\"user_id\":"
                + userId
                + ",\"order_splits\":[{\"order_details\":["
                + String.join(",", details)
                + "]}]}}";
    }

    static String detail(String productId, String subOrder, String catalogId) {
        return "{\"product_id\":"
                + productId
                + ",\"sub_order_num\":"
                + subOrder
                + ",\"catalog_details\":{\"catalog_id\":"
                + catalogId
                + "}}";
    }

    static InteractionEvent.Builder event(String type) {
        return InteractionEvent.newBuilder()
                .setUserId("42")
                .setType(type)
                .setProductId(2002)
                .setCatalogId(101)
                .setEventTimeMs(NOW);
    }
}
