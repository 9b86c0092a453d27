package io.dhara.sessionizer.session;

import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a user's events into sessions. The cut depends on the events alone, not on when it is made:
 * what is added behind a span never changes it once the session clock has reached the span's end.
 */
final class SessionSplitter {

    /**
     * Events {@code from} (included) to {@code to} (excluded) are one session.
     *
     * @param closeMillis session clock from which on nothing can be added
     * @param reason of closing then
     */
    record Span(
            int from,
            int to,
            long startMillis,
            long endMillis,
            long closeMillis,
            CloseReason reason) {}

    private SessionSplitter() {}

    /**
     * @param events oldest first
     * @return oldest first, {@code closeMillis} growing
     */
    static List<Span> split(SessionRules rules, List<SessionEvent> events) {
        List<Span> spans = new ArrayList<>();
        int from = 0;
        while (from < events.size()) {
            Span span = next(rules, events, from);
            spans.add(span);
            from = span.to();
        }
        return spans;
    }

    private static Span next(SessionRules rules, List<SessionEvent> events, int from) {
        long start = events.get(from).eventTimeMillis();
        long end = start;
        int to = from + 1;
        boolean full = rules.maxEvents() == 1;
        while (to < events.size()) {
            long time = events.get(to).eventTimeMillis();
            // a millisecond is never cut in two: closedThrough is a time
            if (full && time > end || time > rules.closeMillis(start, end)) {
                break;
            }
            end = time;
            to++;
            full = to - from >= rules.maxEvents();
        }
        if (full) {
            return new Span(from, to, start, end, end, CloseReason.CAP);
        }
        long byGap = end + rules.gapMillis();
        long close = rules.closeMillis(start, end);
        return new Span(
                from, to, start, end, close, close < byGap ? CloseReason.CAP : CloseReason.GAP);
    }
}
