package io.dhara.serving.feature;

import static io.dhara.serving.feature.TestSchemas.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dhara.core.model.DataType;
import io.dhara.core.model.EntityKey;
import io.dhara.core.model.EntitySchema.CacheConfig;
import io.dhara.core.model.FeatureGroupSchema;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.cumulative.CumulativeCounter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class FeatureCacheTest {
    private static final CacheConfig MINUTE = new CacheConfig(true, 60, 10, 0);
    private static final EntityKey U1 = key("u1");

    private final AtomicLong nanos = new AtomicLong();
    private final AtomicLong random = new AtomicLong();
    private final AtomicBoolean current = new AtomicBoolean(true);
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final FeatureCache cache = cache(1 << 20);
    private final FeatureGroupSchema fp = group("fp", 0, TestSchemas.SCYLLA.id());
    private final FeatureGroupSchema ctr = group("ctr", 1, TestSchemas.SCYLLA.id());

    @Test
    void fill_thenGet_answersTheSameRead() {
        GroupRead read = stored(5);
        cache.fill(cache.ticket(U1), U1, fp, MINUTE, read);

        assertThat(cache.get(U1, fp)).isSameAs(read);
        assertThat(cache.get(key("u2"), fp)).isNull();
    }

    @Test
    void b31_groupsOfOneKey_areEntriesOfTheirOwn() {
        cache.fill(cache.ticket(U1), U1, fp, MINUTE, stored(5));
        cache.fill(cache.ticket(U1), U1, ctr, MINUTE, stored(6));

        assertThat(cache.get(U1, fp)).isNotNull();
        assertThat(cache.get(U1, ctr)).isNotNull();
    }

    @Test
    void absentReads_areHeldToo() {
        cache.fill(cache.ticket(U1), U1, fp, MINUTE, GroupRead.ABSENT);

        assertThat(cache.get(U1, fp)).isSameAs(GroupRead.ABSENT);
    }

    @Test
    void invalidated_writtenGroups_areDroppedAndOthersStay() {
        cache.fill(cache.ticket(U1), U1, fp, MINUTE, GroupRead.ABSENT);
        cache.fill(cache.ticket(U1), U1, ctr, MINUTE, stored(6));

        cache.invalidated(U1, List.of("fp"), 7);

        assertThat(cache.get(U1, fp)).isNull();
        assertThat(cache.get(U1, ctr)).isNotNull();
    }

    @Test
    void invalidated_entryNewerThanTheWrite_stays() {
        cache.fill(cache.ticket(U1), U1, fp, MINUTE, stored(8));

        cache.invalidated(U1, List.of("fp"), 7);
        assertThat(cache.get(U1, fp)).isNotNull();
        cache.invalidated(U1, List.of("fp"), 8);
        assertThat(cache.get(U1, fp)).isNull();
    }

    @Test
    void b35_fillBegunBeforeAnInvalidation_isNotStored() {
        long ticket = cache.ticket(U1);
        cache.invalidated(U1, List.of("fp"), 7);

        cache.fill(ticket, U1, fp, MINUTE, stored(6));

        assertThat(cache.get(U1, fp)).isNull();
        assertThat(meters.counter("dhara.serving.cache.fills", "result", "overtaken").count())
                .isEqualTo(1);
    }

    @Test
    void b35_fillBegunBeforeAGap_isNotStored() {
        long ticket = cache.ticket(U1);
        cache.gap("test");

        cache.fill(ticket, U1, fp, MINUTE, stored(6));

        assertThat(cache.get(U1, fp)).isNull();
    }

    @Test
    void b35_invalidationInTheMidstOfAFill_waitsForItAndDropsIt() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        FeatureCache paused =
                new FeatureCache(
                        1 << 20,
                        current::get,
                        nanos::get,
                        bound -> 0,
                        new PausingFills(inside, goOn));
        long ticket = paused.ticket(U1);
        Thread fill = new Thread(() -> paused.fill(ticket, U1, fp, MINUTE, stored(6)));
        Thread invalidation = new Thread(() -> paused.invalidated(U1, List.of("fp"), 7));

        fill.start();
        assertThat(inside.await(10, TimeUnit.SECONDS)).isTrue();
        invalidation.start();
        await().atMost(Duration.ofSeconds(10))
                .until(
                        () ->
                                invalidation.getState() == Thread.State.BLOCKED
                                        || !invalidation.isAlive());
        goOn.countDown();
        fill.join(10_000);
        invalidation.join(10_000);

        assertThat(paused.get(U1, fp)).isNull();
    }

    /** Stops the first fill after it has compared the epoch, inside the map's atomic section. */
    private static final class PausingFills extends SimpleMeterRegistry {
        private final CountDownLatch inside;
        private final CountDownLatch goOn;

        PausingFills(CountDownLatch inside, CountDownLatch goOn) {
            this.inside = inside;
            this.goOn = goOn;
        }

        @Override
        protected Counter newCounter(Meter.Id id) {
            if (!"stored".equals(id.getTag("result"))) {
                return super.newCounter(id);
            }
            return new CumulativeCounter(id) {
                @Override
                public void increment(double amount) {
                    inside.countDown();
                    try {
                        assertThat(goOn.await(10, TimeUnit.SECONDS)).isTrue();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    super.increment(amount);
                }
            };
        }
    }

    @Test
    void gap_everything_isDropped() {
        cache.fill(cache.ticket(U1), U1, fp, MINUTE, stored(6));

        cache.gap("test");

        assertThat(cache.get(U1, fp)).isNull();
        cache.fill(cache.ticket(U1), U1, fp, MINUTE, stored(6));
        assertThat(cache.get(U1, fp)).isNotNull();
    }

    @Test
    void fill_olderThanWhatIsHeld_isIgnored() {
        cache.fill(cache.ticket(U1), U1, fp, MINUTE, stored(8));
        cache.fill(cache.ticket(U1), U1, fp, MINUTE, stored(7));

        assertThat(cache.get(U1, fp).writeTimeMicros()).isEqualTo(8);
    }

    @Test
    void fill_whileNotCurrent_isIgnored() {
        current.set(false);
        cache.fill(cache.ticket(U1), U1, fp, MINUTE, stored(8));
        current.set(true);

        assertThat(cache.get(U1, fp)).isNull();
    }

    @Test
    void get_groupMovedToAnotherStoreOrId_isAMiss() {
        cache.fill(cache.ticket(U1), U1, fp, MINUTE, stored(8));

        assertThat(cache.get(U1, group("fp", 0, TestSchemas.REDIS.id()))).isNull();
        assertThat(cache.get(U1, group("fp", 9, TestSchemas.SCYLLA.id()))).isNull();
    }

    @Test
    void life_isTtlPlusOrMinusJitter() {
        assertLife(MINUTE, 0, 54);
        assertLife(MINUTE, 6, 60);
        assertLife(MINUTE, 12, 66);
        assertLife(new CacheConfig(true, 1, 100, 0), 0, 1);
    }

    @Test
    void life_ofTtlZero_hasNoEnd() {
        cache.fill(cache.ticket(U1), U1, fp, new CacheConfig(true, 0, 10, 0), stored(8));
        nanos.set(TimeUnit.DAYS.toNanos(10_000));

        assertThat(cache.get(U1, fp)).isNotNull();
    }

    @Test
    void life_isNotExtendedByRefusedFillsOrReads() {
        cache.fill(cache.ticket(U1), U1, fp, MINUTE, stored(8));
        nanos.set(TimeUnit.SECONDS.toNanos(50));
        cache.fill(cache.ticket(U1), U1, fp, MINUTE, stored(7));
        cache.invalidated(U1, List.of("fp"), 7);
        assertThat(cache.get(U1, fp)).isNotNull();
        nanos.set(TimeUnit.SECONDS.toNanos(54) + 1);

        assertThat(cache.get(U1, fp)).isNull();
    }

    @Test
    void weight_isBoundedByBytes() {
        FeatureCache small = cache(10_000);
        for (int i = 0; i < 100; i++) {
            EntityKey key = key("u" + i);
            small.fill(
                    small.ticket(key), key, fp, MINUTE, GroupRead.stored(new byte[1000], 1, 1, 0));
        }

        assertThat(meters.get("dhara.serving.cache.entries").gauge()).isNotNull();
        int held = 0;
        for (int i = 0; i < 100; i++) {
            held += small.get(key("u" + i), fp) == null ? 0 : 1;
        }
        assertThat(held).isBetween(1, 9);
    }

    @Test
    void maximumOfZero_holdsNothing() {
        FeatureCache none = cache(0);
        none.fill(none.ticket(U1), U1, fp, MINUTE, stored(8));

        assertThat(none.get(U1, fp)).isNull();
    }

    private void assertLife(CacheConfig config, long drawn, int seconds) {
        random.set(drawn);
        nanos.set(0);
        cache.gap("next");
        cache.fill(cache.ticket(U1), U1, fp, config, stored(8));
        nanos.set(TimeUnit.SECONDS.toNanos(seconds) - 1);
        assertThat(cache.get(U1, fp)).isNotNull();
        nanos.set(TimeUnit.SECONDS.toNanos(seconds) + 1);
        assertThat(cache.get(U1, fp)).isNull();
    }

    private FeatureCache cache(long bytes) {
        return new FeatureCache(
                bytes,
                current::get,
                nanos::get,
                bound -> Math.min(random.get(), bound - 1),
                meters);
    }

    private static GroupRead stored(long writeMicros) {
        return GroupRead.stored(new byte[] {1}, writeMicros, 1, 0);
    }

    private static FeatureGroupSchema group(String label, int id, String storeId) {
        return TestSchemas.user()
                .group(
                        label,
                        id,
                        storeId.equals("1") ? TestSchemas.SCYLLA : TestSchemas.REDIS,
                        DataType.FP32,
                        Duration.ZERO,
                        true)
                .version(1, TestSchemas.feature("f", 0, "00000000"))
                .done()
                .snapshot()
                .entity("user")
                .group(label);
    }
}
