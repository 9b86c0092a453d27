package io.dhara.sessionizer.event;

import static java.util.Objects.requireNonNull;

import io.dhara.core.interaction.Interaction;
import io.dhara.core.interaction.InteractionBlock;
import io.dhara.core.interaction.InteractionType;
import io.dhara.core.interaction.InteractionWindow;
import io.dhara.flink.sink.RejectedRecord;
import io.dhara.flink.sink.Rejection;
import io.dhara.flink.source.RawRecord;
import io.dhara.sessionizer.event.ParsedRecord.Item;
import io.dhara.sessionizer.event.UserEvent.Kind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads the records of one source: parses, finds the user, checks type, time and limits. Every
 * event of every record ends in the result, as good or rejected with a reason. For one thread.
 */
public final class EventReader {
    private final EventParser parser;
    private final EventRules rules;
    private final LongSupplier nowMillis;

    /**
     * @param nowMillis clock, epoch milliseconds
     */
    public EventReader(EventFormat format, EventRules rules, LongSupplier nowMillis) {
        this.parser = format.parser(rules);
        this.rules = requireNonNull(rules, "rules is null");
        this.nowMillis = requireNonNull(nowMillis, "nowMillis is null");
    }

    public ReadRecord read(RawRecord record) {
        ParsedRecord parsed = null;
        try {
            parsed = parser.parse(record, value(record));
            return check(record, parsed);
        } catch (RejectedException e) {
            return whole(record, parsed, e.reason(), e.detail());
        }
    }

    /** The whole record rejected because of a defect of this program. */
    public static ReadRecord failed(RawRecord record, String detail) {
        return whole(record, null, RejectReason.INTERNAL_ERROR, detail);
    }

    private static ReadRecord whole(
            RawRecord record, @Nullable ParsedRecord parsed, RejectReason reason, String detail) {
        Rejection rejection =
                new Rejection(Rejection.WHOLE_MESSAGE, group(parsed), reason.code(), detail);
        return new ReadRecord(
                List.of(),
                new RejectedRecord(
                        record,
                        eventTime(record, parsed),
                        parsed == null ? 1 : Math.max(1, parsed.items().size()),
                        List.of(rejection)));
    }

    private static String group(@Nullable ParsedRecord parsed) {
        return parsed == null ? "" : parsed.type();
    }

    private static long eventTime(RawRecord record, @Nullable ParsedRecord parsed) {
        return parsed == null || parsed.eventTimeMillis() == 0
                ? record.timestampMillis()
                : parsed.eventTimeMillis();
    }

    private byte[] value(RawRecord record) {
        byte[] value = record.value();
        if (value == null) {
            throw new RejectedException(RejectReason.NO_VALUE, "the record has no value");
        }
        if (value.length > rules.maxRecordBytes()) {
            throw new RejectedException(
                    RejectReason.OVERSIZED_RECORD,
                    "record must have at most "
                            + rules.maxRecordBytes()
                            + " bytes (interactions.max-record-bytes): got "
                            + value.length);
        }
        return value;
    }

    private ReadRecord check(RawRecord record, ParsedRecord parsed) {
        checkUser(parsed.userId());
        InteractionType type = type(parsed.type());
        checkTime(parsed.eventTimeMillis());
        if (parsed.items().isEmpty()) {
            throw new RejectedException(RejectReason.NO_DETAILS, "the order has no details");
        }
        List<UserEvent> events = new ArrayList<>(parsed.items().size());
        List<Rejection> rejections = new ArrayList<>(0);
        for (int i = 0; i < parsed.items().size(); i++) {
            try {
                events.add(event(parsed, type, parsed.items().get(i)));
            } catch (RejectedException e) {
                rejections.add(new Rejection(i, parsed.type(), e.reason().code(), e.detail()));
            }
        }
        return new ReadRecord(
                events,
                rejections.isEmpty()
                        ? null
                        : new RejectedRecord(
                                record, parsed.eventTimeMillis(), rejections.size(), rejections));
    }

    private void checkUser(String userId) {
        if (userId.isEmpty()) {
            throw new RejectedException(
                    RejectReason.NO_USER,
                    "the event has no user: its ids are empty, -1, or of an order not positive");
        }
        // Also for speed: an id this short need not be encoded to be measured.
        if (userId.length() > rules.maxUserIdBytes()
                || !isUnicode(userId)
                || utf8Length(userId) > rules.maxUserIdBytes()) {
            throw new RejectedException(
                    RejectReason.BAD_USER,
                    "user id must be Unicode text of at most "
                            + rules.maxUserIdBytes()
                            + " bytes (interactions.max-user-id-bytes): got "
                            + userId.length()
                            + " characters");
        }
    }

    private static int utf8Length(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /** Half a surrogate pair would become a question mark in the stores: two users would be one. */
    private static boolean isUnicode(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (!Character.isSurrogatePair(text.charAt(i), at(text, i + 1))) {
                    return false;
                }
                i++;
            }
        }
        return true;
    }

    private static char at(String text, int index) {
        return index < text.length() ? text.charAt(index) : '\0';
    }

    /** The type, or null for {@link UserEvent#ERASE_USER}. */
    private @Nullable InteractionType type(String name) {
        if (name.equals(UserEvent.ERASE_USER)) {
            return null;
        }
        Optional<InteractionType> type = rules.types().byName(name);
        if (type.isEmpty()) {
            throw new RejectedException(
                    RejectReason.UNKNOWN_TYPE,
                    "type must be one of interactions.types: got " + shown(name));
        }
        return type.get();
    }

    private static String shown(String name) {
        return name.isEmpty() ? "none" : name.length() <= 64 ? name : name.substring(0, 64) + "…";
    }

    private void checkTime(long eventTimeMillis) {
        if (eventTimeMillis == 0) {
            throw new RejectedException(
                    RejectReason.NO_EVENT_TIME, "the event has no time, and no Kafka timestamp");
        }
        long now = nowMillis.getAsLong();
        long oldest = InteractionWindow.oldestMillis(now);
        long newest = InteractionWindow.newestMillis(now);
        if (eventTimeMillis < oldest || eventTimeMillis > newest) {
            throw new RejectedException(
                    eventTimeMillis < oldest ? RejectReason.TOO_OLD : RejectReason.IN_FUTURE,
                    "event time must be "
                            + oldest
                            + ".."
                            + newest
                            + " epoch milliseconds: got "
                            + eventTimeMillis);
        }
    }

    private static UserEvent event(ParsedRecord parsed, @Nullable InteractionType type, Item item) {
        if (item.problem() != null) {
            throw item.problem();
        }
        if (type == null) {
            return new UserEvent(Kind.ERASE, interaction(parsed, 0, 0, "", ""));
        }
        if (!type.stored()) {
            return new UserEvent(
                    Kind.MARKER, interaction(parsed, item.productId(), item.catalogId(), "", ""));
        }
        if (item.productId() == 0 && item.catalogId() == 0) {
            throw new RejectedException(
                    RejectReason.NO_PRODUCT, "product id and catalogue id must not both be 0");
        }
        Interaction interaction =
                interaction(
                        parsed,
                        item.productId(),
                        item.catalogId(),
                        item.subOrder(),
                        item.metadata());
        Optional<String> refusal = InteractionBlock.refusal(type, interaction);
        if (refusal.isPresent()) {
            throw new RejectedException(RejectReason.EXCEEDS_LAYOUT, refusal.get());
        }
        return new UserEvent(Kind.STORED, interaction);
    }

    private static Interaction interaction(
            ParsedRecord parsed, long productId, long catalogId, String subOrder, String metadata) {
        return new Interaction(
                parsed.userId(),
                parsed.type(),
                productId,
                catalogId,
                parsed.eventTimeMillis(),
                subOrder,
                metadata);
    }
}
