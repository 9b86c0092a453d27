package io.dhara.realtime.domain.tile;

import io.dhara.realtime.domain.bytes.ByteReader;
import io.dhara.realtime.domain.bytes.ByteWriter;
import io.dhara.realtime.domain.event.EventRow;
import java.util.Map;
import java.util.TreeMap;

/**
 * The items of one {@link GaugeColumn} of one key. An item's newest event stands in the {@link
 * ItemStore} as {@code event time * 2 + (open ? 1 : 0)}; the open ones are also counted by tile of
 * their opening, which is what expires.
 */
final class GaugeState {
    private static final int FIRST_SWEEP = 64;

    private final GaugeColumn column;
    private final ItemStore items;
    private final TreeMap<Long, Long> openByTile = new TreeMap<>();
    private long open;
    private long stored;
    private long sweepAt = FIRST_SWEEP;
    private long newestTile = Long.MIN_VALUE;

    GaugeState(GaugeColumn column, ItemStore items) {
        this.column = column;
        this.items = items;
    }

    long open() {
        return open;
    }

    boolean isEmpty() {
        return stored == 0;
    }

    /**
     * @param instantMillis of the history
     * @param lateMillis events up to here can no longer come
     */
    void add(EventRow event, long instantMillis, long lateMillis) {
        boolean closes = column.closes().holds(event);
        Object item = event.value(column.item());
        if (item == null || !closes && !column.opens().holds(event)) {
            return;
        }
        long time = event.eventTimeMillis();
        long tile = tail().indexOf(time);
        long firstTile = column.expiry().firstTile(instantMillis);
        if (tile < firstTile) {
            return;
        }
        String id = item.toString();
        Long before = items.get(column.number(), id);
        if (before != null) {
            boolean replaces =
                    time > time(before) || time == time(before) && isOpen(before) && closes;
            if (!replaces) {
                return;
            }
            long beforeTile = tail().indexOf(time(before));
            if (isOpen(before) && beforeTile >= firstTile) {
                count(beforeTile, -1);
            }
        }
        if (!closes) {
            count(tile, 1);
        }
        items.put(column.number(), id, time << 1 | (closes ? 0 : 1));
        newestTile = Math.max(newestTile, tile);
        if (before == null) {
            stored++;
            if (stored >= sweepAt) {
                sweep(firstTile, lateMillis);
            }
        }
    }

    private void count(long tile, int change) {
        open += change;
        openByTile.merge(tile, (long) change, (a, b) -> a + b == 0 ? null : Long.valueOf(a + b));
    }

    /** Forgets items that expired, and closed ones of which no earlier event can come any more. */
    private void sweep(long firstTile, long lateMillis) {
        stored =
                items.retain(
                        column.number(),
                        register ->
                                tail().indexOf(time(register)) >= firstTile
                                        && (isOpen(register) || time(register) > lateMillis));
        sweepAt = Math.max(FIRST_SWEEP, stored * 2);
    }

    /** Lets time pass; never backwards. */
    void advance(long instantMillis) {
        long firstTile = column.expiry().firstTile(instantMillis);
        while (!openByTile.isEmpty() && openByTile.firstKey() < firstTile) {
            open -= openByTile.pollFirstEntry().getValue();
        }
        if (stored > 0 && newestTile < firstTile) {
            clear();
        }
    }

    /** The next instant at which open items expire or the last ones are forgotten. */
    long nextChange() {
        if (!openByTile.isEmpty()) {
            return column.expiry().leavesAt(openByTile.firstKey());
        }
        return stored == 0 ? IndexSet.NONE : column.expiry().leavesAt(newestTile);
    }

    /** Counts anew what the item store holds, for a gauge whose expiry has changed. */
    void recount(long instantMillis) {
        long firstTile = column.expiry().firstTile(instantMillis);
        openByTile.clear();
        open = 0;
        stored =
                items.retain(
                        column.number(),
                        register -> {
                            long tile = tail().indexOf(time(register));
                            if (tile < firstTile) {
                                return false;
                            }
                            newestTile = Math.max(newestTile, tile);
                            if (isOpen(register)) {
                                count(tile, 1);
                            }
                            return true;
                        });
        sweepAt = Math.max(FIRST_SWEEP, stored * 2);
    }

    /** Forgets every item, here and in the store. */
    void clear() {
        items.retain(column.number(), register -> false);
        openByTile.clear();
        open = 0;
        stored = 0;
        sweepAt = FIRST_SWEEP;
    }

    void save(ByteWriter out) {
        out.writeUnsigned(stored);
        if (stored == 0) {
            return;
        }
        out.writeUnsigned(sweepAt);
        out.writeSigned(newestTile);
        out.writeUnsigned(openByTile.size());
        long before = newestTile;
        for (Map.Entry<Long, Long> tile : openByTile.descendingMap().entrySet()) {
            out.writeUnsigned(before - tile.getKey());
            out.writeUnsigned(tile.getValue());
            before = tile.getKey();
        }
    }

    static GaugeState load(GaugeColumn column, ItemStore items, ByteReader in) {
        GaugeState state = new GaugeState(column, items);
        state.stored = in.readUnsigned();
        if (state.stored == 0) {
            return state;
        }
        state.sweepAt = in.readUnsigned();
        state.newestTile = in.readSigned();
        int tiles = in.readCount();
        long tile = state.newestTile;
        for (int i = 0; i < tiles; i++) {
            tile -= in.readUnsigned();
            long count = in.readUnsigned();
            state.openByTile.put(tile, count);
            state.open += count;
        }
        return state;
    }

    private TileSize tail() {
        return column.expiry().tail();
    }

    private static long time(long register) {
        return register >> 1;
    }

    private static boolean isOpen(long register) {
        return (register & 1) != 0;
    }
}
