package io.dhara.realtime.domain.tile;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/**
 * A sliding window that ends now and whose start moves in steps of one tile. At an instant {@code
 * t} it covers the events of
 *
 * <pre>(floor((t - length) / tile) * tile, t]</pre>
 *
 * which is its length and less than one tile more. So no event leaves too early, the newest event
 * is always in it, and its value changes only when an event comes or a tile leaves.
 *
 * @param length 1 min..30 d, whole seconds
 * @param tail size of the tiles it loses
 */
public record Window(Duration length, TileSize tail) implements Comparable<Window> {
    public static final Duration MIN = Duration.ofMinutes(1);
    public static final Duration MAX = Duration.ofDays(30);

    /** Most tiles of its tail size a window may have. */
    public static final int MAX_TILES = 1_500;

    public Window {
        if (length.compareTo(MIN) < 0 || length.compareTo(MAX) > 0 || length.getNano() != 0) {
            throw new IllegalArgumentException(
                    "a window must be 1 min..30 d in whole seconds: got " + length);
        }
        long tiles = length.toMillis() / tail.millis();
        if (tiles < 1 || tiles > MAX_TILES) {
            throw new IllegalArgumentException(
                    "a window must have 1.."
                            + MAX_TILES
                            + " tiles: "
                            + length
                            + " has "
                            + tiles
                            + " of "
                            + tail.length());
        }
    }

    /** With the tile size that {@link TileSize#forWindow} chooses. */
    public static Window of(Duration length) {
        return new Window(length, TileSize.forWindow(length));
    }

    /** The oldest tile of its tail size that it covers at an instant. */
    long firstTile(long instantMillis) {
        return Math.floorDiv(instantMillis - length.toMillis(), tail.millis());
    }

    /** The instant before its first event at an instant: events after it are covered. */
    public long afterMillis(long instantMillis) {
        return tail.startMillis(firstTile(instantMillis));
    }

    /** The first instant at which a tile of its tail size is no longer covered. */
    long leavesAt(long index) {
        return tail.endMillis(index) + length.toMillis();
    }

    /** The tile sizes its value is merged from: its tail's, and larger ones of which it has two. */
    Set<TileSize> sizes() {
        Set<TileSize> sizes = EnumSet.of(tail);
        for (TileSize size : TileSize.values()) {
            if (size.compareTo(tail) > 0 && size.millis() * 2 <= length.toMillis()) {
                sizes.add(size);
            }
        }
        return sizes;
    }

    @Override
    public int compareTo(Window other) {
        int byLength = length.compareTo(other.length);
        return byLength != 0 ? byLength : tail.compareTo(other.tail);
    }
}
