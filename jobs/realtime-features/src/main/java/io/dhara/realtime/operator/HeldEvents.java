package io.dhara.realtime.operator;

import io.dhara.realtime.domain.event.FeatureEvent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What came for each key since the last flush: events and timers. In memory only. One thread. */
final class HeldEvents {
    private static final int EVENT_BYTES = 64;
    private static final int VALUE_BYTES = 24;

    /**
     * @param clockMillis what the clock said when it came, by which it is late or not
     */
    record Held(FeatureEvent event, long clockMillis) {}

    /** Of one key. */
    static final class OfKey {
        private final List<Held> events = new ArrayList<>();
        private boolean timerFired;

        /** In the order they came. */
        List<Held> events() {
            return events;
        }

        /** Whether its timer is gone. */
        boolean timerFired() {
            return timerFired;
        }
    }

    /** What is done with a key. */
    @FunctionalInterface
    interface Visitor {
        void visit(String key, OfKey held) throws Exception;
    }

    private final int maxEvents;
    private final long maxBytes;
    private Map<String, OfKey> byKey = new LinkedHashMap<>();
    private int events;
    private long bytes;

    HeldEvents(FeatureLimits limits) {
        this.maxEvents = limits.maxEvents();
        this.maxBytes = limits.maxBytes();
    }

    void add(String key, FeatureEvent event, long clockMillis) {
        byKey.computeIfAbsent(key, any -> new OfKey()).events.add(new Held(event, clockMillis));
        events++;
        bytes += bytes(event);
    }

    void timerFired(String key) {
        byKey.computeIfAbsent(key, any -> new OfKey()).timerFired = true;
    }

    private static long bytes(FeatureEvent event) {
        long size = EVENT_BYTES;
        for (@Nullable Object value : event.values()) {
            size += VALUE_BYTES;
            if (value instanceof String text) {
                size += 2L * text.length();
            }
        }
        return size;
    }

    boolean isEmpty() {
        return byKey.isEmpty();
    }

    /** Whether no more events may be held. */
    boolean hasEnoughEvents() {
        return events >= maxEvents || bytes >= maxBytes;
    }

    /** Whether no more keys may be held. */
    boolean hasEnoughKeys() {
        return byKey.size() >= maxEvents;
    }

    /** Gives each key that has events, and forgets the events but not the keys. */
    void fold(Visitor visitor) throws Exception {
        for (Map.Entry<String, OfKey> entry : byKey.entrySet()) {
            OfKey held = entry.getValue();
            if (!held.events.isEmpty()) {
                visitor.visit(entry.getKey(), held);
                held.events.clear();
            }
        }
        events = 0;
        bytes = 0;
    }

    /** Gives each key and forgets everything. */
    void drain(Visitor visitor) throws Exception {
        Map<String, OfKey> all = byKey;
        byKey = new LinkedHashMap<>();
        events = 0;
        bytes = 0;
        for (Map.Entry<String, OfKey> entry : all.entrySet()) {
            visitor.visit(entry.getKey(), entry.getValue());
        }
    }
}
