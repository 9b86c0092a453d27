package io.dhara.stores.scylla;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DriverTimeoutException;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import io.dhara.core.interaction.InteractionType;
import io.dhara.core.interaction.WeekSlots;
import io.dhara.stores.Gathering;
import io.dhara.stores.Reopening;
import io.dhara.stores.interaction.InteractionQuery;
import io.dhara.stores.interaction.TypeInteractions;
import io.dhara.stores.read.StoreReadException;
import io.dhara.stores.read.StoreReadException.Kind;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One read of the cold tier on its way: all types side by side, each all of its blocks at once, or,
 * where counts are trusted, first those and then the blocks that they say are needed. The first
 * failure fails it; when it has failed, timed out or been cancelled, requests on their way are
 * cancelled and no more are sent.
 */
final class ColdRead {
    private final PreparedStatements<WeekSelect> selects;
    private final boolean trustCounts;
    private final String userId;
    private final InteractionQuery query;
    private final NewestOfType.Range range;
    private final SlotOrder order;
    private final Instant deadline;
    private final CompletableFuture<List<TypeInteractions>> answer = new CompletableFuture<>();

    ColdRead(
            PreparedStatements<WeekSelect> selects,
            boolean trustCounts,
            String userId,
            InteractionQuery query,
            NewestOfType.Range range,
            SlotOrder order,
            Instant deadline) {
        this.selects = selects;
        this.trustCounts = trustCounts;
        this.userId = userId;
        this.query = query;
        this.range = range;
        this.order = order;
        this.deadline = deadline;
    }

    /** Waits for the session and sends the first requests. */
    CompletableFuture<List<TypeInteractions>> start(
            Function<Duration, CompletableFuture<CqlSession>> session) {
        Duration left = left();
        if (left.isZero()) {
            answer.completeExceptionally(
                    new StoreReadException(
                            Kind.DEADLINE, "the deadline passed before the cold tier was asked"));
            return answer;
        }
        session.apply(left)
                .thenAccept(this::readTypes)
                .whenComplete(
                        (sent, failure) -> {
                            if (failure != null) {
                                fail("session", failure);
                            }
                        });
        return answer;
    }

    private void readTypes(CqlSession session) {
        Gathering<TypeInteractions> lists = new Gathering<>(query.types().size());
        lists.stage().thenAccept(answer::complete);
        for (int i = 0; i < query.types().size(); i++) {
            int index = i;
            InteractionType type = query.types().get(i);
            new OfType(session, type)
                    .read()
                    .whenComplete(
                            (list, failure) -> {
                                if (failure != null) {
                                    fail(type.table() + "_interactions", failure);
                                } else {
                                    lists.set(index, list);
                                }
                            });
        }
    }

    private void fail(String what, Throwable thrown) {
        Throwable failure =
                thrown instanceof CompletionException && thrown.getCause() != null
                        ? thrown.getCause()
                        : thrown;
        answer.completeExceptionally(
                failure instanceof DriverTimeoutException || failure instanceof TimeoutException
                        ? new StoreReadException(
                                Kind.DEADLINE,
                                "cold tier, " + what + ": no answer before the deadline",
                                failure)
                        : new StoreReadException(
                                Kind.UNAVAILABLE,
                                "cannot read cold tier, " + what + ": " + failure,
                                failure));
    }

    /** Time left, never negative. */
    private Duration left() {
        Duration left = Duration.between(Instant.now(), deadline);
        return left.isNegative() ? Duration.ZERO : left;
    }

    /** One type of the read. Its steps follow one another, so it needs no locks. */
    private final class OfType {
        private final CqlSession session;
        private final InteractionType type;
        private final NewestOfType newest;
        private final Set<Integer> known = new HashSet<>();
        private final Map<Integer, byte[]> blocks = new HashMap<>();

        OfType(CqlSession session, InteractionType type) {
            this.session = session;
            this.type = type;
            this.newest = new NewestOfType(type, userId, range, query.limit(), order);
        }

        CompletionStage<TypeInteractions> read() {
            if (!trustCounts) {
                int[] unknown = new int[WeekSlots.SLOTS];
                Arrays.fill(unknown, NewestOfType.UNKNOWN);
                return readBlocks(unknown);
            }
            WeekSelect counts =
                    new WeekSelect(WeekTables.counts(type), 0, WeekSlots.SLOTS - 1, false);
            return select(counts).thenCompose(row -> readBlocks(counts(counts, row)));
        }

        private int[] counts(WeekSelect select, @Nullable Row row) {
            int[] counts = new int[WeekSlots.SLOTS];
            for (int slot = 0; slot < WeekSlots.SLOTS; slot++) {
                int position = select.position(slot);
                if (row != null && !row.isNull(position)) {
                    counts[slot] = Math.max(0, row.getInt(position));
                }
                if (counts[slot] == 0) {
                    known.add(slot);
                }
            }
            return counts;
        }

        private CompletionStage<TypeInteractions> readBlocks(int[] counts) {
            newest.take(known, blocks);
            List<Integer> slots = newest.ask(counts);
            if (slots.isEmpty()) {
                return CompletableFuture.completedFuture(newest.answer());
            }
            return readSlots(slots).thenCompose(done -> readBlocks(counts));
        }

        /** One select per table, from the first to the last of the slots in it. */
        private CompletionStage<?> readSlots(List<Integer> slots) {
            Map<Integer, WeekSelect> byBucket = WeekSelect.covering(type, slots, false);
            Gathering<Fetched> fetched = new Gathering<>(byBucket.size());
            CompletableFuture<List<Fetched>> all = new CompletableFuture<>();
            fetched.stage().thenAccept(all::complete);
            int index = 0;
            for (WeekSelect select : byBucket.values()) {
                int at = index++;
                select(select)
                        .whenComplete(
                                (row, failure) -> {
                                    if (failure != null) {
                                        all.completeExceptionally(failure);
                                    } else {
                                        fetched.set(at, new Fetched(select, row));
                                    }
                                });
            }
            return all.thenAccept(answers -> answers.forEach(this::keep));
        }

        private void keep(Fetched fetched) {
            for (int slot = fetched.select.first(); slot <= fetched.select.last(); slot++) {
                known.add(slot);
                ByteBuffer block =
                        fetched.row == null
                                ? null
                                : fetched.row.getByteBuffer(fetched.select.position(slot));
                if (block != null) {
                    byte[] bytes = new byte[block.remaining()];
                    block.get(bytes);
                    blocks.put(slot, bytes);
                }
            }
        }

        private CompletableFuture<@Nullable Row> select(WeekSelect select) {
            Duration left = left();
            if (left.isZero() || answer.isDone()) {
                return CompletableFuture.failedFuture(
                        new TimeoutException("nobody waits for the answer any more"));
            }
            return Reopening.within(selects.get(session, select), left)
                    .thenCompose(this::execute)
                    .thenApply(AsyncResultSet::one);
        }

        private CompletionStage<AsyncResultSet> execute(PreparedStatement prepared) {
            Duration left = left();
            if (left.isZero() || answer.isDone()) {
                return CompletableFuture.failedFuture(
                        new TimeoutException("nobody waits for the answer any more"));
            }
            CompletableFuture<AsyncResultSet> request =
                    session.executeAsync(
                                    prepared.boundStatementBuilder(userId).setTimeout(left).build())
                            .toCompletableFuture();
            answer.whenComplete((done, failure) -> request.cancel(false));
            return request;
        }
    }

    /** A row, null when the user has none. */
    private record Fetched(WeekSelect select, @Nullable Row row) {}
}
