package io.dhara.sessionizer.event;

import com.google.protobuf.InvalidProtocolBufferException;
import io.dhara.flink.source.RawRecord;
import io.dhara.proto.v1.InteractionEvent;
import java.io.IOException;

/**
 * {@link InteractionEvent}, as protobuf or as JSON with its field names (as in the {@code .proto}
 * or in lower camel case). An event without a time happened at the record's Kafka timestamp.
 */
final class EventParserOfAnyType implements EventParser {
    /** Starts a group in protobuf, which the message does not have. */
    private static final byte JSON_START = '{';

    @Override
    public ParsedRecord parse(RawRecord record, byte[] value) {
        ParsedRecord parsed =
                value.length > 0 && value[0] == JSON_START
                        ? JsonCursor.parse(value, EventParserOfAnyType::readJson)
                        : readProtobuf(value);
        return parsed.eventTimeMillis() == 0 && record.timestampMillis() > 0
                ? parsed.at(record.timestampMillis())
                : parsed;
    }

    private static ParsedRecord readJson(JsonCursor json) throws IOException {
        EventDraft event = new EventDraft();
        if (json.enterObject()) {
            while (json.nextMember()) {
                readMember(json, event);
            }
        }
        return event.toParsed(event.type);
    }

    private static void readMember(JsonCursor json, EventDraft event) throws IOException {
        switch (json.member()) {
            case "user_id", "userid" -> event.userId = json.id();
            case "anonymous_user_id", "anonymoususerid" -> event.anonymousUserId = json.id();
            case "type" -> event.type = json.text();
            case "product_id", "productid" -> event.productId = json.integer();
            case "catalog_id", "catalogid" -> event.catalogId = json.integer();
            case "event_time_ms", "eventtimems" -> event.eventTimeMillis = json.integer();
            case "sub_order_num", "subordernum" -> event.subOrder = json.text();
            case "metadata" -> event.metadata = json.text();
            default -> json.skip();
        }
    }

    private static ParsedRecord readProtobuf(byte[] value) {
        InteractionEvent event;
        try {
            event = InteractionEvent.parseFrom(value);
        } catch (InvalidProtocolBufferException e) {
            throw new RejectedException(
                    RejectReason.UNPARSABLE, "not a dhara.v1.InteractionEvent: " + e.getMessage());
        }
        EventDraft draft = new EventDraft();
        draft.userId = event.getUserId();
        draft.anonymousUserId = event.getAnonymousUserId();
        draft.productId = event.getProductId();
        draft.catalogId = event.getCatalogId();
        draft.eventTimeMillis = event.getEventTimeMs();
        draft.subOrder = event.getSubOrderNum();
        draft.metadata = event.getMetadata();
        return draft.toParsed(event.getType());
    }
}
