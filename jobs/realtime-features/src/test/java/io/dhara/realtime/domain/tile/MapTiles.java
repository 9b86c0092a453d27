package io.dhara.realtime.domain.tile;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tiles in a map, counted. */
final class MapTiles implements TileStore {
    final Map<Long, byte[]> tiles = new HashMap<>();
    int gets;
    int puts;

    MapTiles copy() {
        MapTiles copy = new MapTiles();
        copy.tiles.putAll(tiles);
        return copy;
    }

    /** Of the values, with 8 for each key. */
    long sizeBytes() {
        return tiles.values().stream().mapToLong(bytes -> 8 + bytes.length).sum();
    }

    @Override
    public byte @Nullable [] get(long tile) {
        gets++;
        return tiles.get(tile);
    }

    @Override
    public void put(long tile, byte[] bytes) {
        puts++;
        tiles.put(tile, bytes);
    }

    @Override
    public void remove(long tile) {
        tiles.remove(tile);
    }
}
