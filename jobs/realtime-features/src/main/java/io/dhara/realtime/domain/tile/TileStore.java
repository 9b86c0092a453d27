package io.dhara.realtime.domain.tile;

import org.jspecify.annotations.Nullable;

/** Where the closed tiles of one key are kept, by their number. One thread. */
public interface TileStore {

    /** The bytes last put, or null. */
    byte @Nullable [] get(long tile);

    void put(long tile, byte[] bytes);

    /** A tile that is not there is no error. */
    void remove(long tile);
}
