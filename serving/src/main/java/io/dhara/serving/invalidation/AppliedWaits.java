package io.dhara.serving.invalidation;

import io.dhara.proto.v1.Invalidation;
import io.dhara.proto.v1.Outcome;
import io.dhara.proto.v1.WaitToken;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Callers that wait until every unit (entity key x feature group) of their message is settled. Each
 * instance knows its own callers only and passes over the tokens of others. Thread-safe.
 */
public final class AppliedWaits {
    private static final Logger LOG = LoggerFactory.getLogger(AppliedWaits.class);
    private static final int MAX_REJECTIONS_KEPT = 20;

    /**
     * Units that the job refused together.
     *
     * @param unit the first of them
     */
    public record Rejection(int unit, String reason, String detail) {}

    /**
     * Every unit is settled.
     *
     * @param positions where the settling records stand
     * @param rejections the first {@value #MAX_REJECTIONS_KEPT} refusals, in order of arrival
     * @param rejected how many units were refused
     */
    public record Settled(TopicPositions positions, List<Rejection> rejections, int rejected) {}

    private final Map<String, Wait> waits = new ConcurrentHashMap<>();

    /**
     * Starts waiting; to be called before the message is sent.
     *
     * @param units rows times groups of the message
     * @return completes on the follower's thread; whoever waits must call {@link #forget} at the
     *     end, in whatever way it ends
     */
    public CompletableFuture<Settled> await(String requestId, int units) {
        Wait wait = new Wait(units);
        if (waits.putIfAbsent(requestId, wait) != null) {
            throw new IllegalArgumentException("request id " + requestId + " is waited for");
        }
        return wait.settled;
    }

    public void forget(String requestId) {
        waits.remove(requestId);
    }

    /** How many callers wait now. */
    public int size() {
        return waits.size();
    }

    /** Takes the record's tokens; called after the listeners have dropped what it makes stale. */
    void settle(Invalidation record, int partition, long offset) {
        for (WaitToken token : record.getWaitsList()) {
            Wait wait = waits.get(token.getRequestId());
            if (wait != null) {
                wait.settle(token, record, partition, offset);
            }
        }
    }

    /** Touched by the follower's thread only, but for its future. */
    private static final class Wait {
        private final int units;
        private final BitSet open;
        private final Map<Integer, Long> offsets = new HashMap<>();
        private final List<Rejection> rejections = new ArrayList<>();
        private final CompletableFuture<Settled> settled = new CompletableFuture<>();
        private int rejected;

        Wait(int units) {
            this.units = units;
            this.open = new BitSet(units);
            open.set(0, units);
        }

        void settle(WaitToken token, Invalidation record, int partition, long offset) {
            boolean whole = token.getUnits() == 0;
            int from = whole ? 0 : token.getUnit();
            int to = whole ? units : from + 1;
            if (from < 0 || to > units || !whole && token.getUnits() != units) {
                LOG.warn(
                        "request {} has {} units, but record {}:{} settles unit {} of {}",
                        token.getRequestId(),
                        units,
                        partition,
                        offset,
                        token.getUnit(),
                        token.getUnits());
                return;
            }
            offsets.merge(partition, offset, Math::max);
            int settling = open.get(from, to).cardinality();
            if (settling == 0) {
                return;
            }
            if (record.getOutcome() == Outcome.OUTCOME_REJECTED) {
                rejected += settling;
                if (rejections.size() < MAX_REJECTIONS_KEPT) {
                    rejections.add(
                            new Rejection(
                                    open.nextSetBit(from), record.getReason(), record.getDetail()));
                }
            }
            open.clear(from, to);
            if (open.isEmpty()) {
                settled.complete(
                        new Settled(
                                new TopicPositions(offsets), List.copyOf(rejections), rejected));
            }
        }
    }
}
