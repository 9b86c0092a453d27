package io.dhara.sessionizer.session;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;

/**
 * New events of one user, judged against the session clock.
 *
 * @param pending those that open or extend a session, oldest first
 * @param late those that came after their time, as sessions closed at once
 * @param lateEvents how many those are
 * @param duplicates that came twice in this batch
 * @param erased those not after the user's erasure; they are dropped
 */
public record Arrivals(
        List<SessionEvent> pending,
        List<ClosedSession> late,
        int lateEvents,
        int duplicates,
        int erased) {

    public Arrivals {
        pending = List.copyOf(pending);
        late = List.copyOf(late);
    }

    /**
     * An event is late if it is not after the end of the last closed session, or if its gap has
     * passed on the session clock and no event that is pending, or comes with it, is in its reach.
     *
     * @param events in any order
     * @param earlier reads the pending events; asked for only if it matters
     */
    public static Arrivals judge(
            SessionRules rules,
            long clockMillis,
            UserState user,
            Collection<SessionEvent> events,
            Supplier<List<SessionEvent>> earlier) {
        PendingEvents all = PendingEvents.of(events);
        PendingEvents living = all.without(user.erasedThroughMillis());
        List<SessionEvent> late = new ArrayList<>();
        List<SessionEvent> intime = new ArrayList<>();
        boolean overdue = false;
        for (SessionEvent event : living.events()) {
            if (event.eventTimeMillis() <= user.closedThroughMillis()) {
                late.add(event);
            } else {
                intime.add(event);
                overdue |= isOverdue(rules, clockMillis, event);
            }
        }
        if (overdue) {
            intime =
                    inReach(
                            rules,
                            clockMillis,
                            intime,
                            user.hasPending() ? earlier.get() : List.of(),
                            late);
        }
        return new Arrivals(
                intime,
                PendingEvents.of(late).closeLate(rules),
                late.size(),
                all.duplicates(),
                all.events().size() - living.events().size());
    }

    private static boolean isOverdue(SessionRules rules, long clockMillis, SessionEvent event) {
        return event.eventTimeMillis() + rules.gapMillis() <= clockMillis;
    }

    /**
     * Chains all events whose pauses are at most the gap. A chain without an earlier event, of
     * which every event is overdue, is late.
     *
     * @param late takes those of such chains
     * @return the others
     */
    private static List<SessionEvent> inReach(
            SessionRules rules,
            long clockMillis,
            List<SessionEvent> arrived,
            List<SessionEvent> earlier,
            List<SessionEvent> late) {
        long[] known = earlier.stream().mapToLong(SessionEvent::eventTimeMillis).sorted().toArray();
        List<SessionEvent> intime = new ArrayList<>();
        int from = 0;
        while (from < arrived.size()) {
            int to = from;
            boolean reached = false;
            long first = arrived.get(from).eventTimeMillis();
            long end = first;
            int k = firstNotBefore(known, first - rules.gapMillis());
            while (true) {
                boolean nextKnown = k < known.length && known[k] <= end + rules.gapMillis();
                boolean nextArrived =
                        to < arrived.size()
                                && arrived.get(to).eventTimeMillis() <= end + rules.gapMillis();
                if (nextKnown) {
                    reached = true;
                    end = Math.max(end, known[k++]);
                } else if (nextArrived) {
                    SessionEvent event = arrived.get(to++);
                    reached |= !isOverdue(rules, clockMillis, event);
                    end = Math.max(end, event.eventTimeMillis());
                } else {
                    break;
                }
            }
            (reached ? intime : late).addAll(arrived.subList(from, to));
            from = to;
        }
        return intime;
    }

    private static int firstNotBefore(long[] sorted, long time) {
        int found = java.util.Arrays.binarySearch(sorted, time);
        if (found < 0) {
            return -found - 1;
        }
        int first = found;
        while (first > 0 && sorted[first - 1] == time) {
            first--;
        }
        return first;
    }
}
