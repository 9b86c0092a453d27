package io.dhara.localstack.demo;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.MoreExecutors;
import io.dhara.core.model.EntityKey;
import io.dhara.proto.v1.RetrieveRequest;
import io.dhara.proto.v1.RetrieveResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Measures a stack at work: reads arrive at a fixed rate whether or not earlier ones are answered
 * (so a stall counts against every read that fell into it), while single writes are followed from
 * the hand-over to Kafka until a read over gRPC shows them.
 */
final class LivePhase {
    static final int KEYS_PER_READ = 20;
    private static final List<String> GROUPS = List.of("activity", "lifetime");
    private static final String PROBE_FEATURE = "views_1d";
    private static final Duration PROBE_DEADLINE = Duration.ofSeconds(30);
    private static final Duration DRAIN = Duration.ofSeconds(30);
    private static final long PROBE_PAUSE_NANOS = 50_000_000L;
    private static final int PROBE_KEYS = 10;

    /**
     * @param latencyMicros of the answered reads, from the time at which they were due
     */
    record Result(Histogram freshnessMicros, Histogram latencyMicros, long reads, long failures) {}

    private final FeatureReads reads;
    private final FeatureProducer producer;
    private final Replay replay;
    private final Clock clock;
    private final int readsPerSecond;

    LivePhase(
            FeatureReads reads,
            FeatureProducer producer,
            Replay replay,
            Clock clock,
            int readsPerSecond) {
        this.reads = reads;
        this.producer = producer;
        this.replay = replay;
        this.clock = clock;
        this.readsPerSecond = readsPerSecond;
    }

    /**
     * @param users keys to read, the popular ones more often
     */
    Result run(List<EntityKey> users, Duration warmUp, Duration duration) throws Exception {
        Histogram freshness = new Histogram(TimeUnit.MINUTES.toMicros(1), 3);
        ConcurrentHistogram latency = new ConcurrentHistogram(TimeUnit.MINUTES.toMicros(1), 3);
        AtomicLong failures = new AtomicLong();
        ExecutorService reader = Executors.newSingleThreadExecutor();
        try {
            long start = System.nanoTime();
            long measureFrom = start + warmUp.toNanos();
            long end = measureFrom + duration.toNanos();
            Future<?> reading =
                    reader.submit(() -> read(users, start, measureFrom, end, latency, failures));
            for (long number = 1; System.nanoTime() < end; number++) {
                long micros = probe(number);
                if (System.nanoTime() > measureFrom) {
                    freshness.recordValue(Math.min(micros, freshness.getHighestTrackableValue()));
                }
                LockSupport.parkNanos(PROBE_PAUSE_NANOS);
            }
            reading.get(DRAIN.toSeconds() + duration.toSeconds(), TimeUnit.SECONDS);
        } finally {
            reader.shutdownNow();
        }
        return new Result(
                freshness, latency, latency.getTotalCount() + failures.get(), failures.get());
    }

    /** Writes a value and reads until it is there; microseconds in between. */
    private long probe(long number) throws Exception {
        EntityKey key = new EntityKey("user", List.of("freshness-" + number % PROBE_KEYS));
        FeatureMessage message =
                new FeatureMessage(
                        "user",
                        key.values(),
                        Map.of("activity", Map.of(PROBE_FEATURE, number)),
                        clock.millis());
        long handedOver = System.nanoTime();
        replay.send(message);
        producer.flush();
        while (true) {
            RetrieveResponse response = reads.read("user", List.of(key), List.of("activity"));
            long now = System.nanoTime();
            for (PackedCells.Cell cell : PackedCells.of(response)) {
                if (cell.feature().equals(PROBE_FEATURE) && cell.value().equals(number)) {
                    return TimeUnit.NANOSECONDS.toMicros(now - handedOver);
                }
            }
            if (now - handedOver > PROBE_DEADLINE.toNanos()) {
                throw new TimeoutException(
                        "write %d of key %s could not be read within %s"
                                .formatted(number, key.values(), PROBE_DEADLINE));
            }
        }
    }

    private void read(
            List<EntityKey> users,
            long start,
            long measureFrom,
            long end,
            Histogram latency,
            AtomicLong failures) {
        SplittableRandom random = new SplittableRandom(1);
        Phaser open = new Phaser(1);
        long intervalNanos = TimeUnit.SECONDS.toNanos(1) / readsPerSecond;
        for (long due = start; due < end; due += intervalNanos) {
            long wait = due - System.nanoTime();
            if (wait > 0) {
                LockSupport.parkNanos(wait);
            }
            long dueAt = due;
            open.register();
            Futures.addCallback(
                    reads.future().retrieve(request(users, random)),
                    new FutureCallback<RetrieveResponse>() {
                        @Override
                        public void onSuccess(RetrieveResponse response) {
                            if (dueAt >= measureFrom) {
                                latency.recordValue(
                                        Math.min(
                                                (System.nanoTime() - dueAt) / 1000,
                                                latency.getHighestTrackableValue()));
                            }
                            open.arriveAndDeregister();
                        }

                        @Override
                        public void onFailure(Throwable thrown) {
                            if (dueAt >= measureFrom) {
                                failures.incrementAndGet();
                            }
                            open.arriveAndDeregister();
                        }
                    },
                    MoreExecutors.directExecutor());
        }
        try {
            open.awaitAdvanceInterruptibly(open.arrive(), DRAIN.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new IllegalStateException("reads were not answered within " + DRAIN, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static RetrieveRequest request(List<EntityKey> users, SplittableRandom random) {
        List<EntityKey> keys = new ArrayList<>();
        for (int i = 0; i < KEYS_PER_READ; i++) {
            double skewed = Math.pow(random.nextDouble(), 3); // the first ones more often
            keys.add(users.get((int) (skewed * users.size())));
        }
        return FeatureReads.request("user", keys, GROUPS);
    }
}
