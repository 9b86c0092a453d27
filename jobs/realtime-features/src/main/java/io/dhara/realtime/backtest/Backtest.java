package io.dhara.realtime.backtest;

import static java.util.Objects.requireNonNull;

import io.dhara.realtime.domain.definition.GroupPlan;
import io.dhara.realtime.domain.definition.PlannedFeature;
import io.dhara.realtime.domain.event.EventRow;
import io.dhara.realtime.domain.tile.EventIds;
import io.dhara.realtime.domain.tile.KeyHistory;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a feature group would have served at instants of the past, computed by the code of the job.
 *
 * <p>An answer is point-in-time: it is made of the events up to and including its instant and of no
 * later one. Events are taken by event time, in whatever order they are added, so none is late.
 * They are held in memory until the answers are given. One thread.
 */
public final class Backtest {
    private static final Comparator<List<String>> BY_PARTS =
            (a, b) -> {
                for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
                    int order = a.get(i).compareTo(b.get(i));
                    if (order != 0) {
                        return order;
                    }
                }
                return Integer.compare(a.size(), b.size());
            };

    /**
     * An answer.
     *
     * @param key parts of the entity key
     * @param atMillis instant asked for, epoch milliseconds
     * @param written whether anything had been written for the key by then; if not, all values are
     *     null
     * @param values in the order of the plan's features; null: the default is served
     */
    public record Answer(
            List<String> key, long atMillis, boolean written, List<@Nullable Object> values) {
        public Answer {
            key = List.copyOf(key);
            values = Collections.unmodifiableList(new ArrayList<>(values));
        }
    }

    /** Takes the answers. */
    @FunctionalInterface
    public interface Answers {
        void take(Answer answer);
    }

    private final GroupPlan plan;
    private final long[] instants;
    private final boolean allKeys;
    private final Map<List<String>, List<EventRow>> events = new TreeMap<>(BY_PARTS);
    private long taken;
    private long withoutKey;

    /**
     * @param instants epoch milliseconds, in any order, at least one
     * @param keys to answer for; empty: every key that had an event by the instant
     * @throws IllegalArgumentException if there is no instant, or a key has other parts than the
     *     plan's
     */
    public Backtest(GroupPlan plan, Collection<Long> instants, Collection<List<String>> keys) {
        this.plan = requireNonNull(plan, "plan is null");
        this.instants = new TreeSet<>(instants).stream().mapToLong(Long::longValue).toArray();
        if (this.instants.length == 0) {
            throw new IllegalArgumentException("a backtest needs at least one instant");
        }
        this.allKeys = keys.isEmpty();
        for (List<String> key : keys) {
            if (key.size() != plan.key().size()) {
                throw new IllegalArgumentException(
                        "a key of "
                                + plan.name()
                                + " has the parts "
                                + plan.keyColumns()
                                + ": got "
                                + key);
            }
            events.put(List.copyOf(key), new ArrayList<>());
        }
    }

    /**
     * Adds an event of the plan's columns. One that no answer is made of is not held.
     *
     * @return false if a part of its key is null, so that it counts for no key
     */
    public boolean add(EventRow event) {
        List<String> key = new ArrayList<>(plan.key().size());
        for (int column : plan.key()) {
            Object part = event.value(column);
            if (part == null) {
                withoutKey++;
                return false;
            }
            key.add(part.toString());
        }
        if (event.eventTimeMillis() > instants[instants.length - 1]) {
            return true;
        }
        List<EventRow> ofKey =
                allKeys
                        ? events.computeIfAbsent(List.copyOf(key), any -> new ArrayList<>())
                        : events.get(key);
        if (ofKey != null) {
            ofKey.add(event);
            taken++;
        }
        return true;
    }

    /** Events that answers are made of. */
    public long taken() {
        return taken;
    }

    /** Events that had no key. */
    public long withoutKey() {
        return withoutKey;
    }

    /**
     * Gives the answers: by key, then by instant. A key that was asked for is answered at every
     * instant, any other from its first event on.
     */
    public void run(Answers answers) {
        events.forEach(
                (key, ofKey) -> {
                    ofKey.sort(Comparator.comparingLong(EventRow::eventTimeMillis));
                    answer(key, ofKey, answers);
                });
    }

    private void answer(List<String> key, List<EventRow> sorted, Answers answers) {
        KeyHistory history = new KeyHistory(plan.layout(), new HeapTiles(), new HeapItems());
        EventIds ids = new EventIds(new HeapIds(), plan.layout().lateness());
        int next = 0;
        for (long instant : instants) {
            while (next < sorted.size() && sorted.get(next).eventTimeMillis() <= instant) {
                EventRow event = sorted.get(next++);
                add(history, ids, event);
            }
            boolean written = next > 0;
            if (written) {
                history.advance(instant);
            }
            if (written || !allKeys) {
                List<@Nullable Object> values = new ArrayList<>(plan.features().size());
                for (PlannedFeature feature : plan.features()) {
                    values.add(written ? feature.value(history) : null);
                }
                answers.take(new Answer(key, instant, written, values));
            }
        }
    }

    /** As the job does, whose clock would be right behind the event. */
    private void add(KeyHistory history, EventIds ids, EventRow event) {
        long clock = event.eventTimeMillis() - 1;
        String id = plan.idOf(event);
        if (!id.isEmpty()) {
            if (ids.counted(id, clock)) {
                return;
            }
            ids.forget(clock);
            ids.count(id, event.eventTimeMillis());
        }
        history.add(event, clock);
    }
}
