package io.dhara.realtime.domain.tile;

import io.dhara.realtime.domain.event.Condition;
import io.dhara.realtime.domain.event.EventRow;
import java.time.Duration;

/**
 * How many items are open: an event that opens an item counts it, one that closes it does not, and
 * an item whose closing event was lost is given up after a while.
 *
 * <p>The newest event of an item decides, by event time; of one millisecond the closing one. So
 * repeated events change nothing and a closing event may come before its opening one.
 *
 * @param identity as of {@link StateColumn}
 * @param item column of the item's id; an event without one is not counted
 * @param opens which events open an item
 * @param closes which events close it; they win if an event does both
 * @param expiry how long an item stays open after its newest opening event: a {@link Window}, at
 *     whose tile size it is exact
 */
public record GaugeColumn(
        String identity, int item, Condition opens, Condition closes, Window expiry) {

    /** Names its items in an {@link ItemStore}, the same in every version of a definition. */
    int number() {
        return identity.hashCode();
    }

    boolean concerns(EventRow event) {
        return event.value(item) != null && (opens.holds(event) || closes.holds(event));
    }

    /** The longest an item may stay open. */
    public Duration expireAfter() {
        return expiry.length();
    }
}
