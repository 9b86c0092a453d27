package io.dhara.sessionizer.session;

import java.util.ArrayList;
import java.util.List;

/** Events for tests: one product and one catalogue per event unless said otherwise. */
final class Events {
    private Events() {}

    static SessionEvent click(long time) {
        return click(time, 1);
    }

    static SessionEvent click(long time, long product) {
        return new SessionEvent(true, "CLICK", product, 0, time, "", "");
    }

    static SessionEvent order(long time, String subOrder) {
        return new SessionEvent(true, "ORDER", 1, 0, time, subOrder, "");
    }

    static SessionEvent appOpen(long time) {
        return new SessionEvent(false, "APP_OPEN", 0, 0, time, "", "");
    }

    static List<SessionEvent> clicks(long... times) {
        List<SessionEvent> events = new ArrayList<>();
        for (long time : times) {
            events.add(click(time));
        }
        return events;
    }

    static List<Long> times(List<SessionEvent> events) {
        return events.stream().map(SessionEvent::eventTimeMillis).toList();
    }
}
