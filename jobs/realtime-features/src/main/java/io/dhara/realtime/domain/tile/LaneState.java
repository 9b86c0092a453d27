package io.dhara.realtime.domain.tile;

import io.dhara.realtime.domain.aggregate.Partial;
import io.dhara.realtime.domain.bytes.ByteReader;
import io.dhara.realtime.domain.bytes.ByteWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/*
 * Design
 *
 * Tiles. An event is added to one tile of every size, so the tiles of one size alone hold the whole
 * history, as far back as a window needs that size.
 *
 * Windows. A window's value is kept merged ("running"). An event is added to it if it is covered,
 * whenever it comes: adding does not depend on order. Only when a tile with events leaves is it
 * merged anew, from the fewest tiles that cover it: from its start in tiles of its tail size up to
 * the next larger size's boundary, then in those, and so on. There is no event after now, so the
 * last tile may reach beyond. That is at most the sum of the ratios of neighbouring sizes, about
 * 20, whatever the window's length, and nothing is ever subtracted.
 *
 * Bytes. The newest tile of each size and the running values are in the head, which is read and
 * written with every batch of events; the others are put into the store when a newer one follows,
 * and touched again only by a late event or when a window is merged anew.
 */

/** The tiles and windows of one {@link Lane} of one key. */
final class LaneState {
    private static final class Tile {
        private final TileRow row;
        private boolean changed;
        private final boolean stored;

        /**
         * @param stored whether the store holds it, in this or an older state
         */
        private Tile(TileRow row, boolean stored) {
            this.row = row;
            this.changed = !stored;
            this.stored = stored;
        }
    }

    private final Lane lane;
    private final TileStore store;

    /** By size: the tiles that have events, and where those of use begin. */
    private final IndexSet[] occupied;

    private final long[] keptFrom;

    /** By size: the last of the occupied tiles; never in the store. */
    private final @Nullable Tile[] newest;

    /** Older tiles that were changed since the last save, by number. */
    private final Map<Long, Tile> touched = new HashMap<>();

    /** By window: its value and the oldest tile in it. */
    private final TileRow[] running;

    private final long[] firstTile;

    LaneState(Lane lane, TileStore store, long instantMillis) {
        this.lane = lane;
        this.store = store;
        this.occupied = new IndexSet[lane.sizes().size()];
        this.keptFrom = new long[occupied.length];
        this.newest = new Tile[occupied.length];
        this.running = new TileRow[lane.windows().size()];
        this.firstTile = new long[running.length];
        for (int size = 0; size < occupied.length; size++) {
            occupied[size] = new IndexSet();
            keptFrom[size] = lane.keptFromMillis(size, instantMillis);
        }
        for (int window = 0; window < running.length; window++) {
            running[window] = new TileRow(lane.columns());
            firstTile[window] = lane.windows().get(window).firstTile(instantMillis);
        }
    }

    boolean isEmpty() {
        for (IndexSet indexes : occupied) {
            if (!indexes.isEmpty()) {
                return false;
            }
        }
        return true;
    }

    @Nullable Partial running(int window, int column) {
        return running[window].partial(column);
    }

    /**
     * @param values as of {@link Lane#valuesOf}
     */
    void add(@Nullable Object[] values, long eventTimeMillis) {
        for (int size = 0; size < occupied.length; size++) {
            TileSize length = lane.sizes().get(size);
            long index = length.indexOf(eventTimeMillis);
            if (length.startMillis(index) >= keptFrom[size]) {
                change(size, index).add(values, eventTimeMillis);
            }
        }
        for (int window = 0; window < running.length; window++) {
            TileSize tail = lane.sizes().get(lane.tailSize(window));
            if (eventTimeMillis > tail.startMillis(firstTile[window])) {
                running[window].add(values, eventTimeMillis);
            }
        }
    }

    /** Adds one column of a whole tile to the tiles; the windows are to be merged afterwards. */
    void addToTile(int size, long index, int column, @Nullable Partial partial) {
        if (lane.sizes().get(size).startMillis(index) >= keptFrom[size]) {
            change(size, index).merge(column, partial);
        }
    }

    private TileRow change(int size, long index) {
        IndexSet indexes = occupied[size];
        Tile last = newest[size];
        if (last != null && index == indexes.last()) {
            return last.row;
        }
        if (last == null || index > indexes.last()) {
            if (last != null) {
                touched.put(lane.tile(size, indexes.last()), last);
            }
            Tile tile = new Tile(new TileRow(lane.columns()), false);
            indexes.add(index);
            newest[size] = tile;
            return tile.row;
        }
        long number = lane.tile(size, index);
        Tile tile = touched.get(number);
        if (tile == null) {
            boolean stored = indexes.contains(index);
            tile = new Tile(stored ? stored(number) : new TileRow(lane.columns()), stored);
            indexes.add(index);
            touched.put(number, tile);
        }
        tile.changed = true;
        return tile.row;
    }

    /** A tile that is occupied, to read only. */
    private TileRow row(int size, long index) {
        Tile last = newest[size];
        if (last != null && index == occupied[size].last()) {
            return last.row;
        }
        long number = lane.tile(size, index);
        Tile tile = touched.get(number);
        return tile != null ? tile.row : stored(number);
    }

    private TileRow stored(long number) {
        byte[] bytes = store.get(number);
        if (bytes == null) {
            throw new IllegalStateException(
                    "tile " + number + " of " + lane.columns().get(0).identity() + " is missing");
        }
        return TileRow.of(lane.columns(), bytes);
    }

    /** Lets time pass; never backwards. */
    void advance(long instantMillis) {
        for (int window = 0; window < running.length; window++) {
            long first = lane.windows().get(window).firstTile(instantMillis);
            if (first > firstTile[window]) {
                long leaving = occupied[lane.tailSize(window)].next(firstTile[window]);
                firstTile[window] = first;
                if (leaving < first) {
                    running[window] = merge(window, instantMillis);
                }
            }
        }
        for (int size = 0; size < occupied.length; size++) {
            keptFrom[size] = lane.keptFromMillis(size, instantMillis);
            drop(size);
        }
    }

    private void drop(int size) {
        TileSize length = lane.sizes().get(size);
        IndexSet indexes = occupied[size];
        while (!indexes.isEmpty() && length.startMillis(indexes.first()) < keptFrom[size]) {
            long number = lane.tile(size, indexes.removeFirst());
            Tile tile = touched.remove(number);
            if (indexes.isEmpty()) {
                newest[size] = null;
            } else if (tile == null || tile.stored) {
                store.remove(number);
            }
        }
    }

    /** Merges every window anew. */
    void mergeAll(long instantMillis) {
        for (int window = 0; window < running.length; window++) {
            running[window] = merge(window, instantMillis);
        }
    }

    private TileRow merge(int window, long instantMillis) {
        TileRow merged = new TileRow(lane.columns());
        List<TileSize> sizes = lane.sizes();
        int tail = lane.tailSize(window);
        long start = sizes.get(tail).startMillis(firstTile[window]);
        while (start < instantMillis) {
            int size = tail;
            while (size < lane.largestSize(window)
                    && Math.floorMod(start, sizes.get(size + 1).millis()) == 0) {
                size++;
            }
            long index = Math.floorDiv(start, sizes.get(size).millis());
            if (occupied[size].contains(index)) {
                merged.merge(row(size, index));
            }
            start = sizes.get(size).endMillis(index);
        }
        return merged;
    }

    /** The next instant at which a tile with events leaves a window, or {@link IndexSet#NONE}. */
    long nextChange() {
        long next = IndexSet.NONE;
        for (int window = 0; window < running.length; window++) {
            long oldest = occupied[lane.tailSize(window)].next(firstTile[window]);
            if (oldest != IndexSet.NONE) {
                next = Math.min(next, lane.windows().get(window).leavesAt(oldest));
            }
        }
        return next;
    }

    /** Puts changed tiles into the store, all but the newest, and appends the rest. */
    void save(ByteWriter out) {
        for (int size = 0; size < occupied.length; size++) {
            occupied[size].write(out);
            Tile last = newest[size];
            if (last != null) {
                last.row.write(out);
            }
        }
        for (TileRow row : running) {
            row.write(out);
        }
        touched.forEach(
                (number, tile) -> {
                    if (tile.changed) {
                        store.put(number, tile.row.toBytes());
                    }
                });
        touched.clear();
    }

    /** Reads what {@link #save} appended; the instant is the one at saving. */
    static LaneState load(Lane lane, TileStore store, long instantMillis, ByteReader in) {
        LaneState state = new LaneState(lane, store, instantMillis);
        for (int size = 0; size < state.occupied.length; size++) {
            state.occupied[size] = IndexSet.read(in, lane.tileLimit(size));
            if (!state.occupied[size].isEmpty()) {
                state.newest[size] = new Tile(TileRow.read(lane.columns(), in), false);
            }
        }
        for (int window = 0; window < state.running.length; window++) {
            state.running[window] = TileRow.read(lane.columns(), in);
        }
        return state;
    }

    /** Where the tiles of a size that are kept begin. */
    long keptFromMillis(int size) {
        return keptFrom[size];
    }

    /** Takes a tile's number and content. */
    interface TileVisitor {
        void tile(long index, TileRow row);
    }

    /** Calls with every tile of a size, oldest first. */
    void forEachTile(int size, TileVisitor visitor) {
        IndexSet indexes = occupied[size];
        for (long index = indexes.first();
                index != IndexSet.NONE;
                index = indexes.next(index + 1)) {
            visitor.tile(index, row(size, index));
        }
    }

    /** Drops every tile, here and in the store. */
    void clear() {
        for (int size = 0; size < occupied.length; size++) {
            keptFrom[size] = Long.MAX_VALUE;
            drop(size);
        }
    }
}
