package io.dhara.sessionizer;

import io.dhara.core.interaction.Interaction;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Events that happen while the test runs, sent as they happen. Of every group of users some have a
 * session or two, with a pause longer than the gap between; the others go on without a pause until
 * the next group begins, and thereby move the watermark of every partition.
 */
final class LiveLoad implements AutoCloseable {
    private static final int TICK_MILLIS = 10;
    private static final int ENDLESS_PAUSE_MILLIS = 150;
    private static final List<String> TYPES =
            List.of("CLICK", "CLICK", "ORDER", "ADD_TO_CART", "SHARE", "APP_OPEN");

    private record Step(long atMillis, String user) {}

    private final SessionBed bed;
    private final SessionOracle oracle;
    private final Random random;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final Collection<Deque<Step>> scripts = new ConcurrentLinkedQueue<>();
    private final AtomicReference<List<String>> endless = new AtomicReference<>(List.of());
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final List<String> users = new ArrayList<>();
    private long nextEndlessMillis;
    private long number;

    LiveLoad(SessionBed bed, SessionOracle oracle, long seed) {
        this.bed = bed;
        this.oracle = oracle;
        this.random = new Random(seed);
        clock.scheduleAtFixedRate(this::tick, 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /**
     * Lets other users begin; those that went on without end stop.
     *
     * @param prefix of the users' names
     * @param sessionUsers users with a session or two
     * @param endlessUsers users that go on
     * @return when the last event of the first session is due, epoch milliseconds
     */
    synchronized long begin(String prefix, int sessionUsers, int endlessUsers) {
        long now = System.currentTimeMillis();
        long firstEnd = Long.MAX_VALUE;
        long gap = bed.rules().gapMillis();
        for (int i = 0; i < sessionUsers; i++) {
            Deque<Step> script = new ArrayDeque<>();
            String user = prefix + i;
            long time = now;
            for (int session = 1 + random.nextInt(2); session > 0; session--) {
                for (int event = 1 + random.nextInt(4); event > 0; event--) {
                    time += random.nextLong(gap / 4);
                    script.add(new Step(time, user));
                }
                firstEnd = Math.min(firstEnd, time);
                time += gap + gap / 4;
            }
            scripts.add(script);
            users.add(user);
        }
        List<String> goingOn = new ArrayList<>();
        for (int i = 0; i < endlessUsers; i++) {
            goingOn.add(prefix + "-" + i);
        }
        users.addAll(goingOn);
        endless.set(List.copyOf(goingOn));
        return firstEnd;
    }

    /** Those that go on without end stop as well. */
    void pause() {
        endless.set(List.of());
    }

    /** Whether all that had a session or two have had them. */
    boolean isThrough() {
        return scripts.stream().allMatch(Deque::isEmpty);
    }

    /** All users so far. */
    synchronized List<String> users() {
        return List.copyOf(users);
    }

    /** Users of a group. */
    List<String> usersOf(String prefix) {
        return users().stream().filter(user -> user.startsWith(prefix)).toList();
    }

    @Nullable Throwable failure() {
        return failure.get();
    }

    private void tick() {
        try {
            long now = System.currentTimeMillis();
            for (Deque<Step> script : scripts) {
                Step due = script.peek();
                if (due != null && due.atMillis() <= now) {
                    script.remove();
                    happens(due.user());
                }
            }
            if (nextEndlessMillis <= now) {
                endless.get().forEach(this::happens);
                nextEndlessMillis = now + ENDLESS_PAUSE_MILLIS;
            }
        } catch (RuntimeException | Error e) {
            failure.compareAndSet(null, e);
            throw e;
        }
    }

    private void happens(String user) {
        String type = TYPES.get(random.nextInt(TYPES.size()));
        boolean marker = SessionOracle.MARKERS.contains(type);
        Interaction event =
                new Interaction(
                        user,
                        type,
                        marker ? 0 : ++number,
                        marker ? 0 : random.nextInt(300),
                        System.currentTimeMillis(),
                        type.equals("ORDER") ? "S" + number : "",
                        "");
        oracle.add(event);
        bed.send(event);
        if (random.nextInt(10) == 0) {
            bed.send(event);
        }
    }

    @Override
    public void close() throws InterruptedException {
        clock.shutdown();
        clock.awaitTermination(10, TimeUnit.SECONDS);
    }
}
