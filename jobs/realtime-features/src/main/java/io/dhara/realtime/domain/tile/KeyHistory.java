package io.dhara.realtime.domain.tile;

import io.dhara.realtime.domain.aggregate.DecayedPartial;
import io.dhara.realtime.domain.aggregate.Partial;
import io.dhara.realtime.domain.bytes.ByteReader;
import io.dhara.realtime.domain.bytes.ByteWriter;
import io.dhara.realtime.domain.bytes.MalformedStateException;
import io.dhara.realtime.domain.event.EventRow;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is kept of one key's events, from which all features of its group are read.
 *
 * <p>Its <em>instant</em> is the time its values are of. It moves with {@link #advance} and to the
 * newest event, never back. Events may come in any order; which events came and the instant decide
 * every value, so long as none is late (see {@link #add}).
 *
 * <p>To change a key: load, add events, {@link #advance}, read values, {@link #save}. One thread.
 */
public final class KeyHistory {
    private static final int VERSION = 1;

    private final HistoryLayout layout;
    private final ItemStore items;
    private final @Nullable LaneState[] lanes;
    private final DecayedPartial[] decays;
    private final GaugeState[] gauges;
    private final TileStore tiles;
    private long instant = Long.MIN_VALUE;
    private long newest = Long.MIN_VALUE;

    /** A key without events. */
    public KeyHistory(HistoryLayout layout, TileStore tiles, ItemStore items) {
        this.layout = layout;
        this.tiles = tiles;
        this.items = items;
        this.lanes = new LaneState[layout.lanes().size()];
        this.decays = new DecayedPartial[layout.decays().size()];
        this.gauges = new GaugeState[layout.gauges().size()];
        for (int i = 0; i < decays.length; i++) {
            decays[i] = (DecayedPartial) layout.decays().get(i).type().create();
        }
        for (int i = 0; i < gauges.length; i++) {
            gauges[i] = new GaugeState(layout.gauges().get(i), items);
        }
    }

    /**
     * Adds one event. The values change with the next {@link #advance}.
     *
     * @param clockMillis how far event time has come for the whole stream (its watermark)
     * @return false if the event is late, that is not after {@code clock - lateness}: then nothing
     *     has changed
     */
    public boolean add(EventRow event, long clockMillis) {
        long time = event.eventTimeMillis();
        long lateMillis = saturatedMinus(clockMillis, layout.lateness().toMillis());
        if (time <= lateMillis) {
            return false;
        }
        if (instant == Long.MIN_VALUE) {
            instant = time;
        }
        newest = Math.max(newest, time);
        for (Lane lane : layout.lanes()) {
            @Nullable Object[] values = lane.valuesOf(event);
            if (values != null) {
                lane(lane).add(values, time);
            }
        }
        for (int i = 0; i < decays.length; i++) {
            Object value = layout.decays().get(i).input().of(event);
            if (value != null) {
                decays[i].add(value, time);
            }
        }
        for (GaugeState gauge : gauges) {
            gauge.add(event, instant, lateMillis);
        }
        return true;
    }

    static long saturatedMinus(long time, long duration) {
        return time < Long.MIN_VALUE + duration ? Long.MIN_VALUE : time - duration;
    }

    private LaneState lane(Lane lane) {
        LaneState state = lanes[lane.number()];
        if (state == null) {
            state = new LaneState(lane, tiles, instant);
            lanes[lane.number()] = state;
        }
        return state;
    }

    /**
     * Lets time pass: the instant becomes the given one, or stays if that is earlier than it or
     * than the newest event. What has left every window is dropped.
     */
    public void advance(long instantMillis) {
        instant = Math.max(instant, Math.max(newest, instantMillis));
        for (LaneState lane : lanes) {
            if (lane != null) {
                lane.advance(instant);
            }
        }
        for (int i = 0; i < decays.length; i++) {
            DecayColumn column = layout.decays().get(i);
            if (!decays[i].isEmpty() && column.zeroAt(decays[i].newestMillis()) <= instant) {
                decays[i] = (DecayedPartial) column.type().create();
            }
        }
        for (GaugeState gauge : gauges) {
            gauge.advance(instant);
        }
    }

    /** The time its values are of, epoch milliseconds; {@link Long#MIN_VALUE} before any event. */
    public long instant() {
        return instant;
    }

    /** Whether nothing is left: every value is that of no events, and its state can be dropped. */
    public boolean isEmpty() {
        for (LaneState lane : lanes) {
            if (lane != null && !lane.isEmpty()) {
                return false;
            }
        }
        for (DecayedPartial decay : decays) {
            if (!decay.isEmpty()) {
                return false;
            }
        }
        for (GaugeState gauge : gauges) {
            if (!gauge.isEmpty()) {
                return false;
            }
        }
        return true;
    }

    /**
     * The partial of a column over one of its windows. To be read only, before the next change.
     *
     * @param column place in {@link HistoryLayout#columns()}
     * @param window place in the column's windows
     */
    public Partial window(int column, int window) {
        LaneState lane = lanes[layout.laneOf(column)];
        Partial partial = lane == null ? null : lane.running(window, layout.placeOf(column));
        return partial == null ? layout.columns().get(column).type().create() : partial;
    }

    /**
     * @param decay place in {@link HistoryLayout#decays()}
     */
    public double decayed(int decay) {
        return decays[decay].sumAt(instant);
    }

    /**
     * @param gauge place in {@link HistoryLayout#gauges()}
     */
    public long open(int gauge) {
        return gauges[gauge].open();
    }

    /**
     * The next instant at which a value changes although no event comes, or at which state can be
     * dropped; {@link Long#MAX_VALUE} if there is none. Always after {@link #instant()}.
     */
    public long nextChange() {
        long next = IndexSet.NONE;
        for (LaneState lane : lanes) {
            if (lane != null) {
                next = Math.min(next, lane.nextChange());
            }
        }
        for (int i = 0; i < decays.length; i++) {
            if (!decays[i].isEmpty()) {
                DecayColumn column = layout.decays().get(i);
                long refresh = instant + column.refresh().toMillis();
                next = Math.min(next, refresh);
                next = Math.min(next, column.zeroAt(decays[i].newestMillis()));
            }
        }
        for (GaugeState gauge : gauges) {
            next = Math.min(next, gauge.nextChange());
        }
        return next;
    }

    /**
     * Puts the changed tiles into their store and gives the rest: a few partials per window and
     * tile size, however long the windows are.
     */
    public byte[] save() {
        if (instant == Long.MIN_VALUE) {
            throw new IllegalStateException("a key without events has no state to save");
        }
        advance(instant);
        ByteWriter out = new ByteWriter();
        out.writeByte(VERSION);
        out.writeInt(layout.fingerprint());
        out.writeSigned(instant);
        for (LaneState lane : lanes) {
            out.writeByte(lane == null ? 0 : 1);
            if (lane != null) {
                lane.save(out);
            }
        }
        for (DecayedPartial decay : decays) {
            out.writeByte(decay.isEmpty() ? 0 : 1);
            if (!decay.isEmpty()) {
                decay.write(out);
            }
        }
        for (GaugeState gauge : gauges) {
            gauge.save(out);
        }
        return out.toBytes();
    }

    /**
     * Reads what {@link #save} gave. State of an earlier layout is carried over: columns that both
     * have keep counting, new windows of them start with what is there, other columns start empty.
     *
     * @param tiles holds the tiles that were put at saving
     * @throws MalformedStateException if the bytes are no history, or of a layout that is not among
     *     the layouts
     */
    public static KeyHistory load(
            HistoryLayouts layouts, TileStore tiles, ItemStore items, byte[] head) {
        ByteReader in = new ByteReader(head);
        int version = in.readByte();
        if (version != VERSION) {
            throw in.malformed("history version " + version + ", this release reads " + VERSION);
        }
        int fingerprint = in.readInt();
        HistoryLayout written = layouts.find(fingerprint);
        if (written == null) {
            throw in.malformed(
                    "history of layout "
                            + Integer.toHexString(fingerprint)
                            + ", known are "
                            + layouts);
        }
        KeyHistory history = read(written, tiles, items, in);
        in.finish();
        return written == layouts.current()
                ? history
                : HistoryMigration.carryOver(history, layouts.current());
    }

    private static KeyHistory read(
            HistoryLayout layout, TileStore tiles, ItemStore items, ByteReader in) {
        KeyHistory history = new KeyHistory(layout, tiles, items);
        history.instant = in.readSigned();
        for (Lane lane : layout.lanes()) {
            if (in.readByte() != 0) {
                history.lanes[lane.number()] = LaneState.load(lane, tiles, history.instant, in);
            }
        }
        for (int i = 0; i < history.decays.length; i++) {
            if (in.readByte() != 0) {
                history.decays[i] = (DecayedPartial) layout.decays().get(i).type().read(in);
            }
        }
        for (int i = 0; i < history.gauges.length; i++) {
            history.gauges[i] = GaugeState.load(layout.gauges().get(i), items, in);
        }
        return history;
    }

    /** An empty history of another layout on the same stores, at the same instant. */
    KeyHistory successor(HistoryLayout other) {
        KeyHistory successor = new KeyHistory(other, tiles, items);
        successor.instant = instant;
        return successor;
    }

    HistoryLayout layout() {
        return layout;
    }

    /** Null if no event concerned it. */
    @Nullable LaneState laneState(int lane) {
        return lanes[lane];
    }

    /** Made if it was not there. */
    LaneState laneStateOf(Lane lane) {
        return lane(lane);
    }

    DecayedPartial decay(int place) {
        return decays[place];
    }

    void decay(int place, DecayedPartial partial) {
        decays[place] = partial;
    }

    GaugeState gauge(int place) {
        return gauges[place];
    }
}
