package io.dhara.realtime.domain.tile;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Which events of a key were counted, by their ids, for as long as another with the id would count:
 * until the counted one is late. A repetition that has the event's time is so never counted,
 * however long after it comes: then it is late. One thread.
 */
public final class EventIds {
    /** Ids are looked through so often a lateness; each is so a few times until it is forgotten. */
    private static final int PARTS = 4;

    private static final long LEAST_PAUSE_MILLIS = 1_000;

    /** No event's id: has the time from which ids are to be looked through. */
    private static final String DUE = "";

    private final IdStore store;
    private final long latenessMillis;
    private final long pauseMillis;

    /**
     * @param lateness of the group
     */
    public EventIds(IdStore store, Duration lateness) {
        this.store = store;
        this.latenessMillis = lateness.toMillis();
        this.pauseMillis = Math.max(LEAST_PAUSE_MILLIS, latenessMillis / PARTS);
    }

    /**
     * Whether an event with the id was counted and is not late by now.
     *
     * @param clockMillis event time of the stream when the event came
     */
    public boolean counted(String id, long clockMillis) {
        Long time = store.get(id);
        return time != null && !isLate(time, clockMillis);
    }

    private boolean isLate(long time, long clockMillis) {
        return time <= KeyHistory.saturatedMinus(clockMillis, latenessMillis);
    }

    /** An event was counted. */
    public void count(String id, long eventTimeMillis) {
        store.put(id, eventTimeMillis);
        if (store.get(DUE) == null) {
            store.put(DUE, eventTimeMillis + latenessMillis + pauseMillis);
        }
    }

    /** Forgets the ids of events that are late, if it is time to. */
    public void forget(long clockMillis) {
        Long due = store.get(DUE);
        if (due == null || clockMillis < due) {
            return;
        }
        store.remove(DUE);
        int left = store.retain(time -> !isLate(time, clockMillis));
        if (left > 0) {
            store.put(DUE, clockMillis + pauseMillis);
        }
    }

    /** When {@link #forget} has something to do; {@link Long#MAX_VALUE} if there is nothing. */
    public long nextForget() {
        @Nullable Long due = store.get(DUE);
        return due == null ? Long.MAX_VALUE : due;
    }
}
