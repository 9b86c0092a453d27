package io.dhara.serving.feature;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Ticker;
import io.dhara.core.model.EntityKey;
import io.dhara.core.model.EntitySchema.CacheConfig;
import io.dhara.core.model.FeatureGroupSchema;
import io.dhara.serving.invalidation.InvalidationListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.BooleanSupplier;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Blocks held in this process, one entry per key and group, bounded by bytes. Told of every write
 * by the invalidation topic; its time to live is only a backstop. Thread-safe, never blocks.
 *
 * <p>Once {@link #invalidated} has returned, no later {@link #get} answers anything read before
 * that write:
 *
 * <ul>
 *   <li>A read that fills the cache takes a {@link #ticket} before it asks the store. A ticket is
 *       the epoch of the key's stripe; an invalidation raises the epoch first and removes the entry
 *       second. {@link #fill} compares the epoch inside {@code asMap().compute}, which the removal
 *       of the same key, a compute as well, waits for: so either the fill sees the new epoch and
 *       stores nothing, or the removal comes after it and takes the entry away.
 *   <li>{@link #gap} raises the generation, which every entry carries and every {@code get}
 *       compares: an entry that slips in while the map is being emptied is never answered.
 * </ul>
 *
 * Stripes are shared by keys, so now and then a fill is dropped although its key was not written.
 * That costs one store read and nothing else.
 */
final class FeatureCache implements InvalidationListener {
    private static final Logger LOG = LoggerFactory.getLogger(FeatureCache.class);
    private static final int ENTRY_OVERHEAD_BYTES = 240;
    private static final int STRING_OVERHEAD_BYTES = 56;
    private static final long NO_END = Long.MAX_VALUE;

    private record Key(EntityKey key, String group) {

        // By hand: a record's own go through method handles.

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Key same && same.group.equals(group) && same.key.equals(key);
        }

        @Override
        public int hashCode() {
            return 31 * key.hashCode() + group.hashCode();
        }
    }

    private record Entry(
            GroupRead read, String storeId, int groupId, long generation, long endNanos) {}

    /** Ends an entry at its own instant, which neither reads nor refused fills move. */
    private static final class AtItsEnd implements Expiry<Key, Entry> {
        @Override
        public long expireAfterCreate(Key key, Entry entry, long nowNanos) {
            return entry.endNanos == NO_END ? Long.MAX_VALUE : entry.endNanos - nowNanos;
        }

        @Override
        public long expireAfterUpdate(Key key, Entry entry, long nowNanos, long leftNanos) {
            return expireAfterCreate(key, entry, nowNanos);
        }

        @Override
        public long expireAfterRead(Key key, Entry entry, long nowNanos, long leftNanos) {
            return leftNanos;
        }
    }

    private final Cache<Key, Entry> entries;
    private final BooleanSupplier current;
    private final Ticker ticker;
    private final LongUnaryOperator random;
    private final AtomicLongArray epochs = new AtomicLongArray(Stripes.COUNT);
    private final AtomicLong generation = new AtomicLong();
    private final Counter hits;
    private final Counter absentHits;
    private final Counter misses;
    private final Counter fills;
    private final Counter racedFills;
    private final Counter invalidations;
    private final Counter gaps;

    /**
     * @param maximumBytes bound on keys and blocks together, about; 0 holds nothing
     * @param current whether the invalidation topic is followed without a known delay; while false
     *     nothing is answered from here and nothing is stored
     * @param random a number from 0 to its argument, exclusive
     */
    FeatureCache(
            long maximumBytes,
            BooleanSupplier current,
            Ticker ticker,
            LongUnaryOperator random,
            MeterRegistry meters) {
        this.current = requireNonNull(current, "current is null");
        this.ticker = requireNonNull(ticker, "ticker is null");
        this.random = requireNonNull(random, "random is null");
        this.entries =
                Caffeine.newBuilder()
                        .maximumWeight(maximumBytes)
                        .weigher(FeatureCache::weigh)
                        .expireAfter(new AtItsEnd())
                        .ticker(ticker)
                        .executor(Runnable::run)
                        .build();
        this.hits = lookups(meters, "hit");
        this.absentHits = lookups(meters, "hit-absent");
        this.misses = lookups(meters, "miss");
        this.fills = fills(meters, "stored");
        this.racedFills = fills(meters, "overtaken");
        this.invalidations = meters.counter("dhara.serving.cache.invalidations");
        this.gaps = meters.counter("dhara.serving.cache.drops");
        Gauge.builder("dhara.serving.cache.entries", entries, Cache::estimatedSize)
                .register(meters);
    }

    private static Counter lookups(MeterRegistry meters, String result) {
        return meters.counter("dhara.serving.cache.lookups", "result", result);
    }

    private static Counter fills(MeterRegistry meters, String result) {
        return meters.counter("dhara.serving.cache.fills", "result", result);
    }

    private static int weigh(Key key, Entry entry) {
        long bytes = ENTRY_OVERHEAD_BYTES;
        for (String value : key.key.values()) {
            bytes += STRING_OVERHEAD_BYTES + value.length();
        }
        if (entry.read.outcome() == GroupRead.Outcome.STORED) {
            bytes += entry.read.block().length;
        }
        return (int) Math.min(Integer.MAX_VALUE, bytes);
    }

    /** Whether it may be asked and filled now. */
    boolean isUsable() {
        return current.getAsBoolean();
    }

    /**
     * What is held, or null. An entry whose group has since moved to another store or id counts as
     * not held. Whether a block has expired is for the caller's clock.
     */
    @Nullable GroupRead get(EntityKey key, FeatureGroupSchema group) {
        Entry entry = entries.getIfPresent(new Key(key, group.label()));
        if (entry == null
                || entry.generation != generation.get()
                || entry.groupId != group.id()
                || !entry.storeId.equals(group.storeId())) {
            misses.increment();
            return null;
        }
        (entry.read.outcome() == GroupRead.Outcome.ABSENT ? absentHits : hits).increment();
        return entry.read;
    }

    /** To be taken before the store is asked for this key, and handed to {@link #fill}. */
    long ticket(EntityKey key) {
        return epochs.get(Stripes.of(key)) + generation.get();
    }

    /**
     * Stores what a store answered, unless the key may have been written since the ticket was taken
     * or something newer is held. Only stored and absent reads are kept.
     */
    void fill(
            long ticket,
            EntityKey key,
            FeatureGroupSchema group,
            CacheConfig config,
            GroupRead read) {
        if (!current.getAsBoolean()) {
            return;
        }
        long endNanos = endNanos(config);
        Key mapKey = new Key(key, group.label());
        entries.asMap()
                .compute(
                        mapKey,
                        (k, held) -> {
                            long now = generation.get();
                            if (epochs.get(Stripes.of(key)) + now != ticket) {
                                racedFills.increment();
                                return held;
                            }
                            if (held != null
                                    && held.generation == now
                                    && isNewer(held, read.writeTimeMicros())) {
                                return held;
                            }
                            fills.increment();
                            return new Entry(read, group.storeId(), group.id(), now, endNanos);
                        });
    }

    private long endNanos(CacheConfig config) {
        long seconds = Jitter.seconds(config, random);
        return seconds == 0 ? NO_END : ticker.read() + TimeUnit.SECONDS.toNanos(seconds);
    }

    /**
     * A write of these groups has reached the store. When this returns, nothing older than it is
     * answered from here again.
     *
     * @param writeTimeMicros event time of the write as given to the store; an entry that is newer
     *     stays
     */
    @Override
    public void invalidated(EntityKey key, List<String> groups, long writeTimeMicros) {
        epochs.incrementAndGet(Stripes.of(key));
        for (String group : groups) {
            // Not computeIfPresent: Caffeine's returns at once while a fill of an absent key runs.
            entries.asMap()
                    .compute(
                            new Key(key, group),
                            (k, held) ->
                                    held != null && isNewer(held, writeTimeMicros) ? held : null);
        }
        invalidations.increment();
    }

    private static boolean isNewer(Entry held, long writeTimeMicros) {
        return held.read.writeTimeMicros() > writeTimeMicros;
    }

    /** Invalidations may have been missed: drops everything. */
    @Override
    public void gap(String reason) {
        generation.incrementAndGet();
        entries.invalidateAll();
        gaps.increment();
        LOG.info("Feature cache dropped: {}", reason);
    }
}
