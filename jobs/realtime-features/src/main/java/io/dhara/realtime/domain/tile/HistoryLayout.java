package io.dhara.realtime.domain.tile;

import io.dhara.realtime.domain.aggregate.DecayedPartial;
import io.dhara.realtime.domain.aggregate.PartialType;
import io.dhara.realtime.domain.aggregate.PartialTypes;
import io.dhara.realtime.domain.bytes.ByteReader;
import io.dhara.realtime.domain.bytes.ByteWriter;
import io.dhara.realtime.domain.event.ColumnInput;
import io.dhara.realtime.domain.event.Condition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * What is kept for every key of a feature group, and where. Two layouts with the same {@link
 * #describe() description} read each other's state; state of another one is carried over, see
 * {@link KeyHistory#load}. Immutable.
 */
public final class HistoryLayout {
    private static final int VERSION = 1;
    private static final ColumnInput NO_INPUT =
            new ColumnInput(ColumnInput.EVENT, Condition.ALWAYS);

    private final List<StateColumn> columns;
    private final List<DecayColumn> decays;
    private final List<GaugeColumn> gauges;
    private final Duration lateness;
    private final List<Lane> lanes;
    private final int[] laneOf;
    private final int[] placeOf;
    private final byte[] description;
    private final int fingerprint;

    /**
     * @param columns in any order; features refer to them by their place here
     * @param lateness how long after an event time events of it are still taken
     * @throws IllegalArgumentException if two columns are the same, two gauges cannot be told
     *     apart, or there are more than 32 different sets of windows
     */
    public HistoryLayout(
            List<StateColumn> columns,
            List<DecayColumn> decays,
            List<GaugeColumn> gauges,
            Duration lateness) {
        this.columns = List.copyOf(columns);
        this.decays = List.copyOf(decays);
        this.gauges = List.copyOf(gauges);
        this.lateness = lateness;
        Set<String> names = new HashSet<>();
        Stream.of(
                        columns.stream().map(HistoryLayout::name),
                        decays.stream().map(HistoryLayout::name),
                        gauges.stream().map(gauge -> "gauge number " + gauge.number()))
                .flatMap(all -> all)
                .filter(name -> !names.add(name))
                .forEach(
                        name -> {
                            throw new IllegalArgumentException(name + " is there twice");
                        });
        this.lanes = lanes(columns);
        this.laneOf = new int[columns.size()];
        this.placeOf = new int[columns.size()];
        for (int i = 0; i < laneOf.length; i++) {
            for (Lane lane : lanes) {
                int place = lane.columns().indexOf(columns.get(i));
                if (place >= 0) {
                    laneOf[i] = lane.number();
                    placeOf[i] = place;
                }
            }
        }
        this.description = description();
        CRC32C checksum = new CRC32C();
        checksum.update(description);
        this.fingerprint = (int) checksum.getValue();
    }

    private static List<Lane> lanes(List<StateColumn> columns) {
        Map<String, List<StateColumn>> byWindows =
                columns.stream()
                        .sorted(Comparator.comparing(HistoryLayout::name))
                        .collect(
                                Collectors.groupingBy(
                                        column -> column.windows().toString(),
                                        TreeMap::new,
                                        Collectors.toList()));
        if (byWindows.size() > Lane.MAX) {
            throw new IllegalArgumentException(
                    "aggregates of a group may have at most "
                            + Lane.MAX
                            + " different sets of windows: got "
                            + byWindows.size());
        }
        List<Lane> lanes = new ArrayList<>();
        byWindows.values().forEach(members -> lanes.add(new Lane(lanes.size(), members)));
        return List.copyOf(lanes);
    }

    public List<StateColumn> columns() {
        return columns;
    }

    public List<DecayColumn> decays() {
        return decays;
    }

    public List<GaugeColumn> gauges() {
        return gauges;
    }

    public Duration lateness() {
        return lateness;
    }

    List<Lane> lanes() {
        return lanes;
    }

    /** The lane of a column. */
    int laneOf(int column) {
        return laneOf[column];
    }

    /** The place of a column in its lane. */
    int placeOf(int column) {
        return placeOf[column];
    }

    /** Stands in every key's state. */
    int fingerprint() {
        return fingerprint;
    }

    static String name(StateColumn column) {
        return column.type().spec() + " of " + column.identity();
    }

    static String name(DecayColumn decay) {
        return decay.type().spec() + " of " + decay.identity();
    }

    /**
     * What reading the state takes, as bytes to be kept beside it: columns with their types and
     * windows, without what they take from events.
     */
    public byte[] describe() {
        return description.clone();
    }

    private byte[] description() {
        ByteWriter out = new ByteWriter();
        out.writeByte(VERSION);
        out.writeUnsigned(lanes.size());
        for (Lane lane : lanes) {
            out.writeUnsigned(lane.windows().size());
            for (Window window : lane.windows()) {
                write(window, out);
            }
            out.writeUnsigned(lane.columns().size());
            for (StateColumn column : lane.columns()) {
                out.writeText(column.identity());
                out.writeText(column.type().spec());
            }
        }
        out.writeUnsigned(decays.size());
        for (DecayColumn decay : decays) {
            out.writeText(decay.identity());
            out.writeText(decay.type().spec());
        }
        out.writeUnsigned(gauges.size());
        for (GaugeColumn gauge : gauges) {
            out.writeText(gauge.identity());
            write(gauge.expiry(), out);
        }
        return out.toBytes();
    }

    private static void write(Window window, ByteWriter out) {
        out.writeUnsigned(window.length().toSeconds());
        out.writeByte(window.tail().ordinal());
    }

    /**
     * The layout of a description. It reads state and gives values but takes nothing from events.
     *
     * @throws io.dhara.realtime.domain.bytes.MalformedStateException if the bytes are none
     */
    public static HistoryLayout ofDescription(byte[] description) {
        ByteReader in = new ByteReader(description);
        int version = in.readByte();
        if (version != VERSION) {
            throw in.malformed("layout version " + version + ", this release reads " + VERSION);
        }
        try {
            List<StateColumn> columns = new ArrayList<>();
            for (int lanes = in.readCount(); lanes > 0; lanes--) {
                List<Window> windows = new ArrayList<>();
                for (int count = in.readCount(); count > 0; count--) {
                    windows.add(window(in));
                }
                for (int count = in.readCount(); count > 0; count--) {
                    columns.add(new StateColumn(in.readText(), type(in), NO_INPUT, windows));
                }
            }
            List<DecayColumn> decays = new ArrayList<>();
            for (int count = in.readCount(); count > 0; count--) {
                String identity = in.readText();
                if (!(type(in) instanceof DecayedPartial.Type type)) {
                    throw in.malformed(identity + " is not of a decayed type");
                }
                decays.add(new DecayColumn(identity, type, NO_INPUT, type.halfLife()));
            }
            List<GaugeColumn> gauges = new ArrayList<>();
            for (int count = in.readCount(); count > 0; count--) {
                gauges.add(
                        new GaugeColumn(
                                in.readText(), 0, Condition.ALWAYS, Condition.ALWAYS, window(in)));
            }
            in.finish();
            return new HistoryLayout(columns, decays, gauges, Duration.ZERO);
        } catch (IllegalArgumentException e) {
            throw in.malformed("no layout: " + e.getMessage());
        }
    }

    private static PartialType type(ByteReader in) {
        return PartialTypes.of(in.readText());
    }

    private static Window window(ByteReader in) {
        Duration length = Duration.ofSeconds(in.readUnsigned());
        int tail = in.readByte();
        if (tail >= TileSize.values().length) {
            throw in.malformed("unknown tile size " + tail);
        }
        return new Window(length, TileSize.values()[tail]);
    }
}
