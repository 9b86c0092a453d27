package io.dhara.realtime.operator;

import io.dhara.flink.feature.FeatureRow;
import io.dhara.flink.operator.EventClock;
import io.dhara.realtime.domain.definition.GroupPlan;
import io.dhara.realtime.domain.definition.PlannedFeature;
import io.dhara.realtime.domain.event.FeatureEvent;
import io.dhara.realtime.domain.tile.EventIds;
import io.dhara.realtime.domain.tile.HistoryLayout;
import io.dhara.realtime.domain.tile.HistoryLayouts;
import io.dhara.realtime.domain.tile.KeyHistory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.util.MathUtils;
import org.jspecify.annotations.Nullable;

/**
 * Events and time to the history of a key, and the history's values to rows. All of it concerns the
 * operator's current key. One thread.
 */
final class FeatureKeys {
    /*
     * Instants
     *
     * A row replaces what the store has if its instant is later. So each row of a key is of a later
     * instant than the one before: of the newest event or the clock, and if that has not moved (an
     * event out of order) of the next millisecond. There is at most one in a flush interval of at
     * least a millisecond, so no row is of a time ahead of both the wall clock and the newest event.
     *
     * After a restart the operator does not know the rows of before the crash that are later than
     * its checkpoint. They are of instants up to the wall clock of the restart ("horizon"), or of
     * events that will be read again. A row given meanwhile may be of an earlier instant and lose
     * against them. So a key that is touched while it is not past the horizon is given once more,
     * changed or not, when the clock passes it.
     *
     * Clearing
     *
     * The state of a key without values stays until the clock less the lateness has passed its
     * instant. Otherwise an event that is not late could make a row of an earlier instant than the
     * last one, and that row would be lost.
     */
    private static final int WINDOW_PARTS = 60;
    private static final int REFRESH_PARTS = 6;

    private final KeyedFeatureState state;
    private final InternalTimerService<VoidNamespace> timers;
    private final HistoryLayouts layouts;
    private final List<PlannedFeature> features;
    private final ValuesHash hash;
    private final GroupPlan group;
    private final EventIds ids;
    private final EventClock clock;
    private final long horizonMillis;
    private final long latenessMillis;
    private final int spreadMillis;
    private final FeatureMetrics metrics;
    private final Consumer<FeatureRow> rows;
    private final Consumer<FeatureEvent> late;

    /**
     * @param horizonMillis wall clock when the operator was started
     * @param rows is given what changed
     * @param late is given events that count nowhere
     */
    FeatureKeys(
            GroupPlan group,
            HistoryLayouts layouts,
            KeyedFeatureState state,
            InternalTimerService<VoidNamespace> timers,
            EventClock clock,
            long horizonMillis,
            Duration timerSpread,
            FeatureMetrics metrics,
            Consumer<FeatureRow> rows,
            Consumer<FeatureEvent> late) {
        this.group = group;
        this.state = state;
        this.ids = new EventIds(state, group.layout().lateness());
        this.timers = timers;
        this.layouts = layouts;
        this.features = group.features();
        this.hash = new ValuesHash(features.stream().map(PlannedFeature::name).toList());
        this.clock = clock;
        this.horizonMillis = horizonMillis;
        this.latenessMillis = group.layout().lateness().toMillis();
        this.spreadMillis = spreadMillis(group.layout(), timerSpread);
        this.metrics = metrics;
        this.rows = rows;
        this.late = late;
    }

    private static int spreadMillis(HistoryLayout layout, Duration timerSpread) {
        Stream<Duration> windows =
                layout.columns().stream()
                        .flatMap(column -> column.windows().stream())
                        .map(window -> window.length().dividedBy(WINDOW_PARTS));
        Stream<Duration> decays =
                layout.decays().stream().map(decay -> decay.refresh().dividedBy(REFRESH_PARTS));
        Stream<Duration> gauges =
                layout.gauges().stream().map(gauge -> gauge.expireAfter().dividedBy(WINDOW_PARTS));
        return (int)
                Stream.of(windows, decays, gauges, Stream.of(timerSpread))
                        .flatMap(all -> all)
                        .mapToLong(Duration::toMillis)
                        .min()
                        .orElseThrow();
    }

    /** Puts events into the history without looking at its values. */
    void fold(HeldEvents.OfKey held) {
        KeyHead head = state.head();
        KeyHistory history = history(head);
        add(history, held);
        if (head != null || !history.isEmpty()) {
            long timer = head == null ? KeyHead.NO_TIMER : head.timerMillis();
            boolean given = head != null && head.given();
            long before = head == null ? 0 : head.valuesHash();
            state.head(new KeyHead(timer, given, before, history.save()));
        } else {
            forgetIds();
        }
    }

    /**
     * Puts events into the history, lets time pass, gives the row if there is a new one and sets
     * the timer.
     */
    void settle(String key, HeldEvents.OfKey held) {
        KeyHead head = state.head();
        KeyHistory history = history(head);
        long before = history.instant();
        add(history, held);
        if (head == null && history.isEmpty()) {
            forgetIds();
            return; // no event that counts
        }
        if (!history.isEmpty() || before <= horizonMillis) {
            // The instant of a key without values stays, so that the lateness can pass it.
            history.advance(clock.millis());
        }
        if (group.hasId()) {
            ids.forget(clock.millis());
        }
        long after = hash.of(values(history));
        boolean changed = head == null || !head.given() || head.valuesHash() != after;
        if (changed || before <= horizonMillis) {
            if (history.instant() <= before) {
                history.advance(before + 1);
                after = hash.of(values(history));
            }
            metrics.rows.inc();
            rows.accept(new FeatureRow(KeyText.parts(key), history.instant(), values(history)));
        } else {
            metrics.unchanged.inc();
        }
        long timer = head == null || held.timerFired() ? KeyHead.NO_TIMER : head.timerMillis();
        if (isDone(history)) {
            delete(timer);
            state.clear();
            metrics.cleared.inc();
        } else {
            state.head(new KeyHead(timer(key, history, timer), true, after, history.save()));
        }
    }

    private KeyHistory history(@Nullable KeyHead head) {
        return head == null
                ? new KeyHistory(layouts.current(), state, state)
                : KeyHistory.load(layouts, state, state, head.history());
    }

    private void add(KeyHistory history, HeldEvents.OfKey held) {
        for (HeldEvents.Held one : held.events()) {
            String id = group.idOf(one.event());
            if (!id.isEmpty() && ids.counted(id, one.clockMillis())) {
                metrics.duplicates.inc();
            } else if (!history.add(one.event(), one.clockMillis())) {
                metrics.late.inc();
                late.accept(one.event());
            } else if (!id.isEmpty()) {
                ids.count(id, one.event().eventTimeMillis());
            }
        }
    }

    /** Of a key of which nothing is kept. */
    private void forgetIds() {
        if (group.hasId()) {
            state.clearIds();
        }
    }

    private List<@Nullable Object> values(KeyHistory history) {
        List<@Nullable Object> values = new ArrayList<>(features.size());
        for (PlannedFeature feature : features) {
            values.add(feature.value(history));
        }
        return values;
    }

    private boolean isDone(KeyHistory history) {
        return history.isEmpty()
                && history.instant() > horizonMillis
                && clock.millis() != EventClock.UNKNOWN
                && clock.millis() - latenessMillis >= history.instant();
    }

    /** The one timer of the key, moved only to become earlier. */
    private long timer(String key, KeyHistory history, long set) {
        boolean isSet = set != KeyHead.NO_TIMER;
        long wanted = wanted(key, history);
        // One that is due and has not fired has been overtaken by an event.
        if (isSet && set > clock.millis() && set <= wanted) {
            return set;
        }
        delete(set);
        if (wanted != KeyHead.NO_TIMER) {
            timers.registerEventTimeTimer(VoidNamespace.INSTANCE, wanted);
        }
        return wanted;
    }

    private void delete(long timer) {
        if (timer != KeyHead.NO_TIMER) {
            timers.deleteEventTimeTimer(VoidNamespace.INSTANCE, timer);
        }
    }

    private long wanted(String key, KeyHistory history) {
        long next = history.nextChange();
        if (history.isEmpty()) {
            next = Math.min(next, plus(history.instant(), latenessMillis));
        }
        if (group.hasId()) {
            next = Math.min(next, ids.nextForget());
        }
        if (history.instant() <= horizonMillis) {
            next = Math.min(next, plus(horizonMillis, 1));
        }
        return plus(next, jitterMillis(key));
    }

    private static long plus(long time, long duration) {
        return time > Long.MAX_VALUE - duration ? Long.MAX_VALUE : time + duration;
    }

    private int jitterMillis(String key) {
        return MathUtils.murmurHash(key.hashCode()) % (spreadMillis + 1);
    }
}
