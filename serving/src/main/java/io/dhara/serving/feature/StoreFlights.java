package io.dhara.serving.feature;

import io.dhara.core.model.EntityKey;
import io.dhara.serving.feature.ReadPlan.Group;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Store reads under way, so that requests which miss the cache on the same key ask the store once.
 * A read is shared only while no invalidation has come since it began: whoever joins sees nothing
 * older than what it would have read itself. Thread-safe.
 */
final class StoreFlights {
    private record Key(EntityKey key, String group) {}

    /**
     * One cell of a read under way.
     *
     * @param place of the cell in the reads the flight brings
     */
    record Seat(Flight flight, Group group, long ticket, int place) {}

    /**
     * One read under way.
     *
     * @param tickets of the cache, per key, taken before the store was asked
     * @param deadline by which the store has to answer
     * @param reads {@code [keys][groups]}, row-major; completed when the store answers, however
     *     late
     */
    record Flight(
            List<EntityKey> keys,
            List<Group> groups,
            long[] tickets,
            Instant deadline,
            CompletableFuture<GroupRead[]> reads) {}

    private final Map<Key, Seat> seats = new ConcurrentHashMap<>();

    /** Lets others join what may be cached of this read, until it has come back. */
    void announce(Flight flight) {
        Map<Key, Seat> mine = new HashMap<>();
        int width = flight.groups.size();
        for (int g = 0; g < width; g++) {
            Group group = flight.groups.get(g);
            for (int k = 0; group.inMemory() && k < flight.tickets.length; k++) {
                mine.put(
                        new Key(flight.keys.get(k), group.schema().label()),
                        new Seat(flight, group, flight.tickets[k], k * width + g));
            }
        }
        if (!mine.isEmpty()) {
            seats.putAll(mine);
            flight.reads.whenComplete((reads, bug) -> mine.forEach(seats::remove));
        }
    }

    /**
     * A read of this cell to wait for, or null.
     *
     * @param ticket of the cache, taken now
     * @param now and {@code deadline} bound the joiner's wait; a read that may give up in less than
     *     half that time is not joined
     */
    @Nullable Seat find(EntityKey key, Group group, long ticket, Instant now, Instant deadline) {
        Seat seat = seats.get(new Key(key, group.schema().label()));
        if (seat == null
                || seat.ticket != ticket
                || seat.group.schema() != group.schema()
                || seat.flight.deadline.isBefore(
                        now.plus(Duration.between(now, deadline).dividedBy(2)))) {
            return null;
        }
        return seat;
    }
}
