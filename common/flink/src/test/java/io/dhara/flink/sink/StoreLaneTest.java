package io.dhara.flink.sink;

import static io.dhara.flink.sink.Rows.row;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class StoreLaneTest {
    private static final SinkLimits LIMITS =
            new SinkLimits(
                    2,
                    10_000,
                    3,
                    100,
                    100_000,
                    Duration.ofMillis(5),
                    Duration.ofSeconds(30),
                    new RetryPolicy(Duration.ofMillis(100), Duration.ofSeconds(5)));

    private final StoreLane lane = new StoreLane("1", LIMITS, new SplittableRandom(3));

    private void add(int count, long now) {
        for (int i = 0; i < count; i++) {
            lane.add(new WriteEntry(row("u" + now + "-" + i)), now);
        }
    }

    private List<StoreLane.Batch> startAll(long now) {
        List<StoreLane.Batch> started = new ArrayList<>();
        List<WriteEntry> batch = lane.nextBatch(now);
        while (!batch.isEmpty()) {
            started.add(lane.started(batch, now));
            batch = lane.nextBatch(now);
        }
        return started;
    }

    private void failWhole(StoreLane.Batch batch, long now) {
        lane.ended(batch, batch.entries(), false, now);
    }

    @Test
    void batches_overTheLimitInFlight_wait() {
        add(8, 0);
        assertThat(startAll(0)).hasSize(3);
        assertThat(lane.wakeMillis()).isEqualTo(StoreLane.NEVER);
        assertThat(lane.rowsInFlight()).isEqualTo(6);
    }

    @Test
    void batch_ofRowsLargerThanItsBytes_holdsOneRow() {
        SinkLimits small =
                new SinkLimits(
                        2,
                        1,
                        3,
                        100,
                        100_000,
                        LIMITS.linger(),
                        LIMITS.requestTimeout(),
                        LIMITS.retry());
        StoreLane narrow = new StoreLane("1", small, new SplittableRandom(3));
        narrow.add(new WriteEntry(row("a")), 0);
        narrow.add(new WriteEntry(row("b")), 0);

        assertThat(narrow.nextBatch(0)).hasSize(1);
        assertThat(narrow.nextBatch(0)).hasSize(1);
    }

    @Test
    void batchesThatLeftTogether_failingTogether_countAsOneFailure() {
        add(6, 0);
        List<StoreLane.Batch> started = startAll(0);
        started.forEach(batch -> failWhole(batch, 10));

        // One failure: the first backoff, 50 to 100 ms.
        assertThat(lane.wakeMillis()).isBetween(60L, 110L);
        assertThat(lane.downMillis(10)).isEqualTo(10);
    }

    @Test
    void laneDown_probesWithOneBatchAtATime() {
        add(6, 0);
        startAll(0).forEach(batch -> failWhole(batch, 10));
        assertThat(lane.nextBatch(20)).isEmpty();

        long probe = lane.wakeMillis();
        List<StoreLane.Batch> probes = startAll(probe);
        assertThat(probes).hasSize(1);

        lane.ended(probes.get(0), List.of(), true, probe + 1);
        assertThat(lane.isDown()).isFalse();
        assertThat(startAll(probe + 1)).hasSize(2);
    }

    @Test
    void laneDown_batchOfRefusalsOnly_staysDown() {
        add(4, 0);
        startAll(0).forEach(batch -> failWhole(batch, 10));
        StoreLane.Batch probe = startAll(lane.wakeMillis()).get(0);
        lane.ended(probe, List.of(), false, 200);

        assertThat(lane.isDown()).isTrue();
    }

    @Test
    void backoff_ofALaneThatStaysDown_growsToItsMaximum() {
        add(2, 0);
        failWhole(startAll(0).get(0), 0);
        long now = 0;
        for (int i = 0; i < 40; i++) {
            now = lane.wakeMillis();
            failWhole(startAll(now).get(0), now);
        }
        assertThat(lane.wakeMillis() - now).isBetween(2_500L, 5_000L);
    }

    @Test
    void wake_whenReached_alwaysHasABatch() {
        SplittableRandom random = new SplittableRandom(11);
        long now = 0;
        List<StoreLane.Batch> inFlight = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            add(random.nextInt(3), now);
            inFlight.addAll(startAll(now));
            long wake = lane.wakeMillis();
            if (inFlight.isEmpty() && wake != StoreLane.NEVER) {
                now = Math.max(now, wake);
                inFlight.addAll(startAll(now));
                assertThat(inFlight).as("step %d", i).isNotEmpty();
            }
            if (!inFlight.isEmpty()) {
                StoreLane.Batch batch = inFlight.remove(random.nextInt(inFlight.size()));
                int failed = random.nextInt(batch.entries().size() + 1);
                boolean answered = failed < batch.entries().size() && random.nextBoolean();
                lane.ended(batch, batch.entries().subList(0, failed), answered, now);
            }
            now += random.nextInt(30);
        }
    }
}
