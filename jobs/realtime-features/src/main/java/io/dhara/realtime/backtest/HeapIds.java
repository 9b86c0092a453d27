package io.dhara.realtime.backtest;

import io.dhara.realtime.domain.tile.IdStore;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/** The event ids of one key on the heap. */
final class HeapIds implements IdStore {
    private final Map<String, Long> ids = new HashMap<>();

    @Override
    public @Nullable Long get(String id) {
        return ids.get(id);
    }

    @Override
    public void put(String id, long number) {
        ids.put(id, number);
    }

    @Override
    public void remove(String id) {
        ids.remove(id);
    }

    @Override
    public int retain(LongPredicate keep) {
        ids.values().removeIf(number -> !keep.test(number));
        return ids.size();
    }
}
