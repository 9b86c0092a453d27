package io.dhara.sessionizer.session;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Sessions of one user's complete events, recomputed in the plainest way there is. */
public final class PlainSessions {
    private PlainSessions() {}

    /**
     * @param events without orders told twice at different times; duplicates allowed
     * @return per session its events, oldest first
     */
    public static List<List<SessionEvent>> of(SessionRules rules, List<SessionEvent> events) {
        List<SessionEvent> sorted = new ArrayList<>();
        Set<SessionEvent> seen = new HashSet<>();
        for (SessionEvent event : events) {
            if (seen.add(event)) {
                sorted.add(event);
            }
        }
        sorted.sort(
                Comparator.comparingLong(SessionEvent::eventTimeMillis)
                        .thenComparing(SessionEvent.OLDEST_FIRST));
        List<List<SessionEvent>> sessions = new ArrayList<>();
        List<SessionEvent> open = new ArrayList<>();
        for (SessionEvent event : sorted) {
            if (!open.isEmpty()) {
                long start = open.get(0).eventTimeMillis();
                long end = open.get(open.size() - 1).eventTimeMillis();
                long time = event.eventTimeMillis();
                boolean full = open.size() >= rules.maxEvents() && time > end;
                if (full
                        || time - end > rules.gap().toMillis()
                        || time - start > rules.cap().toMillis()) {
                    sessions.add(open);
                    open = new ArrayList<>();
                }
            }
            open.add(event);
        }
        if (!open.isEmpty()) {
            sessions.add(open);
        }
        return sessions;
    }
}
