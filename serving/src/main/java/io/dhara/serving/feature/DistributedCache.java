package io.dhara.serving.feature;

import static java.util.Objects.requireNonNull;

import io.dhara.core.model.EntityKey;
import io.dhara.core.model.EntitySchema;
import io.dhara.core.model.EntitySchema.CacheConfig;
import io.dhara.core.model.FeatureGroupSchema;
import io.dhara.core.registry.SchemaRegistry;
import io.dhara.serving.invalidation.InvalidationListener;
import io.dhara.stores.key.RedisKeys;
import io.dhara.stores.read.StoredBlock;
import io.dhara.stores.redis.RedisCacheConnection;
import io.dhara.stores.redis.RedisCacheConnection.Script;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Blocks held in a Redis that all instances share: one CSDB per key, as stored, with write times.
 * Nothing here ever fails a read. Thread-safe, never blocks.
 *
 * <p>What keeps it right, with fills and invalidations of several instances in any order:
 *
 * <ul>
 *   <li>Every instance tells Redis of every write it learns of: the entry's blocks go and the write
 *       times stay for a while as floors. A fill with an older write time does not pass a floor.
 *   <li>Until Redis has acknowledged that, this instance does not ask it for keys of that stripe.
 *       If Redis does not acknowledge it, this instance has a gap.
 *   <li>After a gap (at the start too) only entries filled later than a settling time after it, by
 *       Redis's own clock, are believed.
 * </ul>
 */
final class DistributedCache implements InvalidationListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DistributedCache.class);
    private static final Script SCRIPT = script();
    private static final byte[] WRITTEN = ascii("written");
    private static final byte[] FILL = ascii("fill");
    private static final Duration GAP_RETRY = Duration.ofMillis(500);

    private final SchemaRegistry registry;
    private final DistributedCacheSettings settings;
    private final LongUnaryOperator random;
    private final Map<Integer, Server> servers = new HashMap<>();
    private final AtomicIntegerArray unacknowledged = new AtomicIntegerArray(Stripes.COUNT);
    private final Counter hits;
    private final Counter misses;
    private final Counter readFailures;
    private final Counter fillFailures;
    private final Counter lostInvalidations;
    private volatile boolean closed;

    /** One Redis, and since when its entries are believed. */
    private static final class Server {
        final RedisCacheConnection redis;
        final Object lock = new Object();
        int gaps;
        volatile long believedSinceMicros = Long.MAX_VALUE;

        Server(RedisCacheConnection redis) {
            this.redis = redis;
        }
    }

    /**
     * Opens its connections; believes nothing until the first {@link #gap} has been answered.
     *
     * @param random a number from 0 to its argument, exclusive
     */
    DistributedCache(
            SchemaRegistry registry,
            DistributedCacheSettings settings,
            LongUnaryOperator random,
            MeterRegistry meters) {
        this.registry = requireNonNull(registry, "registry is null");
        this.settings = requireNonNull(settings, "settings is null");
        this.random = requireNonNull(random, "random is null");
        settings.connections()
                .forEach(
                        (confId, config) ->
                                servers.put(confId, new Server(RedisCacheConnection.open(config))));
        this.hits = lookups(meters, "hit");
        this.misses = lookups(meters, "miss");
        this.readFailures = failures(meters, "read");
        this.fillFailures = failures(meters, "fill");
        this.lostInvalidations = failures(meters, "invalidation");
    }

    private static Counter lookups(MeterRegistry meters, String result) {
        return meters.counter("dhara.serving.distributed.cache.lookups", "result", result);
    }

    private static Counter failures(MeterRegistry meters, String call) {
        return meters.counter("dhara.serving.distributed.cache.failures", "call", call);
    }

    /** Whether this group of this entity is held here. */
    boolean holds(EntitySchema entity, FeatureGroupSchema group) {
        return group.distributedCacheEnabled()
                && entity.distributedCache().enabled()
                && servers.containsKey(entity.distributedCache().confId());
    }

    /** Whether entries of this entity filled from some instant on are believed. */
    boolean isBelieving(EntitySchema entity) {
        return server(entity).believedSinceMicros != Long.MAX_VALUE;
    }

    /**
     * Looks up groups that are all {@linkplain #holds held} here.
     *
     * @param wait at most
     * @return {@code [keys][groups]}, row-major; null where it is not known here. Never fails
     */
    CompletableFuture<@Nullable StoredBlock[]> get(
            EntitySchema entity,
            List<EntityKey> keys,
            List<FeatureGroupSchema> groups,
            Duration wait) {
        Server server = server(entity);
        @Nullable StoredBlock[] none = new StoredBlock[keys.size() * groups.size()];
        long since = server.believedSinceMicros;
        if (since == Long.MAX_VALUE) {
            misses.increment(none.length);
            return CompletableFuture.completedFuture(none);
        }
        boolean[] skipped = new boolean[keys.size()];
        for (int k = 0; k < skipped.length; k++) {
            skipped[k] = unacknowledged.get(Stripes.of(keys.get(k))) > 0;
        }
        Duration bounded =
                wait.compareTo(settings.readTimeout()) < 0 ? wait : settings.readTimeout();
        return server.redis
                .get(keys.stream().map(this::redisKey).toList(), bounded)
                .handle(
                        (values, failure) -> {
                            if (failure != null) {
                                readFailures.increment();
                                LOG.debug("Distributed cache could not be read", failure);
                                return none;
                            }
                            return found(values, skipped, groups, since);
                        });
    }

    private @Nullable StoredBlock[] found(
            List<byte @Nullable []> values,
            boolean[] skipped,
            List<FeatureGroupSchema> groups,
            long since) {
        int width = groups.size();
        @Nullable StoredBlock[] found = new StoredBlock[values.size() * width];
        int known = 0;
        for (int k = 0; k < skipped.length; k++) {
            byte[] value = values.get(k);
            if (value != null && !skipped[k]) {
                known += CachedValue.read(value, groups, since, found, k * width);
            }
        }
        hits.increment(known);
        misses.increment(found.length - known);
        return found;
    }

    /** Whether a read that began then is young enough: it must not outlast a floor put since. */
    boolean takesReadsOf(Instant began, Instant now) {
        return Duration.between(began, now).compareTo(settings.floorLife().dividedBy(2)) < 0;
    }

    /**
     * Stores what was read from the store. In the background.
     *
     * @param blocks one per group, in order; null for what was not read
     */
    void fill(
            EntitySchema entity,
            EntityKey key,
            List<FeatureGroupSchema> groups,
            List<@Nullable StoredBlock> blocks) {
        Server server = server(entity);
        long since = server.believedSinceMicros;
        byte[] value = CachedValue.build(groups, blocks);
        if (value == null || since == Long.MAX_VALUE) {
            return;
        }
        List<byte[]> arguments =
                List.of(
                        FILL,
                        ascii(String.valueOf(lifeMillis(entity.distributedCache()))),
                        ascii(String.valueOf(settings.floorLife().toMillis())),
                        CachedValue.int64(since),
                        value);
        server.redis
                .run(SCRIPT, redisKey(key), arguments, settings.writeTimeout())
                .whenComplete(
                        (done, failure) -> {
                            if (failure != null) {
                                fillFailures.increment();
                                LOG.debug("Distributed cache could not be filled", failure);
                            }
                        });
    }

    /** Time to live with jitter, as in the process; 0 for no end. */
    private long lifeMillis(CacheConfig config) {
        return TimeUnit.SECONDS.toMillis(Jitter.seconds(config, random));
    }

    @Override
    public void invalidated(EntityKey key, List<String> groups, long writeTimeMicros) {
        EntitySchema entity = registry.current().entity(key.entity());
        if (entity == null) {
            return;
        }
        List<byte[]> arguments = new ArrayList<>();
        arguments.add(WRITTEN);
        arguments.add(ascii(String.valueOf(settings.floorLife().toMillis())));
        for (String label : groups) {
            FeatureGroupSchema group = entity.group(label);
            if (group != null && holds(entity, group)) {
                arguments.add(ascii(String.valueOf(group.id())));
                arguments.add(CachedValue.int64(writeTimeMicros));
            }
        }
        if (arguments.size() == 2) {
            return;
        }
        Server server = server(entity);
        int stripe = Stripes.of(key);
        unacknowledged.incrementAndGet(stripe);
        server.redis
                .run(SCRIPT, redisKey(key), arguments, settings.writeTimeout())
                .whenComplete(
                        (done, failure) -> {
                            if (failure != null) {
                                lostInvalidations.increment();
                                believeNothing(server, "an invalidation was not acknowledged");
                            }
                            unacknowledged.decrementAndGet(stripe);
                        });
    }

    @Override
    public void gap(String reason) {
        servers.values().forEach(server -> believeNothing(server, reason));
    }

    /** Until Redis has told its time, and then only what is filled well after that. */
    private void believeNothing(Server server, String reason) {
        int gap;
        synchronized (server.lock) {
            gap = ++server.gaps;
            server.believedSinceMicros = Long.MAX_VALUE;
        }
        LOG.info("Distributed cache is not believed for a while: {}", reason);
        askTime(server, gap);
    }

    private void askTime(Server server, int gap) {
        if (closed) {
            return;
        }
        server.redis
                .timeMicros(settings.writeTimeout())
                .whenComplete(
                        (now, failure) -> {
                            if (failure == null) {
                                believeFrom(server, gap, now);
                            } else {
                                CompletableFuture.delayedExecutor(
                                                GAP_RETRY.toMillis(), TimeUnit.MILLISECONDS)
                                        .execute(() -> askTime(server, gap));
                            }
                        });
    }

    private void believeFrom(Server server, int gap, long nowMicros) {
        synchronized (server.lock) {
            if (server.gaps == gap) {
                server.believedSinceMicros =
                        nowMicros + TimeUnit.NANOSECONDS.toMicros(settings.settleTime().toNanos());
            }
        }
    }

    private Server server(EntitySchema entity) {
        return requireNonNull(
                servers.get(entity.distributedCache().confId()),
                "no connection of this conf-id: holds() was not asked");
    }

    private byte[] redisKey(EntityKey key) {
        return RedisKeys.cacheKey(settings.prefix(), key);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static Script script() {
        String name = "distributed-cache.lua";
        try (InputStream in = DistributedCache.class.getResourceAsStream(name)) {
            return Script.of(
                    new String(
                            requireNonNull(in, name + " is not on the class path").readAllBytes(),
                            StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(name + " cannot be read", e);
        }
    }

    @Override
    public void close() {
        closed = true;
        servers.values().forEach(server -> server.redis.close());
    }
}
