package io.dhara.serving.interaction;

import static java.util.Objects.requireNonNull;

import io.dhara.core.interaction.Interaction;
import io.dhara.core.interaction.InteractionType;
import io.dhara.core.interaction.InteractionWindow;
import io.dhara.serving.interaction.InteractionAnswer.OfType;
import io.dhara.stores.interaction.ColdTierReader;
import io.dhara.stores.interaction.HotAnswer;
import io.dhara.stores.interaction.HotTierReader;
import io.dhara.stores.interaction.InteractionQuery;
import io.dhara.stores.interaction.TypeInteractions;
import io.dhara.stores.read.StoreReadException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads interactions from both tiers. The hot tier first; what it cannot vouch for is read from the
 * cold tier, and never before the hot tier has answered: a session that is flushed between the two
 * reads is then in both, and in the other order it would be in neither. One deadline over both.
 */
final class InteractionReader {
    private final HotTierReader hot;
    private final ColdTierReader cold;
    private final ReadRules rules;
    private final Clock clock;
    private final InteractionMeters meters;

    /**
     * How long the tiers may take.
     *
     * @param hotWait for the hot tier, and never more than half of the time there is
     * @param answerReserve taken off the deadline so that the answer still arrives; at most a tenth
     *     of the time there is
     */
    record ReadRules(Duration hotWait, Duration answerReserve) {
        ReadRules {
            requireNonNull(hotWait, "hotWait is null");
            requireNonNull(answerReserve, "answerReserve is null");
        }
    }

    InteractionReader(
            HotTierReader hot,
            ColdTierReader cold,
            ReadRules rules,
            Clock clock,
            InteractionMeters meters) {
        this.hot = requireNonNull(hot, "hot is null");
        this.cold = requireNonNull(cold, "cold is null");
        this.rules = requireNonNull(rules, "rules is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.meters = requireNonNull(meters, "meters is null");
    }

    /**
     * The newest of each type in range; nothing older than {@link InteractionWindow#MAX_AGE}.
     *
     * @return fails with {@link StoreReadException} if the cold tier is needed and does not answer,
     *     or holds what cannot be decoded. Completed on a driver or timer thread
     */
    CompletableFuture<InteractionAnswer> read(
            String userId, InteractionQuery query, Instant deadline) {
        Instant start = clock.instant();
        long from = Math.max(query.fromMillis(), InteractionWindow.oldestMillis(clock.millis()));
        InteractionMeters.Read read = meters.read();
        if (from > query.toMillis()) {
            return CompletableFuture.completedFuture(
                    read.answered(new InteractionAnswer(nothing(query), false)));
        }
        Duration left = Duration.between(start, deadline);
        Instant end = deadline.minus(shorter(rules.answerReserve, left.dividedBy(10)));
        Instant hotEnd = start.plus(shorter(rules.hotWait, left.dividedBy(2)));
        // One more than asked for says whether there are more.
        InteractionQuery oneMore =
                new InteractionQuery(query.types(), from, query.toMillis(), query.limit() + 1);
        return within(ServedTier.HOT, hotEnd, () -> hot.read(userId, oneMore, hotEnd))
                .handle((answer, failure) -> failure == null ? known(answer) : unknown(failure))
                .thenCompose(held -> complete(userId, oneMore, held, end))
                .whenComplete(
                        (answer, failure) -> {
                            if (failure == null) {
                                read.answered(answer);
                            } else {
                                read.failed();
                            }
                        });
    }

    private static List<OfType> nothing(InteractionQuery query) {
        return query.types().stream()
                .map(type -> new OfType(type, List.of(), ServedTier.NONE, false))
                .toList();
    }

    /**
     * What the hot tier gave.
     *
     * @param answer null if it failed
     */
    private record Held(@Nullable HotAnswer answer, boolean incomplete) {
        List<Interaction> list(int type) {
            return answer == null ? List.of() : answer.lists().get(type).interactions();
        }

        /** Whether nothing else is needed for a type. */
        boolean suffices(int type) {
            return answer != null
                    && !incomplete
                    && answer.state() == HotAnswer.State.HOT
                    && answer.lists().get(type).complete();
        }
    }

    private Held known(HotAnswer answer) {
        if (!answer.established()) {
            meters.hotTierIncomplete("rebuilding");
        }
        return new Held(answer, !answer.established());
    }

    private Held unknown(Throwable failure) {
        meters.hotTierIncomplete(InteractionMeters.outcome(failure));
        return new Held(null, true);
    }

    private CompletableFuture<InteractionAnswer> complete(
            String userId, InteractionQuery oneMore, Held held, Instant end) {
        List<InteractionType> open = new ArrayList<>();
        for (int i = 0; i < oneMore.types().size(); i++) {
            if (!held.suffices(i)) {
                open.add(oneMore.types().get(i));
            }
        }
        if (open.isEmpty()) {
            return CompletableFuture.completedFuture(union(oneMore, held, open, List.of()));
        }
        InteractionQuery rest =
                new InteractionQuery(
                        open, oneMore.fromMillis(), oneMore.toMillis(), oneMore.limit());
        return within(
                        ServedTier.COLD,
                        end,
                        () ->
                                cold.read(userId, rest, end)
                                        .thenCompose(history -> decoded(open, history)))
                .thenApply(history -> union(oneMore, held, open, history));
    }

    /** Nothing is served in place of a block that cannot be decoded. */
    private static CompletionStage<List<TypeInteractions>> decoded(
            List<InteractionType> types, List<TypeInteractions> history) {
        for (int i = 0; i < history.size(); i++) {
            if (!history.get(i).complete()) {
                return CompletableFuture.failedFuture(
                        new StoreReadException(
                                StoreReadException.Kind.CORRUPT,
                                "a week block of type "
                                        + types.get(i).name()
                                        + " that this read needs cannot be decoded: ask for fewer"
                                        + " or newer interactions, and see"
                                        + " interactions.cold.on-corrupt-block"));
            }
        }
        return CompletableFuture.completedFuture(history);
    }

    /**
     * @param open types that the cold tier was asked for
     * @param history its answer, in the same order
     */
    private static InteractionAnswer union(
            InteractionQuery oneMore,
            Held held,
            List<InteractionType> open,
            List<TypeInteractions> history) {
        List<OfType> types = new ArrayList<>(oneMore.types().size());
        for (int i = 0; i < oneMore.types().size(); i++) {
            InteractionType type = oneMore.types().get(i);
            List<Interaction> hot = held.list(i);
            int place = open.indexOf(type);
            ServedTier tier = ServedTier.HOT;
            List<Interaction> all = hot;
            if (place >= 0) {
                tier = hot.isEmpty() ? ServedTier.COLD : ServedTier.BOTH;
                all = TierUnion.of(hot, history.get(place).interactions(), oneMore.limit());
            }
            boolean truncated = all.size() == oneMore.limit();
            types.add(
                    new OfType(
                            type,
                            truncated ? all.subList(0, oneMore.limit() - 1) : all,
                            tier,
                            truncated));
        }
        return new InteractionAnswer(types, held.incomplete());
    }

    /** Asks a tier and gives up at the end; an answer after that is dropped and counted. */
    private <T> CompletableFuture<T> within(
            ServedTier tier, Instant end, Supplier<CompletionStage<T>> question) {
        InteractionMeters.TierRead read = meters.tierRead(tier);
        CompletableFuture<T> answer = new CompletableFuture<>();
        CompletionStage<T> asked;
        try {
            asked = question.get();
        } catch (RuntimeException e) {
            asked = CompletableFuture.failedFuture(e);
        }
        asked.whenComplete(
                (value, failure) -> {
                    boolean inTime =
                            failure == null
                                    ? answer.complete(value)
                                    : answer.completeExceptionally(failure);
                    if (!inTime && failure == null) {
                        read.late();
                    }
                });
        if (!answer.isDone()) {
            long left = Duration.between(clock.instant(), end).toNanos();
            answer.orTimeout(Math.max(left, 1), TimeUnit.NANOSECONDS);
        }
        return answer.handle(
                        (value, failure) -> {
                            Throwable cause = failure == null ? null : translated(tier, failure);
                            read.ended(cause);
                            return cause == null
                                    ? CompletableFuture.completedFuture(value)
                                    : CompletableFuture.<T>failedFuture(cause);
                        })
                .thenCompose(result -> result);
    }

    private static Throwable translated(ServedTier tier, Throwable failure) {
        Throwable cause = failure.getCause();
        Throwable origin =
                failure instanceof CompletionException && cause != null ? cause : failure;
        return origin instanceof TimeoutException
                ? new StoreReadException(
                        StoreReadException.Kind.DEADLINE,
                        "the " + tier.label() + " tier did not answer before the deadline",
                        origin)
                : origin;
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
