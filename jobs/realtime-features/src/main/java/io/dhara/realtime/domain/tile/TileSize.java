package io.dhara.realtime.domain.tile;

import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The lengths a tile can have. Each is a whole multiple of the one before, and all begin at the
 * epoch, so a tile consists of whole tiles of every smaller size.
 *
 * <p>Tile {@code i} of a size {@code s} holds the events of {@code (i * s, (i + 1) * s]}: its end
 * belongs to it, its start does not.
 */
public enum TileSize {
    S1(Duration.ofSeconds(1)),
    S10(Duration.ofSeconds(10)),
    M1(Duration.ofMinutes(1)),
    M5(Duration.ofMinutes(5)),
    H1(Duration.ofHours(1)),
    H6(Duration.ofHours(6)),
    D1(Duration.ofDays(1)),
    D7(Duration.ofDays(7));

    /** Tiles a window has at least, so that its length is off by less than 1/60. */
    public static final int MIN_TILES = 60;

    private final Duration length;
    private final long millis;

    TileSize(Duration length) {
        this.length = length;
        this.millis = length.toMillis();
    }

    public Duration length() {
        return length;
    }

    public long millis() {
        return millis;
    }

    /** The tile an event of this time is in. */
    public long indexOf(long timeMillis) {
        return Math.floorDiv(timeMillis - 1, millis);
    }

    /** The start of a tile, which itself is not in it. */
    public long startMillis(long index) {
        return index * millis;
    }

    /** The end of a tile, the last instant that is in it. */
    public long endMillis(long index) {
        return (index + 1) * millis;
    }

    /** The largest size of which a window has at least {@link #MIN_TILES}. */
    public static TileSize forWindow(Duration window) {
        TileSize best = S1;
        for (TileSize size : values()) {
            if (size.millis * MIN_TILES <= window.toMillis()) {
                best = size;
            }
        }
        return best;
    }

    public static Optional<TileSize> of(Duration length) {
        return Stream.of(values()).filter(size -> size.length.equals(length)).findFirst();
    }
}
