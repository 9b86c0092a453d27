package io.dhara.serving.interaction;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.dhara.core.interaction.Interaction;
import io.dhara.core.interaction.InteractionBlock;
import io.dhara.core.interaction.InteractionType;
import io.dhara.core.interaction.InteractionTypes;
import io.dhara.core.interaction.UserIds;
import io.dhara.proto.v1.InteractionEvent;
import io.dhara.serving.grpc.CallerContext;
import io.dhara.serving.grpc.ServingException;
import io.dhara.serving.grpc.ServingException.Kind;
import io.dhara.serving.persist.Handover.Message;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Hands events to the interaction topic, one record each, keyed by user id. What is wrong for
 * certain is refused before anything is sent; event times are judged by the job alone.
 */
final class InteractionPersist {
    private static final String REPEAT =
            "Sending the same events again is harmless: they have the same identity";

    /** Whose request the events come from. */
    enum Form {
        /** BharatMLStack's: an empty list is a success, and an event has a time. */
        COMPATIBLE("data", "timestamp"),
        DHARA("events", "event_time_ms");

        private final String list;
        private final String time;

        Form(String list, String time) {
            this.list = list;
            this.time = time;
        }

        private String field(int event, String name) {
            return list + "[" + event + "]." + name;
        }
    }

    private final EventSender sender;
    private final InteractionTypes types;
    private final PersistRules rules;
    private final Clock clock;
    private final InteractionMeters meters;

    /**
     * What may be persisted.
     *
     * @param on whether calls are taken at all
     * @param topic of interaction events
     * @param maxEvents of one call
     */
    record PersistRules(boolean on, String topic, int maxEvents) {
        PersistRules {
            requireNonNull(topic, "topic is null");
        }
    }

    InteractionPersist(
            EventSender sender,
            InteractionTypes types,
            PersistRules rules,
            Clock clock,
            InteractionMeters meters) {
        this.sender = requireNonNull(sender, "sender is null");
        this.types = requireNonNull(types, "types is null");
        this.rules = requireNonNull(rules, "rules is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.meters = requireNonNull(meters, "meters is null");
    }

    /**
     * @return completes when Kafka has acknowledged every event
     * @throws ServingException before anything is sent
     */
    CompletableFuture<Void> persist(
            List<InteractionEvent> events, Form form, CallerContext caller) {
        if (!rules.on) {
            throw new ServingException(
                    Kind.UNIMPLEMENTED,
                    "this instance takes no interactions (interactions.persist: off): produce to"
                            + " topic "
                            + rules.topic);
        }
        if (events.isEmpty() && form == Form.COMPATIBLE) {
            return CompletableFuture.completedFuture(null);
        }
        if (events.isEmpty() || events.size() > rules.maxEvents) {
            throw invalid(
                    form.list
                            + " has "
                            + events.size()
                            + " events, it must have 1.."
                            + rules.maxEvents
                            + " (interactions.persist-max-events)");
        }
        Map<String, Integer> counts = new HashMap<>();
        List<Message> messages = new ArrayList<>(events.size());
        for (int i = 0; i < events.size(); i++) {
            messages.add(message(events.get(i), i, form));
            counts.merge(events.get(i).getType(), 1, Integer::sum);
        }
        return sender.send(rules.topic, messages, REPEAT, caller.deadline())
                .thenRun(() -> counts.forEach(meters::handedOver));
    }

    private Message message(InteractionEvent event, int place, Form form) {
        String userId = UserIds.choose(event.getUserId(), event.getAnonymousUserId());
        if (userId.isEmpty()) {
            throw invalid(
                    (form == Form.COMPATIBLE ? "user_id" : form.field(place, "user_id"))
                            + " must name a user: got \""
                            + event.getUserId()
                            + "\"");
        }
        InteractionType type =
                types.byName(event.getType())
                        .orElseThrow(
                                () ->
                                        new ServingException(
                                                Kind.NOT_FOUND,
                                                form.field(place, "type")
                                                        + " "
                                                        + event.getType()
                                                        + " is not one of "
                                                        + types.all().stream()
                                                                .map(InteractionType::name)
                                                                .toList()));
        long eventTime = event.getEventTimeMs();
        // The topic's 0 is "when it was handed over", which is not what the peer's 0 means.
        if (eventTime < 0 || (eventTime == 0 && form == Form.COMPATIBLE)) {
            throw invalid(
                    form.field(place, form.time)
                            + " must be epoch milliseconds, later than 1970: got "
                            + eventTime);
        }
        InteractionEvent timed =
                eventTime == 0 ? event.toBuilder().setEventTimeMs(clock.millis()).build() : event;
        checkRoom(type, userId, timed, place, form);
        return new Message(userId.getBytes(UTF_8), timed.toByteArray(), timed.getEventTimeMs());
    }

    private static void checkRoom(
            InteractionType type, String userId, InteractionEvent event, int place, Form form) {
        if (!type.stored()) {
            return;
        }
        Interaction interaction =
                new Interaction(
                        userId,
                        type.name(),
                        event.getProductId(),
                        event.getCatalogId(),
                        event.getEventTimeMs(),
                        event.getSubOrderNum(),
                        event.getMetadata());
        InteractionBlock.refusal(type, interaction)
                .ifPresent(
                        refusal -> {
                            throw invalid(form.list + "[" + place + "]: " + refusal);
                        });
    }

    private static ServingException invalid(String message) {
        return new ServingException(Kind.INVALID, message);
    }
}
