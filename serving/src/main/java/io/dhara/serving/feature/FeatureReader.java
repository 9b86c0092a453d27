package io.dhara.serving.feature;

import static java.util.Objects.requireNonNull;

import io.dhara.core.model.EntityKey;
import io.dhara.serving.feature.ReadPlan.Group;
import io.dhara.serving.feature.ReadPlan.StoreRead;
import io.dhara.serving.feature.StoreFlights.Flight;
import io.dhara.serving.feature.StoreFlights.Seat;
import io.dhara.stores.read.FeatureStoreReader;
import io.dhara.stores.read.StoreReadException;
import io.dhara.stores.read.StoredRow;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches the groups of a plan for a set of keys: what the cache holds from there, the rest in one
 * read per store. Never fails: what could not be read says so in its {@link GroupRead}. Thread-safe
 * and without blocking; the answer comes on the caller's thread, a driver thread or, when a store
 * is late, a timer thread.
 */
final class FeatureReader {
    private static final Logger LOG = LoggerFactory.getLogger(FeatureReader.class);

    private final FeatureStoreReader stores;
    private final FeatureStoreReader cachedStores;
    private final FeatureCache cache;
    private final StoreFlights flights = new StoreFlights();
    private final BlockIntake intake;
    private final Clock clock;
    private final ReadMeters meters;

    /**
     * @param stores the stores themselves
     * @param cachedStores the same, maybe through a cache that is believed while this one is
     */
    FeatureReader(
            FeatureStoreReader stores,
            FeatureStoreReader cachedStores,
            FeatureCache cache,
            BlockIntake intake,
            Clock clock,
            ReadMeters meters) {
        this.stores = requireNonNull(stores, "stores is null");
        this.cachedStores = requireNonNull(cachedStores, "cachedStores is null");
        this.cache = requireNonNull(cache, "cache is null");
        this.intake = requireNonNull(intake, "intake is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.meters = requireNonNull(meters, "meters is null");
    }

    /**
     * @param keys distinct keys in the entity's key sequence order
     * @param deadline instant by which the stores have to answer; a store that has not by then
     *     counts as {@link GroupRead.Outcome#LATE}, and its answer is dropped when it comes
     * @param bypassCache reads the stores for every key, and stores what they say in the cache
     * @return {@code [keys][plan.groups()]}, row-major, every cell set
     */
    CompletionStage<GroupRead[]> read(
            ReadPlan plan, List<EntityKey> keys, Instant deadline, boolean bypassCache) {
        GroupRead[] cells = new GroupRead[keys.size() * plan.groups().size()];
        List<CompletableFuture<Void>> pending = new ArrayList<>();
        FeatureStoreReader source = stores;
        if (!bypassCache && cache.isUsable()) {
            source = cachedStores;
            fromCache(plan, keys, cells);
            fromFlights(plan, keys, cells, deadline, pending);
        }
        for (StoreRead store : plan.stores()) {
            Misses misses = Misses.of(plan, store, keys, cells);
            if (misses != null) {
                pending.add(fromStore(source, plan, store, misses, cells, deadline));
            }
        }
        if (pending.isEmpty()) {
            return CompletableFuture.completedFuture(cells);
        }
        return CompletableFuture.allOf(pending.toArray(CompletableFuture[]::new))
                .thenApply(all -> cells);
    }

    private void fromCache(ReadPlan plan, List<EntityKey> keys, @Nullable GroupRead[] cells) {
        int width = plan.groups().size();
        for (Group group : plan.groups()) {
            if (!group.inMemory()) {
                continue;
            }
            for (int k = 0; k < keys.size(); k++) {
                cells[k * width + group.index()] = cache.get(keys.get(k), group.schema());
            }
        }
    }

    /** Waits for reads that others have under way; until they come the cells are late. */
    private void fromFlights(
            ReadPlan plan,
            List<EntityKey> keys,
            @Nullable GroupRead[] cells,
            Instant deadline,
            List<CompletableFuture<Void>> pending) {
        Instant now = clock.instant();
        Map<Flight, Map<Integer, Seat>> joined = new IdentityHashMap<>();
        for (int cell = 0; cell < cells.length; cell++) {
            Group group = plan.groups().get(cell % plan.groups().size());
            if (cells[cell] != null || !group.inMemory()) {
                continue;
            }
            EntityKey key = keys.get(cell / plan.groups().size());
            Seat seat = flights.find(key, group, cache.ticket(key), now, deadline);
            if (seat != null) {
                joined.computeIfAbsent(seat.flight(), flight -> new HashMap<>()).put(cell, seat);
                cells[cell] = GroupRead.LATE;
            }
        }
        Duration left = Duration.between(now, deadline);
        joined.forEach(
                (flight, seats) -> {
                    meters.joined(seats.size());
                    pending.add(
                            byDeadline(flight, left)
                                    .thenAccept(
                                            reads ->
                                                    seats.forEach(
                                                            (cell, seat) ->
                                                                    cells[cell] =
                                                                            reads[seat.place()])));
                });
    }

    /** The flight's reads if they come in time, else as many late ones. */
    private static CompletableFuture<GroupRead[]> byDeadline(Flight flight, Duration left) {
        GroupRead[] late = new GroupRead[flight.keys().size() * flight.groups().size()];
        Arrays.fill(late, GroupRead.LATE);
        return flight.reads().copy().completeOnTimeout(late, left.toNanos(), TimeUnit.NANOSECONDS);
    }

    /**
     * What one store has to be asked for.
     *
     * @param places of the keys in the request
     * @param groups missed by at least one of the keys
     */
    private record Misses(List<EntityKey> keys, int[] places, List<Group> groups) {

        static @Nullable Misses of(
                ReadPlan plan, StoreRead store, List<EntityKey> keys, GroupRead[] cells) {
            int width = plan.groups().size();
            boolean[] missed = new boolean[width];
            List<EntityKey> missing = new ArrayList<>();
            int[] places = new int[keys.size()];
            for (int k = 0; k < keys.size(); k++) {
                boolean any = false;
                for (Group group : store.groups()) {
                    if (cells[k * width + group.index()] == null) {
                        missed[group.index()] = true;
                        any = true;
                    }
                }
                if (any) {
                    places[missing.size()] = k;
                    missing.add(keys.get(k));
                }
            }
            if (missing.isEmpty()) {
                return null;
            }
            List<Group> groups =
                    store.groups().stream().filter(group -> missed[group.index()]).toList();
            return new Misses(missing, Arrays.copyOf(places, missing.size()), groups);
        }
    }

    private CompletableFuture<Void> fromStore(
            FeatureStoreReader source,
            ReadPlan plan,
            StoreRead store,
            Misses misses,
            GroupRead[] cells,
            Instant deadline) {
        Duration left = Duration.between(clock.instant(), deadline);
        if (left.isNegative() || left.isZero()) {
            place(plan, misses, all(misses, GroupRead.LATE), cells);
            return CompletableFuture.completedFuture(null);
        }
        Flight flight =
                new Flight(
                        misses.keys(),
                        misses.groups(),
                        tickets(misses),
                        deadline,
                        new CompletableFuture<>());
        flights.announce(flight);
        CompletableFuture<GroupRead[]> inTime = byDeadline(flight, left);
        flight.reads()
                .whenComplete(
                        (reads, bug) -> {
                            if (bug == null && inTime.isDone() && inTime.join() != reads) {
                                meters.lateStoreAnswer(store.store());
                            }
                        });
        long startNanos = System.nanoTime();
        ask(source, plan, store, misses, deadline)
                .handle(
                        (rows, failure) -> {
                            meters.storeRead(store.store(), System.nanoTime() - startNanos);
                            GroupRead[] reads = take(store, misses, rows, failure);
                            keep(plan, misses, flight.tickets(), reads);
                            return reads;
                        })
                .whenComplete(
                        (reads, bug) -> {
                            if (bug == null) {
                                flight.reads().complete(reads);
                            } else {
                                flight.reads().completeExceptionally(bug);
                            }
                        });
        return inTime.thenAccept(reads -> place(plan, misses, reads, cells));
    }

    private CompletionStage<List<StoredRow>> ask(
            FeatureStoreReader source,
            ReadPlan plan,
            StoreRead store,
            Misses misses,
            Instant deadline) {
        try {
            return source.read(
                    store.store(),
                    plan.entity(),
                    misses.keys(),
                    store.schemas(misses.groups()),
                    deadline);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private long[] tickets(Misses misses) {
        long[] tickets = new long[misses.keys().size()];
        for (int i = 0; i < tickets.length; i++) {
            tickets[i] = cache.ticket(misses.keys().get(i));
        }
        return tickets;
    }

    /** The store's rows as reads, {@code [keys][groups]} of the misses. */
    private GroupRead[] take(
            StoreRead store,
            Misses misses,
            @Nullable List<StoredRow> rows,
            @Nullable Throwable failure) {
        if (rows == null || rows.size() != misses.keys().size()) {
            LOG.error(
                    "Store {} broke its contract: {} rows for {} keys",
                    store.store().id(),
                    rows == null ? "no" : rows.size(),
                    misses.keys().size(),
                    failure);
            meters.storeFailure(store.store(), StoreReadException.Kind.UNAVAILABLE);
            return all(misses, GroupRead.STORE_ERROR);
        }
        int width = misses.groups().size();
        GroupRead[] reads = new GroupRead[rows.size() * width];
        for (int k = 0; k < rows.size(); k++) {
            StoredRow row = rows.get(k);
            StoreReadException keyFailure = row.failure();
            if (keyFailure != null) {
                meters.storeFailure(store.store(), keyFailure.kind());
                LOG.debug("Store {} failed a key", store.store().id(), keyFailure);
                Arrays.fill(reads, k * width, (k + 1) * width, failed(keyFailure.kind()));
                continue;
            }
            for (int g = 0; g < width; g++) {
                reads[k * width + g] = intake.take(misses.groups().get(g), row.blocks().get(g));
            }
        }
        return reads;
    }

    private static GroupRead failed(StoreReadException.Kind kind) {
        return switch (kind) {
            case UNAVAILABLE -> GroupRead.STORE_ERROR;
            case DEADLINE -> GroupRead.LATE;
            case CORRUPT -> GroupRead.CORRUPT;
        };
    }

    private void keep(ReadPlan plan, Misses misses, long[] tickets, GroupRead[] reads) {
        int width = misses.groups().size();
        for (int g = 0; g < width; g++) {
            Group group = misses.groups().get(g);
            if (!group.inMemory()) {
                continue;
            }
            for (int k = 0; k < tickets.length; k++) {
                GroupRead read = reads[k * width + g];
                if (read.outcome() == GroupRead.Outcome.STORED
                        || read.outcome() == GroupRead.Outcome.ABSENT) {
                    cache.fill(
                            tickets[k],
                            misses.keys().get(k),
                            group.schema(),
                            plan.entity().inMemoryCache(),
                            read);
                }
            }
        }
    }

    private static GroupRead[] all(Misses misses, GroupRead read) {
        GroupRead[] reads = new GroupRead[misses.keys().size() * misses.groups().size()];
        Arrays.fill(reads, read);
        return reads;
    }

    private static void place(
            ReadPlan plan, Misses misses, GroupRead[] reads, @Nullable GroupRead[] cells) {
        int width = misses.groups().size();
        for (int k = 0; k < misses.places().length; k++) {
            int row = misses.places()[k] * plan.groups().size();
            for (int g = 0; g < width; g++) {
                int cell = row + misses.groups().get(g).index();
                if (cells[cell] == null) {
                    cells[cell] = reads[k * width + g];
                }
            }
        }
    }
}
