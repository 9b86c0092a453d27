package io.dhara.realtime.domain.tile;

import io.dhara.realtime.domain.event.EventRow;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The columns of a layout that have the same windows, and so the same tiles and the same life. */
final class Lane {
    /** Most lanes of a layout. */
    static final int MAX = 32;

    private static final int INDEX_BITS = 48;

    private final int number;
    private final List<StateColumn> columns;
    private final List<Window> windows;
    private final List<TileSize> sizes;
    private final int[] tailSize;
    private final int[] largestSize;

    /**
     * @param number 0-based place in the layout, below {@link #MAX}
     * @param columns with equal windows, at least one
     */
    Lane(int number, List<StateColumn> columns) {
        this.number = number;
        this.columns = List.copyOf(columns);
        this.windows = columns.get(0).windows();
        Set<TileSize> used = EnumSet.noneOf(TileSize.class);
        windows.forEach(window -> used.addAll(window.sizes()));
        this.sizes = List.copyOf(used);
        this.tailSize = new int[windows.size()];
        this.largestSize = new int[windows.size()];
        for (int i = 0; i < windows.size(); i++) {
            tailSize[i] = sizes.indexOf(windows.get(i).tail());
            largestSize[i] = tailSize[i] + windows.get(i).sizes().size() - 1;
        }
    }

    int number() {
        return number;
    }

    List<StateColumn> columns() {
        return columns;
    }

    /** Sorted. */
    List<Window> windows() {
        return windows;
    }

    /** Of its tiles, smallest first. */
    List<TileSize> sizes() {
        return sizes;
    }

    /** Place in {@link #sizes()} of the tiles a window loses. */
    int tailSize(int window) {
        return tailSize[window];
    }

    /** Place in {@link #sizes()} of the largest tiles a window is merged from. */
    int largestSize(int window) {
        return largestSize[window];
    }

    /** What an event gives each column; null if it gives none of them anything. */
    @Nullable Object @Nullable [] valuesOf(EventRow event) {
        @Nullable Object[] values = null;
        for (int i = 0; i < columns.size(); i++) {
            Object value = columns.get(i).input().of(event);
            if (value != null) {
                if (values == null) {
                    values = new Object[columns.size()];
                }
                values[i] = value;
            }
        }
        return values;
    }

    /** The number of a tile in a {@link TileStore}: lane and size above 48 bits of its index. */
    long tile(int size, long index) {
        long prefix = (long) number << 3 | sizes.get(size).ordinal();
        return prefix << INDEX_BITS | index & (1L << INDEX_BITS) - 1;
    }

    /**
     * Where the tiles of a size that a window can still be merged from begin at an instant: one
     * that starts before is of no use any more.
     */
    long keptFromMillis(int size, long instantMillis) {
        long from = Long.MAX_VALUE;
        for (int i = 0; i < tailSize.length; i++) {
            if (tailSize[i] <= size && size <= largestSize[i]) {
                from = Math.min(from, windows.get(i).afterMillis(instantMillis));
            }
        }
        return from;
    }

    /** Most tiles of a size that can be in use at once. */
    int tileLimit(int size) {
        long longest = windows.get(windows.size() - 1).length().toMillis();
        return Math.toIntExact(longest / sizes.get(size).millis() + 2);
    }
}
