package io.dhara.sessionizer.event;

import io.dhara.core.interaction.UserIds;
import java.util.List;

/** Fields of one event while it is read; absent ones stay 0 or empty. */
final class EventDraft {
    String userId = "";
    String anonymousUserId = "";
    String type = "";
    long productId;
    long catalogId;
    long eventTimeMillis;
    String subOrder = "";
    String metadata = "";

    ParsedRecord toParsed(String type) {
        return new ParsedRecord(
                UserIds.choose(userId, anonymousUserId),
                type,
                eventTimeMillis,
                List.of(new ParsedRecord.Item(productId, catalogId, subOrder, metadata, null)));
    }
}
