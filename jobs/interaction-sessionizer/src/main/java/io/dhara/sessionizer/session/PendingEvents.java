package io.dhara.sessionizer.session;

import io.dhara.core.interaction.InteractionIdentity;
import io.dhara.sessionizer.session.SessionSplitter.Span;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A user's events that are in no closed session yet, oldest first, none twice. */
public final class PendingEvents {

    /**
     * What closing left.
     *
     * @param closed oldest first
     * @param open what stays pending
     * @param first the first open session; only meaningful if {@code open} is not empty
     */
    public record Cut(List<ClosedSession> closed, List<SessionEvent> open, Bounds first) {
        public Cut {
            closed = List.copyOf(closed);
            open = List.copyOf(open);
        }
    }

    /**
     * @param closeMillis when the first open session ends, if nothing is added
     */
    public record Bounds(long startMillis, long endMillis, long closeMillis) {
        static final Bounds NONE = new Bounds(0, 0, 0);
    }

    private record Instant(InteractionIdentity identity, long eventTimeMillis) {}

    private final List<SessionEvent> events;
    private final int duplicates;

    private PendingEvents(List<SessionEvent> events, int duplicates) {
        this.events = events;
        this.duplicates = duplicates;
    }

    /**
     * @param events in any order, any of them several times
     */
    public static PendingEvents of(Collection<SessionEvent> events) {
        List<SessionEvent> sorted = new ArrayList<>(events);
        sorted.sort(SessionEvent.OLDEST_FIRST);
        Set<Instant> seen = new HashSet<>();
        List<SessionEvent> distinct = new ArrayList<>(sorted.size());
        for (SessionEvent event : sorted) {
            // an order told again at another time counts when its session closes, see ClosedSession
            if (seen.add(new Instant(event.identity(), event.eventTimeMillis()))) {
                distinct.add(event);
            }
        }
        return new PendingEvents(distinct, sorted.size() - distinct.size());
    }

    public List<SessionEvent> events() {
        return List.copyOf(events);
    }

    /** How many were there more than once. */
    public int duplicates() {
        return duplicates;
    }

    /** Closes every session that the session clock has passed. */
    public Cut close(SessionRules rules, long clockMillis) {
        return cut(SessionSplitter.split(rules, events), clockMillis, false);
    }

    /** Closes all: what the session clock has not passed ends because the job does. */
    public Cut closeAll(SessionRules rules, long clockMillis) {
        return cut(SessionSplitter.split(rules, events), clockMillis, true);
    }

    private Cut cut(List<Span> spans, long clockMillis, boolean all) {
        List<ClosedSession> closed = new ArrayList<>();
        for (int i = 0; i < spans.size(); i++) {
            Span span = spans.get(i);
            boolean passed = span.closeMillis() <= clockMillis;
            if (!passed && !all) {
                return new Cut(
                        closed,
                        events.subList(span.from(), events.size()),
                        new Bounds(span.startMillis(), span.endMillis(), span.closeMillis()));
            }
            // at the end of everything a later session proves the one before
            boolean ended = passed || i < spans.size() - 1;
            closed.add(
                    ClosedSession.of(
                            ended ? span.reason() : CloseReason.STOP,
                            events.subList(span.from(), span.to())));
        }
        return new Cut(closed, List.of(), Bounds.NONE);
    }

    /** All of them as late sessions. */
    List<ClosedSession> closeLate(SessionRules rules) {
        List<ClosedSession> late = new ArrayList<>();
        for (Span span : SessionSplitter.split(rules, events)) {
            late.add(ClosedSession.of(CloseReason.LATE, events.subList(span.from(), span.to())));
        }
        return late;
    }

    PendingEvents without(long throughMillis) {
        return new PendingEvents(
                events.stream().filter(event -> event.eventTimeMillis() > throughMillis).toList(),
                duplicates);
    }
}
