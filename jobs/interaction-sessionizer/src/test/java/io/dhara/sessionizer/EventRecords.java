package io.dhara.sessionizer;

import io.dhara.core.interaction.Interaction;
import io.dhara.proto.v1.InteractionEvent;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Interactions as records on the job's topics. Which of the possible wire forms an event has
 * depends on the event alone, and all of them occur.
 */
final class EventRecords {
    private final Map<String, String> topics;

    /**
     * @param topics by name of the source: clicks and orders, if there are such, and events
     */
    EventRecords(Map<String, String> topics) {
        this.topics = Map.copyOf(topics);
    }

    ProducerRecord<byte[], byte[]> of(Interaction event) {
        int form =
                Math.floorMod(Long.hashCode(event.productId() * 31 + event.eventTimeMillis()), 3);
        if (event.type().equals("CLICK")
                && topics.containsKey("clicks")
                && form < 2
                && isPlain(event.metadata())) {
            return record("clicks", event.userId(), click(event));
        }
        if (event.type().equals("ORDER")
                && topics.containsKey("orders")
                && event.metadata().isEmpty()
                && event.userId().matches("[1-9][0-9]{0,17}")) {
            return record("orders", event.userId(), order(event));
        }
        return form == 0 && isPlain(event.metadata())
                ? record("events", event.userId(), json(event))
                : record("events", event.userId(), protobuf(event));
    }

    /** A record that no event can be read from. */
    ProducerRecord<byte[], byte[]> unreadable(String source) {
        return record(source, "nobody", bytes("{\"data\":"));
    }

    private static boolean isPlain(String text) {
        return text.chars().allMatch(c -> c < 128 && (Character.isLetterOrDigit(c) || c == ' '));
    }

    private ProducerRecord<byte[], byte[]> record(String source, String userId, byte[] value) {
        String topic = topics.get(source);
        return new ProducerRecord<>(topic, bytes(userId), value);
    }

    private static byte[] click(Interaction event) {
        return bytes(
                """
                {"meta":{"requestId":"r-1","requestTimestamp":"1"},"data":{"payload":{"user_id":"%s",\
                "anonymous_user_id":"-1","catalog_id":%d,"product_id":%d,"clicked_at":%d,\
                "metadata":"%s"}}}"""
                        .formatted(
                                event.userId(),
                                event.catalogId(),
                                event.productId(),
                                event.eventTimeMillis(),
                                event.metadata()));
    }

    private static byte[] order(Interaction event) {
        return bytes(
                """
                {"meta":{"timestamp":%d},"data":{"user_id":%s,"order_splits":[{"order_details":[\
                {"product_id":%d,"sub_order_num":"%s","catalog_details":{"catalog_id":%d}}]}]}}"""
                        .formatted(
                                event.eventTimeMillis(),
                                event.userId(),
                                event.productId(),
                                event.subOrder(),
                                event.catalogId()));
    }

    private static byte[] json(Interaction event) {
        return bytes(
                """
                {"user_id":"%s","type":"%s","product_id":%d,"catalog_id":%d,"event_time_ms":%d,\
                "sub_order_num":"%s","metadata":"%s"}"""
                        .formatted(
                                event.userId(),
                                event.type(),
                                event.productId(),
                                event.catalogId(),
                                event.eventTimeMillis(),
                                event.subOrder(),
                                event.metadata()));
    }

    private static byte[] protobuf(Interaction event) {
        return InteractionEvent.newBuilder()
                .setUserId(event.userId())
                .setType(event.type())
                .setProductId(event.productId())
                .setCatalogId(event.catalogId())
                .setEventTimeMs(event.eventTimeMillis())
                .setSubOrderNum(event.subOrder())
                .setMetadata(event.metadata())
                .build()
                .toByteArray();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
