package io.dhara.realtime.backtest;

import io.dhara.realtime.domain.tile.ItemStore;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/** The items of one key's gauges on the heap. */
final class HeapItems implements ItemStore {
    private final Map<Integer, Map<String, Long>> gauges = new HashMap<>();

    int count() {
        return gauges.values().stream().mapToInt(Map::size).sum();
    }

    /** Of the registers: 8 bytes each, and its item's name. */
    long sizeBytes() {
        return gauges.values().stream()
                .flatMap(items -> items.keySet().stream())
                .mapToLong(item -> Long.BYTES + item.length())
                .sum();
    }

    @Override
    public @Nullable Long get(int gauge, String item) {
        return gauges.getOrDefault(gauge, Map.of()).get(item);
    }

    @Override
    public void put(int gauge, String item, long register) {
        gauges.computeIfAbsent(gauge, any -> new HashMap<>()).put(item, register);
    }

    @Override
    public int retain(int gauge, LongPredicate keep) {
        Map<String, Long> items = gauges.get(gauge);
        if (items == null) {
            return 0;
        }
        items.values().removeIf(register -> !keep.test(register));
        return items.size();
    }
}
