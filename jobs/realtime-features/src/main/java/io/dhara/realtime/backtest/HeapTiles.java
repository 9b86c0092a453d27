package io.dhara.realtime.backtest;

import io.dhara.realtime.domain.tile.TileStore;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The tiles of one key on the heap. */
final class HeapTiles implements TileStore {
    private final Map<Long, byte[]> tiles = new HashMap<>();

    int count() {
        return tiles.size();
    }

    /** Of the values, with 8 for each number. */
    long sizeBytes() {
        return tiles.values().stream().mapToLong(bytes -> Long.BYTES + bytes.length).sum();
    }

    @Override
    public byte @Nullable [] get(long tile) {
        return tiles.get(tile);
    }

    @Override
    public void put(long tile, byte[] bytes) {
        tiles.put(tile, bytes);
    }

    @Override
    public void remove(long tile) {
        tiles.remove(tile);
    }
}
