package io.dhara.sessionizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.interaction.Interaction;
import io.dhara.sessionizer.TierReads.Answer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads users all the time and remembers: what was once in an answer is in every later one that is
 * not flagged as possibly incomplete, nothing is in there twice, and nothing that never happened.
 */
final class ReadWatch implements AutoCloseable {
    private static final int PAUSE_MILLIS = 25;

    private final TierReads tiers;
    private final Supplier<List<String>> users;
    private final SessionOracle oracle;
    private final Random random = new Random(1);
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final Map<String, Set<Interaction>> seen = new HashMap<>();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private volatile long reads;
    private volatile long flaggedReads;
    private volatile long distrusted;
    private volatile boolean trusted;
    private volatile long hotReads;
    private volatile long failedReads;

    /**
     * @param users who is read, one at a time and at random
     * @param oracle everything that was sent so far
     */
    ReadWatch(TierReads tiers, Supplier<List<String>> users, SessionOracle oracle) {
        this.tiers = tiers;
        this.users = users;
        this.oracle = oracle;
        clock.scheduleWithFixedDelay(this::read, 0, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void read() {
        try {
            List<String> all = users.get();
            if (!all.isEmpty()) {
                read(all.get(random.nextInt(all.size())));
            }
        } catch (RuntimeException | Error e) {
            failure.compareAndSet(null, e);
            throw e;
        }
    }

    private void read(String user) {
        Answer answer = tiers.tryRead(user);
        if (answer == null) {
            failedReads++;
            return;
        }
        reads++;
        hotReads += answer.hotAlone() ? 1 : 0;
        Set<Interaction> found = answer.all();
        Set<Interaction> before = seen.computeIfAbsent(user, u -> new HashSet<>());
        if (answer.flagged()) {
            flaggedReads++;
            distrusted += trusted && answer.hotAnswered() ? 1 : 0;
        } else {
            trusted = true;
            assertThat(found).as("%s, hot alone: %s", user, answer.hotAlone()).containsAll(before);
        }
        if (before.addAll(found)) {
            assertThat(oracle.of(user)).as("events of " + user).containsAll(found);
        }
    }

    /** Fails if anything was wrong so far. */
    void assertNothingVanished() {
        assertThat(failure.get()).isNull();
    }

    /** Answers flagged so far. */
    long flagged() {
        return flaggedReads;
    }

    /** Answers in which the hot tier itself was not sure any more, having been sure before. */
    long distrusted() {
        return distrusted;
    }

    long reads() {
        return reads;
    }

    /** Answers so far for which the hot tier was enough. */
    long fromHotAlone() {
        return hotReads;
    }

    /** Reads that got no answer at all, because a tier that was needed did not answer. */
    long failed() {
        return failedReads;
    }

    @Override
    public String toString() {
        return "%d reads, %d from the hot tier alone, %d flagged of which %d after trust, %d failed"
                .formatted(reads, hotReads, flaggedReads, distrusted, failedReads);
    }

    @Override
    public void close() throws InterruptedException {
        clock.shutdown();
        clock.awaitTermination(30, TimeUnit.SECONDS);
    }
}
