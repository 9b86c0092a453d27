package io.dhara.localstack.demo;

import io.dhara.core.model.EntityKey;
import io.dhara.localstack.load.OpenLoop;
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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * Measures a stack at work: reads arrive at a fixed rate whether or not earlier ones are answered,
 * while single writes are followed from the hand-over to Kafka until a read over gRPC shows them.
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
        OpenLoop load = new OpenLoop(readsPerSecond, warmUp, duration);
        SplittableRandom random = new SplittableRandom(1);
        ExecutorService reader = Executors.newSingleThreadExecutor();
        try {
            long measureFrom = System.nanoTime() + warmUp.toNanos();
            long end = measureFrom + duration.toNanos();
            Future<OpenLoop.Result> reading =
                    reader.submit(
                            () -> load.run(() -> reads.future().retrieve(request(users, random))));
            for (long number = 1; System.nanoTime() < end; number++) {
                long micros = probe(number);
                if (System.nanoTime() > measureFrom) {
                    freshness.recordValue(Math.min(micros, freshness.getHighestTrackableValue()));
                }
                LockSupport.parkNanos(PROBE_PAUSE_NANOS);
            }
            OpenLoop.Result read =
                    reading.get(DRAIN.toSeconds() + duration.toSeconds(), TimeUnit.SECONDS);
            return new Result(freshness, read.latencyMicros(), read.calls(), read.failures());
        } finally {
            reader.shutdownNow();
        }
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

    private static RetrieveRequest request(List<EntityKey> users, SplittableRandom random) {
        List<EntityKey> keys = new ArrayList<>();
        for (int i = 0; i < KEYS_PER_READ; i++) {
            double skewed = Math.pow(random.nextDouble(), 3); // the first ones more often
            keys.add(users.get((int) (skewed * users.size())));
        }
        return FeatureReads.request("user", keys, GROUPS);
    }
}
