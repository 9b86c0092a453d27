package io.dhara.sessionizer.event;

import io.dhara.flink.source.RawRecord;
import java.io.IOException;

/**
 * BharatMLStack's click:
 *
 * <pre>{@code
 * {"meta":{...},
 *  "data":{"payload":{"user_id":"42","anonymous_user_id":"a-9","catalog_id":101,"product_id":2002,
 *                     "clicked_at":1767225600000,"metadata":"ab"}}}
 * }</pre>
 */
final class ClickJsonParser implements EventParser {
    static final String TYPE = "CLICK";

    @Override
    public ParsedRecord parse(RawRecord record, byte[] value) {
        return JsonCursor.parse(value, ClickJsonParser::read);
    }

    private static ParsedRecord read(JsonCursor json) throws IOException {
        EventDraft click = new EventDraft();
        if (json.enterObject()) {
            while (json.nextMember()) {
                if (json.member().equals("data")) {
                    readData(json, click);
                } else {
                    json.skip();
                }
            }
        }
        return click.toParsed(TYPE);
    }

    private static void readData(JsonCursor json, EventDraft click) throws IOException {
        if (!json.enterObject()) {
            return;
        }
        while (json.nextMember()) {
            if (json.member().equals("payload")) {
                readPayload(json, click);
            } else {
                json.skip();
            }
        }
    }

    private static void readPayload(JsonCursor json, EventDraft click) throws IOException {
        if (!json.enterObject()) {
            return;
        }
        while (json.nextMember()) {
            switch (json.member()) {
                case "user_id" -> click.userId = json.id();
                case "anonymous_user_id" -> click.anonymousUserId = json.id();
                case "catalog_id" -> click.catalogId = json.integer();
                case "product_id" -> click.productId = json.integer();
                case "clicked_at" -> click.eventTimeMillis = json.integer();
                case "metadata" -> click.metadata = json.text();
                default -> json.skip();
            }
        }
    }
}
