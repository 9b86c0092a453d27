package io.dhara.sessionizer.tier;

import io.dhara.core.interaction.Interaction;
import io.dhara.sessionizer.session.CloseReason;
import io.dhara.sessionizer.session.ClosedSession;
import io.dhara.sessionizer.session.Erasure;
import io.dhara.sessionizer.session.GrowingClock;
import io.dhara.sessionizer.session.UserWork;
import io.dhara.stores.interaction.ColdTierConfig.OnCorruptBlock;
import io.dhara.stores.write.interaction.ColdTierWriter.Prepared;
import io.dhara.stores.write.interaction.CorruptBlock;
import io.dhara.stores.write.interaction.CorruptBlockException;
import io.dhara.stores.write.interaction.HiddenWriteException;
import io.dhara.stores.write.interaction.HotTierWriter.HotAdd;
import io.dhara.stores.write.interaction.NewerCellException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves closed sessions from hot to cold, many users side by side, each user's strictly in
 * sequence. A session's steps: read and unite the week blocks; make the session known; write the
 * blocks; remove the hot keys if the user has nothing else; forget the work. The work stays in
 * state until the last step is done, so a restart repeats it from the first, and every step may be
 * repeated. Readers never see a hole: what is removed from hot is in cold.
 */
final class Flusher {
    private static final Logger LOG = LoggerFactory.getLogger(Flusher.class);

    /** One user's work in progress. */
    private static final class Flight {
        final String userId;
        int works;
        int failures;

        /** Whether the record of the first work is kept; it is not sent again in this attempt. */
        boolean published;

        /** Whether the hot keys are being removed: all they have is in the cold tier. */
        boolean closing;

        /** Whether the hot keys may be a former attempt's; until an add was acknowledged. */
        boolean toTakeOver;

        /** Blocks met in the first work which are put aside. */
        List<CorruptBlock> replaced = List.of();

        Flight(String userId) {
            this.userId = userId;
        }
    }

    private final Tiers tiers;
    private final UserStates users;
    private final HotFeed feed;
    private final TaskThread task;
    private final TierLimits limits;
    private final GrowingClock numbers;
    private final Consumer<String> readd;
    private final Runnable progressed;
    private final SessionizerMetrics metrics;

    /** On their way. */
    private final Map<String, Flight> flights = new LinkedHashMap<>();

    private final Map<String, Flight> waiting = new LinkedHashMap<>();
    private int works;

    /**
     * @param readd adds everything unflushed of a user to the hot tier again
     * @param progressed told when there may be room again
     */
    Flusher(
            Tiers tiers,
            UserStates users,
            HotFeed feed,
            TaskThread task,
            TierLimits limits,
            GrowingClock numbers,
            Consumer<String> readd,
            Runnable progressed,
            SessionizerMetrics metrics) {
        this.tiers = tiers;
        this.users = users;
        this.feed = feed;
        this.task = task;
        this.limits = limits;
        this.numbers = numbers;
        this.readd = readd;
        this.progressed = progressed;
        this.metrics = metrics;
    }

    /** So much work was appended to the user's. */
    void flush(String userId, int count) {
        works += count;
        Flight flight = flights.get(userId);
        if (flight == null) {
            flight = waiting.computeIfAbsent(userId, Flight::new);
        }
        flight.works += count;
        dispatch();
    }

    boolean isFull() {
        return works >= limits.heldFlushes() || flights.size() + waiting.size() >= limits.flushes();
    }

    boolean isIdle() {
        return works == 0;
    }

    boolean hasWork(String userId) {
        return flights.containsKey(userId) || waiting.containsKey(userId);
    }

    /** Whether adding to the user's hot keys would only bring back what is being removed. */
    boolean isClosing(String userId) {
        Flight flight = flights.get(userId);
        return flight != null && flight.closing && !hasMore(flight);
    }

    private void dispatch() {
        while (flights.size() < limits.flushes() && !waiting.isEmpty()) {
            Flight flight = waiting.values().iterator().next();
            waiting.remove(flight.userId);
            flights.put(flight.userId, flight);
            next(flight);
        }
    }

    /** Begins, or begins again after a failure, what comes first. */
    private void next(Flight flight) {
        UserWork work = users.firstWork(flight.userId);
        if (work instanceof ClosedSession session) {
            prepare(flight, session);
        } else if (work instanceof Erasure) {
            erase(flight);
        } else {
            throw new IllegalStateException("a user's work is gone from the state");
        }
    }

    private void prepare(Flight flight, ClosedSession session) {
        List<Interaction> stored = session.stored(flight.userId);
        if (stored.isEmpty()) {
            publish(flight, session, null);
            return;
        }
        task.call(
                () -> tiers.cold().prepare(flight.userId, stored, flight.replaced),
                prepared -> publish(flight, session, prepared),
                failure -> {
                    if (failure instanceof CorruptBlockException corrupt
                            && tiers.onCorruptBlock() == OnCorruptBlock.REPLACE) {
                        putAside(flight, corrupt.blocks());
                    } else {
                        failed(flight, failure);
                    }
                });
    }

    private void putAside(Flight flight, List<CorruptBlock> blocks) {
        step(
                flight,
                () -> tiers.sessions().putAside(flight.userId, blocks),
                done -> {
                    metrics.corruptBlocks.inc(blocks.size());
                    flight.replaced = blocks;
                    next(flight);
                });
    }

    private void publish(Flight flight, ClosedSession session, @Nullable Prepared prepared) {
        if (flight.published) {
            write(flight, prepared);
            return;
        }
        boolean late = session.reason() == CloseReason.LATE;
        List<Interaction> added = prepared == null ? List.of() : prepared.added();
        if (late && added.isEmpty()) {
            metrics.replayed.inc(session.events().size());
            write(flight, prepared);
            return;
        }
        step(
                flight,
                () ->
                        tiers.sessions()
                                .publish(
                                        late
                                                ? SessionRecords.ofLate(
                                                        flight.userId, session, added)
                                                : SessionRecords.of(flight.userId, session)),
                done -> {
                    flight.published = true;
                    metrics.flushed(session.reason()).inc();
                    write(flight, prepared);
                });
    }

    /**
     * Writes nothing if nothing is new. A write that failed is not repeated as it is: what it may
     * have done is read first.
     */
    private void write(Flight flight, @Nullable Prepared prepared) {
        if (prepared == null) {
            close(flight);
            return;
        }
        step(
                flight,
                () -> prepared.write(numbers.next()),
                updates -> {
                    metrics.coldUpdates.inc(updates);
                    metrics.coldInteractions.inc(prepared.added().size());
                    metrics.trimmed.inc(prepared.trimmed());
                    close(flight);
                });
    }

    /** Removes the hot keys if all that they have is in the cold tier. */
    private void close(Flight flight) {
        if (hasMore(flight)) {
            done(flight);
            return;
        }
        feed.whenQuiet(
                flight.userId,
                dropped -> {
                    // an add that had no effect took nothing over
                    flight.toTakeOver |= dropped;
                    if (hasMore(flight)) {
                        done(flight);
                    } else {
                        takeOver(flight);
                    }
                });
    }

    /**
     * A former attempt may have gone on after the checkpoint, under epochs that are not known here:
     * an add of nothing makes the keys this attempt's.
     */
    private void takeOver(Flight flight) {
        flight.closing = true;
        long known = users.epoch(flight.userId);
        long own = users.ownEpoch(flight.userId);
        flight.toTakeOver |= own != known;
        if (!flight.toTakeOver) {
            removeHot(flight, own);
            return;
        }
        HotAdd nothing = new HotAdd(flight.userId, own, false, List.of());
        task.call(
                () -> tiers.hot().add(List.of(nothing)),
                answers -> {
                    flight.toTakeOver = false;
                    removeHot(flight, own);
                },
                failure -> again(flight, failure, () -> close(flight)));
    }

    private void removeHot(Flight flight, long epoch) {
        task.call(
                () -> tiers.hot().close(flight.userId, epoch),
                closed -> done(flight),
                failure -> again(flight, failure, () -> close(flight)));
    }

    private boolean hasMore(Flight flight) {
        return flight.works > 1 || users.isOpen(flight.userId);
    }

    /** Cold first: what reads the cold tier after the hot keys are gone finds nothing. */
    private void erase(Flight flight) {
        step(
                flight,
                () -> tiers.cold().erase(flight.userId, numbers.next()),
                erased -> feed.whenQuiet(flight.userId, dropped -> eraseHot(flight)));
    }

    private void eraseHot(Flight flight) {
        // a load under way must not bring anything back
        users.newEpoch(flight.userId);
        step(
                flight,
                () -> tiers.hot().erase(flight.userId),
                erased -> {
                    metrics.erasures.inc();
                    done(flight);
                    readd.accept(flight.userId);
                });
    }

    private void done(Flight flight) {
        users.firstWorkDone(flight.userId);
        flight.failures = 0;
        flight.published = false;
        flight.closing = false;
        flight.toTakeOver = false;
        flight.replaced = List.of();
        flight.works--;
        works--;
        if (flight.works > 0) {
            next(flight);
        } else {
            flights.remove(flight.userId);
            dispatch();
        }
        progressed.run();
    }

    private <T> void step(Flight flight, Supplier<CompletionStage<T>> call, Consumer<T> then) {
        task.call(call, then, failure -> failed(flight, failure));
    }

    /** The numbers of another attempt are greater: a restart writes what this one cannot. */
    private void failed(Flight flight, Throwable failure) {
        if (failure instanceof NewerCellException || failure instanceof HiddenWriteException) {
            throw new IllegalStateException(
                    "a flush needs a greater write time than this attempt of the job has", failure);
        }
        again(flight, failure, () -> next(flight));
    }

    private void again(Flight flight, Throwable failure, Runnable from) {
        metrics.retries.inc();
        if (flight.failures++ == 0) {
            LOG.warn("a flush failed, retrying with backoff: {}", failure.toString());
        }
        task.retry(flight.failures, from);
    }
}
