package io.dhara.sessionizer.tier;

import io.dhara.core.interaction.Interaction;
import io.dhara.proto.v1.SessionClosed;
import io.dhara.proto.v1.SessionItem;
import io.dhara.proto.v1.SessionRecord;
import io.dhara.sessionizer.session.CloseReason;
import io.dhara.sessionizer.session.ClosedSession;
import io.dhara.sessionizer.session.SessionEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Turns closed sessions into records of the session topic. A session whose items do not fit one
 * record is several with the same id; all but the items is the same in each.
 */
final class SessionRecords {
    /** Of a record's items; with the rest it stays below Kafka's default of 1 MiB. */
    static final int MAX_BYTES = 900_000;

    private SessionRecords() {}

    static List<SessionRecord> of(String userId, ClosedSession session) {
        return of(userId, session, session.events());
    }

    /**
     * Under the id of the whole late session, so that a repeat which finds less new is the same
     * session again.
     *
     * @param added the events that the cold tier did not have
     */
    static List<SessionRecord> ofLate(
            String userId, ClosedSession session, List<Interaction> added) {
        return of(
                userId,
                session,
                added.stream()
                        .map(interaction -> SessionEvent.of(true, interaction))
                        .sorted(SessionEvent.OLDEST_FIRST)
                        .toList());
    }

    private static List<SessionRecord> of(
            String userId, ClosedSession session, List<SessionEvent> events) {
        Map<String, Integer> counts = new HashMap<>();
        events.forEach(event -> counts.merge(event.type(), 1, Integer::sum));
        SessionRecord begun =
                SessionRecord.newBuilder()
                        .setSessionId(userId + ":" + session.startMillis())
                        .setUserId(userId)
                        .setStartMs(session.startMillis())
                        .setEndMs(session.endMillis())
                        .setClosed(closed(session.reason()))
                        .putAllCounts(counts)
                        .build();
        List<SessionRecord> records = new ArrayList<>();
        SessionRecord.Builder record = begun.toBuilder();
        int bytes = 0;
        for (SessionEvent event : events) {
            if (event.stored()) {
                SessionItem item = item(event);
                int size = item.getSerializedSize();
                if (bytes > 0 && bytes + size > MAX_BYTES) {
                    records.add(record.build());
                    record = begun.toBuilder();
                    bytes = 0;
                }
                record.addItems(item);
                bytes += size;
            }
        }
        records.add(record.build());
        return records;
    }

    private static SessionItem item(SessionEvent event) {
        return SessionItem.newBuilder()
                .setType(event.type())
                .setProductId(event.productId())
                .setCatalogId(event.catalogId())
                .setEventTimeMs(event.eventTimeMillis())
                .setSubOrderNum(event.subOrder())
                .setMetadata(event.metadata())
                .build();
    }

    private static SessionClosed closed(CloseReason reason) {
        return switch (reason) {
            case GAP -> SessionClosed.SESSION_CLOSED_GAP;
            case CAP -> SessionClosed.SESSION_CLOSED_CAP;
            case STOP -> SessionClosed.SESSION_CLOSED_STOP;
            case LATE -> SessionClosed.SESSION_CLOSED_LATE;
        };
    }
}
