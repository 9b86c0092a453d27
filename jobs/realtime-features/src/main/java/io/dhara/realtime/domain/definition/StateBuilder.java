package io.dhara.realtime.domain.definition;

import io.dhara.realtime.domain.aggregate.DecayedPartial;
import io.dhara.realtime.domain.aggregate.PartialType;
import io.dhara.realtime.domain.event.ColumnInput;
import io.dhara.realtime.domain.tile.DecayColumn;
import io.dhara.realtime.domain.tile.GaugeColumn;
import io.dhara.realtime.domain.tile.HistoryLayout;
import io.dhara.realtime.domain.tile.StateColumn;
import io.dhara.realtime.domain.tile.Window;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Collects what the features of one group need to be kept: features of equal identity and type
 * share a column, which gets the windows of all.
 */
final class StateBuilder {
    private static final class Column {
        private final String identity;
        private final PartialType type;
        private final ColumnInput input;
        private final SortedSet<Window> windows = new TreeSet<>();

        private Column(String identity, PartialType type, ColumnInput input) {
            this.identity = identity;
            this.type = type;
            this.input = input;
        }
    }

    private final Map<String, Column> columns = new LinkedHashMap<>();
    private final Map<String, DecayColumn> decays = new LinkedHashMap<>();
    private final Map<String, GaugeColumn> gauges = new LinkedHashMap<>();

    /** Gives the column's place in the layout. */
    int window(String identity, PartialType type, ColumnInput input, Window window) {
        String name = type.spec() + " of " + identity;
        columns.computeIfAbsent(name, any -> new Column(identity, type, input)).windows.add(window);
        return place(columns, name);
    }

    /** The place of a window among those of its column, once all are known. */
    int windowPlace(int column, Window window) {
        Column found = List.copyOf(columns.values()).get(column);
        return List.copyOf(found.windows).indexOf(window);
    }

    int decay(String identity, DecayedPartial.Type type, ColumnInput input, Duration refresh) {
        String name = type.spec() + " of " + identity;
        DecayColumn before = decays.get(name);
        boolean sooner = before == null || refresh.compareTo(before.refresh()) < 0;
        decays.put(name, sooner ? new DecayColumn(identity, type, input, refresh) : before);
        return place(decays, name);
    }

    /** Gives -1 if the same items are counted already, with another expiry. */
    int gauge(GaugeColumn gauge) {
        GaugeColumn before = gauges.putIfAbsent(gauge.identity(), gauge);
        return before == null || before.expiry().equals(gauge.expiry())
                ? place(gauges, gauge.identity())
                : -1;
    }

    private static int place(Map<String, ?> places, String name) {
        return List.copyOf(places.keySet()).indexOf(name);
    }

    HistoryLayout layout(Duration lateness) {
        List<StateColumn> kept = new ArrayList<>();
        for (Column column : columns.values()) {
            kept.add(
                    new StateColumn(
                            column.identity,
                            column.type,
                            column.input,
                            List.copyOf(column.windows)));
        }
        return new HistoryLayout(
                kept, List.copyOf(decays.values()), List.copyOf(gauges.values()), lateness);
    }
}
