package io.dhara.serving.feature;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Ticker;
import io.dhara.core.model.EntityKey;
import io.dhara.core.registry.SchemaRegistry;
import io.dhara.serving.invalidation.InvalidationListener;
import io.dhara.stores.read.FeatureStoreReader;
import io.grpc.BindableService;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The feature read path, put together: the two gRPC services and the listener that keeps their
 * caches right. The services need {@code CallerContext} set by interceptors.
 */
public final class FeatureReadServices implements AutoCloseable {
    private final InvalidationListener invalidations;
    private final @Nullable DistributedCache distributed;
    private final BlockVersions versions;
    private final List<BindableService> services;
    private final EntityReads entityReads;

    /**
     * @param distributedCache with no connections for none
     * @param registry stays open when this is closed
     * @param stores stays open when this is closed
     * @param clock decides what has expired
     * @param current whether the invalidation topic is followed without a known delay; while it is
     *     false the cache is neither asked nor filled. A follower that has missed something must
     *     call {@link InvalidationListener#gap} before this becomes true again
     */
    public FeatureReadServices(
            SchemaRegistry registry,
            FeatureStoreReader stores,
            FeatureReadSettings settings,
            DistributedCacheSettings distributedCache,
            Clock clock,
            MeterRegistry meterRegistry,
            BooleanSupplier current) {
        requireNonNull(settings, "settings is null");
        ReadMeters meters = new ReadMeters(meterRegistry);
        FeatureCache cache =
                new FeatureCache(
                        settings.cacheBytes(),
                        current,
                        Ticker.systemTicker(),
                        FeatureReadServices::random,
                        meterRegistry);
        FeatureStoreReader cachedStores = stores;
        if (distributedCache.connections().isEmpty()) {
            this.distributed = null;
            this.invalidations = cache;
        } else {
            this.distributed =
                    new DistributedCache(
                            registry, distributedCache, FeatureReadServices::random, meterRegistry);
            this.invalidations = new Both(cache, distributed);
            cachedStores = new DistributedCacheReader(stores, distributed, current, clock);
        }
        this.versions = new BlockVersions(registry, clock);
        FeatureReader reader =
                new FeatureReader(stores, cachedStores, cache, new BlockIntake(), clock, meters);
        FeatureReads reads =
                new FeatureReads(
                        new Plans(registry, settings.maxPlans()),
                        reader,
                        versions,
                        settings,
                        clock);
        this.entityReads = new EntityReads(reads, meters);
        this.services =
                List.of(new RetrieveService(reads, meters), new FeaturesService(reads, meters));
    }

    /** {@code retrieve.FeatureService} and {@code dhara.v1.Features}. */
    public List<BindableService> services() {
        return services;
    }

    /** Reads for others in this process, through the same caches. */
    public EntityReads entityReads() {
        return entityReads;
    }

    /** To be told of every applied write and of every gap. */
    public InvalidationListener invalidations() {
        return invalidations;
    }

    private record Both(InvalidationListener first, InvalidationListener second)
            implements InvalidationListener {
        @Override
        public void invalidated(EntityKey key, List<String> groups, long writeTimeMicros) {
            first.invalidated(key, groups, writeTimeMicros);
            second.invalidated(key, groups, writeTimeMicros);
        }

        @Override
        public void gap(String reason) {
            first.gap(reason);
            second.gap(reason);
        }
    }

    private static long random(long bound) {
        return ThreadLocalRandom.current().nextLong(bound);
    }

    @Override
    public void close() {
        if (distributed != null) {
            distributed.close();
        }
        versions.close();
    }
}
