package io.dhara.sessionizer.tier;

import static java.util.Objects.requireNonNull;

import io.dhara.core.interaction.Interaction;
import io.dhara.stores.write.interaction.HotTierWriter;
import io.dhara.stores.write.interaction.HotTierWriter.Added;
import io.dhara.stores.write.interaction.HotTierWriter.HotAdd;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings interactions to the hot tier: combines what waits for one user, sends many users at once,
 * has at most one add of a user on its way, and repeats what failed until the tier takes it.
 */
final class HotFeed {
    private static final Logger LOG = LoggerFactory.getLogger(HotFeed.class);

    /** Told of every add that the tier took. */
    interface Listener {
        void added(String userId, long epoch, Added answer);
    }

    /** One user with adds that are not acknowledged. */
    private static final class Lane {
        final String userId;
        @Nullable Parcel waiting;
        @Nullable Parcel sent;
        @Nullable Consumer<Boolean> whenQuiet;
        boolean dropped;

        Lane(String userId) {
            this.userId = userId;
        }
    }

    /** What goes in one add. */
    private static final class Parcel {
        long epoch;
        boolean continues;
        final List<Interaction> interactions = new ArrayList<>();
        final List<Runnable> settled = new ArrayList<>(0);
    }

    private final HotTierWriter tier;
    private final TaskThread task;
    private final TierLimits limits;
    private final Listener listener;
    private final SessionizerMetrics metrics;
    private final Map<String, Lane> lanes = new HashMap<>();
    private final ArrayDeque<Lane> ready = new ArrayDeque<>();
    private int heldEvents;
    private int batches;
    private int failures;
    private boolean paused = true;

    HotFeed(
            HotTierWriter tier,
            TaskThread task,
            TierLimits limits,
            Listener listener,
            SessionizerMetrics metrics) {
        this.tier = tier;
        this.task = task;
        this.limits = limits;
        this.listener = listener;
        this.metrics = metrics;
    }

    /** Lets adds go; before, they are held. */
    void start() {
        paused = false;
        dispatch();
    }

    boolean isFull() {
        return heldEvents >= limits.heldEvents() || lanes.size() >= limits.heldEvents();
    }

    boolean isOutstanding(String userId) {
        return lanes.containsKey(userId);
    }

    /** Users with adds that are not acknowledged. */
    Iterable<String> outstanding() {
        return lanes.keySet();
    }

    /**
     * Takes what is to be added; {@link #dispatch} sends it.
     *
     * @param continues whether an earlier add of the epoch was acknowledged
     * @param settled run once the tier has these, or once they are dropped because the cold tier
     *     has them; may be null
     */
    void add(
            String userId,
            long epoch,
            boolean continues,
            List<Interaction> interactions,
            @Nullable Runnable settled) {
        Lane lane = lanes.computeIfAbsent(userId, Lane::new);
        boolean first = lane.waiting == null && lane.sent == null;
        Parcel parcel = lane.waiting;
        if (parcel == null) {
            parcel = new Parcel();
            parcel.continues = first && continues;
            lane.waiting = parcel;
            if (lane.sent == null && lane.whenQuiet == null) {
                ready.add(lane);
            }
        } else {
            parcel.continues = false;
        }
        parcel.epoch = Math.max(parcel.epoch, epoch);
        parcel.interactions.addAll(interactions);
        heldEvents += interactions.size();
        if (settled != null) {
            parcel.settled.add(settled);
        }
    }

    /**
     * Drops what waits for the user, as the cold tier has it, and acts once nothing of the user is
     * on its way.
     *
     * @param action told whether anything was dropped
     */
    void whenQuiet(String userId, Consumer<Boolean> action) {
        Lane lane = lanes.get(userId);
        if (lane == null) {
            action.accept(false);
            return;
        }
        Parcel dropped = lane.waiting;
        lane.waiting = null;
        lane.dropped = dropped != null;
        if (dropped != null) {
            settle(dropped);
        }
        if (lane.sent == null) {
            ready.remove(lane);
            lanes.remove(userId);
            action.accept(lane.dropped);
        } else {
            lane.whenQuiet = action;
        }
    }

    /** Sends what may be sent. */
    void dispatch() {
        while (!paused && batches < limits.addBatches() && !ready.isEmpty()) {
            List<Lane> batch = new ArrayList<>();
            List<HotAdd> adds = new ArrayList<>();
            while (batch.size() < limits.addBatchUsers() && !ready.isEmpty()) {
                Lane lane = ready.poll();
                Parcel parcel = requireNonNull(lane.waiting, "waiting is null");
                lane.waiting = null;
                lane.sent = parcel;
                batch.add(lane);
                adds.add(
                        new HotAdd(
                                lane.userId, parcel.epoch, parcel.continues, parcel.interactions));
            }
            batches++;
            task.call(
                    () -> tier.add(adds),
                    answers -> answered(batch, answers),
                    failure -> failed(batch, failure));
        }
    }

    private void answered(List<Lane> batch, List<Added> answers) {
        if (answers.size() != batch.size()) {
            throw new IllegalStateException(
                    "the hot tier must answer each of "
                            + batch.size()
                            + " adds: got "
                            + answers.size());
        }
        batches--;
        if (failures > 0) {
            LOG.info("the hot tier takes interactions again");
            failures = 0;
        }
        metrics.hotAdds.inc(batch.size());
        for (int i = 0; i < batch.size(); i++) {
            Lane lane = batch.get(i);
            Parcel parcel = requireNonNull(lane.sent, "sent is null");
            ended(lane);
            settle(parcel);
            listener.added(lane.userId, parcel.epoch, answers.get(i));
        }
        dispatch();
    }

    private void failed(List<Lane> batch, Throwable failure) {
        batches--;
        metrics.retries.inc();
        for (Lane lane : batch) {
            Parcel parcel = requireNonNull(lane.sent, "sent is null");
            if (lane.whenQuiet != null) {
                lane.dropped = true;
                settle(parcel);
            } else {
                Parcel later = lane.waiting;
                if (later != null) {
                    parcel.epoch = Math.max(parcel.epoch, later.epoch);
                    parcel.interactions.addAll(later.interactions);
                    parcel.settled.addAll(later.settled);
                }
                // whether it had its effect is not known
                parcel.continues = false;
                lane.waiting = parcel;
            }
            ended(lane);
        }
        if (!paused) {
            if (failures == 0) {
                LOG.warn(
                        "the hot tier takes nothing, retrying with backoff: {}",
                        failure.toString());
            }
            failures++;
            paused = true;
            task.retry(failures, this::start);
        }
    }

    /** Nothing of the lane is on its way any more. */
    private void ended(Lane lane) {
        lane.sent = null;
        Consumer<Boolean> quiet = lane.whenQuiet;
        lane.whenQuiet = null;
        if (lane.waiting != null) {
            ready.add(lane);
        } else {
            lanes.remove(lane.userId);
        }
        if (quiet != null) {
            quiet.accept(lane.dropped);
        }
    }

    private void settle(Parcel parcel) {
        heldEvents -= parcel.interactions.size();
        parcel.settled.forEach(Runnable::run);
    }
}
