package io.dhara.sessionizer.operator;

import io.dhara.core.interaction.Interaction;
import io.dhara.sessionizer.event.UserEvent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/** Events held for a moment, by user, so that state is read and written once for several. */
final class SessionizeBuffer {
    /** Object headers, references and fields of an event, about. */
    private static final int EVENT_BYTES = 150;

    private final SessionizeConfig config;
    private Map<String, List<UserEvent>> byUser = new LinkedHashMap<>();
    private int events;
    private long bytes;

    SessionizeBuffer(SessionizeConfig config) {
        this.config = config;
    }

    void add(UserEvent event) {
        byUser.computeIfAbsent(event.userId(), user -> new ArrayList<>(2)).add(event);
        events++;
        Interaction interaction = event.interaction();
        bytes +=
                EVENT_BYTES
                        + interaction.userId().length()
                        + interaction.metadata().length()
                        + interaction.subOrder().length();
    }

    boolean isEmpty() {
        return events == 0;
    }

    boolean isFull() {
        return events >= config.flushMaxEvents() || bytes >= config.flushMaxBytes();
    }

    /** Hands over each user's events, in the order the users came. */
    void drain(BiConsumer<String, List<UserEvent>> to) {
        Map<String, List<UserEvent>> drained = byUser;
        byUser = new LinkedHashMap<>();
        events = 0;
        bytes = 0;
        drained.forEach(to);
    }
}
