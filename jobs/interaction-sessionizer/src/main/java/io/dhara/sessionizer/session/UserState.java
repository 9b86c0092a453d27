package io.dhara.sessionizer.session;

import io.dhara.core.interaction.InteractionWindow;
import io.dhara.sessionizer.session.PendingEvents.Bounds;
import io.dhara.sessionizer.session.PendingEvents.Cut;
import java.util.List;

/**
 * What is known of a user without reading the pending events. The bounds are those of the first
 * pending session as far as known; {@code closeMillis} is never later than the true one, so a look
 * at that time misses nothing, and a look in vain corrects it.
 *
 * @param epoch under which the user's hot keys are written; 0 before the first
 * @param closedThroughMillis event time up to which all sessions are closed; {@link #NEVER} if none
 * @param erasedThroughMillis event time up to which the user is erased; {@link #NEVER} if not
 * @param timerMillis the user's only timer; {@link #NO_TIMER} if none
 * @param pending pending events, duplicates counted too
 * @param lookAt number of pending events at which to look for a full session
 * @param startMillis first pending event; meaningless without one
 * @param endMillis last event known to be in the first pending session
 * @param closeMillis session clock at which to look at the pending events
 */
public record UserState(
        long epoch,
        long closedThroughMillis,
        long erasedThroughMillis,
        long timerMillis,
        int pending,
        int lookAt,
        long startMillis,
        long endMillis,
        long closeMillis) {

    /** Before every event time. */
    public static final long NEVER = Long.MIN_VALUE;

    /** After every session clock. */
    public static final long NO_TIMER = Long.MAX_VALUE;

    /** A user nothing is known of. */
    public static final UserState NEW =
            new UserState(0, NEVER, NEVER, NO_TIMER, 0, 0, 0, 0, NO_TIMER);

    public boolean hasPending() {
        return pending > 0;
    }

    public UserState withEpoch(long newEpoch) {
        return new UserState(
                newEpoch,
                closedThroughMillis,
                erasedThroughMillis,
                timerMillis,
                pending,
                lookAt,
                startMillis,
                endMillis,
                closeMillis);
    }

    public UserState withTimer(long newTimerMillis) {
        return new UserState(
                epoch,
                closedThroughMillis,
                erasedThroughMillis,
                newTimerMillis,
                pending,
                lookAt,
                startMillis,
                endMillis,
                closeMillis);
    }

    public UserState erased(long throughMillis) {
        return new UserState(
                epoch,
                closedThroughMillis,
                Math.max(erasedThroughMillis, throughMillis),
                timerMillis,
                pending,
                lookAt,
                startMillis,
                endMillis,
                closeMillis);
    }

    /**
     * @param events oldest first, at least one, appended to the pending ones
     */
    public UserState append(SessionRules rules, List<SessionEvent> events) {
        long gap = rules.gapMillis();
        boolean any = hasPending();
        long start = startMillis;
        long end = endMillis;
        for (SessionEvent event : events) {
            long time = event.eventTimeMillis();
            if (!any || time < start - gap) {
                any = true;
                start = time;
                end = time;
            } else if (time <= end + gap) {
                start = Math.min(start, time);
                end = Math.max(end, time);
            }
        }
        int count = pending + events.size();
        int look = hasPending() ? lookAt : rules.maxEvents();
        long close = rules.closeMillis(start, end);
        if (count >= look) {
            // fixed by the event that made it so many: later ones do not move it
            close = Math.min(close, pending >= look ? closeMillis : end);
        }
        return new UserState(
                epoch,
                closedThroughMillis,
                erasedThroughMillis,
                timerMillis,
                count,
                look,
                start,
                end,
                close);
    }

    /** After a look at the pending events. */
    public UserState cut(SessionRules rules, Cut cut) {
        long through = closedThroughMillis;
        for (ClosedSession session : cut.closed()) {
            through = Math.max(through, session.endMillis());
        }
        Bounds first = cut.first();
        int open = cut.open().size();
        return new UserState(
                epoch,
                through,
                erasedThroughMillis,
                timerMillis,
                open,
                open == 0 ? 0 : Math.max(rules.maxEvents(), 2 * open),
                first.startMillis(),
                first.endMillis(),
                open == 0 ? NO_TIMER : first.closeMillis());
    }

    /** When the user's timer is needed next: to close, or to forget the user. */
    public long dueMillis(SessionRules rules) {
        return hasPending() ? closeMillis : forgetMillis(rules);
    }

    /** Session clock from which on nothing of a user without pending events need be known. */
    public long forgetMillis(SessionRules rules) {
        long closed =
                closedThroughMillis == NEVER ? NEVER : rules.forgetMillis(closedThroughMillis);
        long erased =
                erasedThroughMillis == NEVER
                        ? NEVER
                        : erasedThroughMillis + InteractionWindow.MAX_AGE.toMillis();
        return Math.max(closed, erased);
    }
}
