package io.dhara.realtime.domain.tile;

import java.util.HashMap;
import java.util.Map;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/** Items in maps. */
final class MapItems implements ItemStore {
    final Map<Integer, Map<String, Long>> items = new HashMap<>();

    @Override
    public @Nullable Long get(int gauge, String item) {
        return items.getOrDefault(gauge, Map.of()).get(item);
    }

    @Override
    public void put(int gauge, String item, long register) {
        items.computeIfAbsent(gauge, any -> new HashMap<>()).put(item, register);
    }

    @Override
    public int retain(int gauge, LongPredicate keep) {
        Map<String, Long> registers = items.getOrDefault(gauge, new HashMap<>());
        registers.values().removeIf(register -> !keep.test(register));
        return registers.size();
    }

    int size() {
        return items.values().stream().mapToInt(Map::size).sum();
    }
}
