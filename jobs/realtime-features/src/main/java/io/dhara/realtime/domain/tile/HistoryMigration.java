package io.dhara.realtime.domain.tile;

import io.dhara.realtime.domain.aggregate.Partial;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Carries a key's state over to another layout.
 *
 * <p>A tile size that a column had before keeps its tiles, so windows it had before keep their
 * values. A new size is filled from the largest smaller one; what lies further back comes from
 * larger ones, each tile as if its events were at its end. So a new window starts with what is
 * known, off by at most one old tile, and is exact once it has been filled.
 */
final class HistoryMigration {
    private final KeyHistory from;
    private final KeyHistory to;

    private HistoryMigration(KeyHistory from, KeyHistory to) {
        this.from = from;
        this.to = to;
    }

    static KeyHistory carryOver(KeyHistory from, HistoryLayout layout) {
        KeyHistory to = from.successor(layout);
        HistoryMigration migration = new HistoryMigration(from, to);
        migration.columns();
        migration.decays();
        migration.gauges();
        return to;
    }

    private void columns() {
        HistoryLayout layout = to.layout();
        for (int column = 0; column < layout.columns().size(); column++) {
            LaneState old = oldLane(HistoryLayout.name(layout.columns().get(column)));
            if (old != null) {
                carryColumn(column, old);
            }
        }
        for (Lane lane : from.layout().lanes()) {
            LaneState old = from.laneState(lane.number());
            if (old != null) {
                old.clear();
            }
        }
        for (Lane lane : layout.lanes()) {
            LaneState state = to.laneState(lane.number());
            if (state != null) {
                state.mergeAll(to.instant());
            }
        }
    }

    private int oldColumn(String name) {
        List<StateColumn> columns = from.layout().columns();
        for (int i = 0; i < columns.size(); i++) {
            if (HistoryLayout.name(columns.get(i)).equals(name)) {
                return i;
            }
        }
        return -1;
    }

    private @Nullable LaneState oldLane(String name) {
        int column = oldColumn(name);
        return column < 0 ? null : from.laneState(from.layout().laneOf(column));
    }

    private void carryColumn(int column, LaneState old) {
        HistoryLayout layout = to.layout();
        int oldColumn = oldColumn(HistoryLayout.name(layout.columns().get(column)));
        Lane oldLane = from.layout().lanes().get(from.layout().laneOf(oldColumn));
        int oldPlace = from.layout().placeOf(oldColumn);
        Lane lane = layout.lanes().get(layout.laneOf(column));
        LaneState state = to.laneStateOf(lane);
        for (int size = 0; size < lane.sizes().size(); size++) {
            Target target = new Target(state, size, lane.sizes().get(size), layout.placeOf(column));
            // From here on the events are there; older tiles must not reach into it.
            long covered = Long.MAX_VALUE;
            for (int source = firstSource(oldLane, target.length());
                    source < oldLane.sizes().size();
                    source++) {
                fill(target, old, source, oldLane.sizes().get(source), oldPlace, covered);
                covered = Math.min(covered, old.keptFromMillis(source));
            }
        }
    }

    /** One column of the tiles of one size. */
    private record Target(LaneState state, int size, TileSize length, int place) {}

    /** The largest old size that is not larger, else the smallest. */
    private static int firstSource(Lane oldLane, TileSize wanted) {
        int source = 0;
        while (source + 1 < oldLane.sizes().size()
                && oldLane.sizes().get(source + 1).compareTo(wanted) <= 0) {
            source++;
        }
        return source;
    }

    private void fill(
            Target target, LaneState old, int source, TileSize length, int place, long covered) {
        old.forEachTile(
                source,
                (index, row) -> {
                    Partial partial = row.partial(place);
                    if (partial != null && length.endMillis(index) <= covered) {
                        long time = Math.min(length.endMillis(index), to.instant());
                        target.state()
                                .addToTile(
                                        target.size(),
                                        target.length().indexOf(time),
                                        target.place(),
                                        partial);
                    }
                });
    }

    private void decays() {
        List<DecayColumn> decays = to.layout().decays();
        List<DecayColumn> before = from.layout().decays();
        for (int i = 0; i < decays.size(); i++) {
            for (int j = 0; j < before.size(); j++) {
                if (HistoryLayout.name(decays.get(i)).equals(HistoryLayout.name(before.get(j)))) {
                    to.decay(i, from.decay(j));
                }
            }
        }
    }

    private void gauges() {
        List<GaugeColumn> gauges = to.layout().gauges();
        List<GaugeColumn> before = from.layout().gauges();
        for (int j = 0; j < before.size(); j++) {
            int number = before.get(j).number();
            if (gauges.stream().noneMatch(gauge -> gauge.number() == number)) {
                from.gauge(j).clear();
            }
        }
        for (int i = 0; i < gauges.size(); i++) {
            to.gauge(i).recount(to.instant());
        }
    }
}
