package io.dhara.serving.feature;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Ticker;
import io.dhara.core.registry.SchemaRegistry;
import io.dhara.serving.invalidation.InvalidationListener;
import io.dhara.stores.read.FeatureStoreReader;
import io.grpc.BindableService;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;

/**
 * The feature read path, put together: the two gRPC services and the listener that keeps their
 * caches right. The services need {@code CallerContext} set by interceptors.
 */
public final class FeatureReadServices implements AutoCloseable {
    private final FeatureCache cache;
    private final BlockVersions versions;
    private final List<BindableService> services;

    /**
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
            Clock clock,
            MeterRegistry meterRegistry,
            BooleanSupplier current) {
        requireNonNull(settings, "settings is null");
        ReadMeters meters = new ReadMeters(meterRegistry);
        this.cache =
                new FeatureCache(
                        settings.cacheBytes(),
                        current,
                        Ticker.systemTicker(),
                        bound -> ThreadLocalRandom.current().nextLong(bound),
                        meterRegistry);
        this.versions = new BlockVersions(registry, clock);
        FeatureReader reader = new FeatureReader(stores, cache, new BlockIntake(), clock, meters);
        FeatureReads reads =
                new FeatureReads(
                        new Plans(registry, settings.maxPlans()),
                        reader,
                        versions,
                        settings,
                        clock);
        this.services =
                List.of(new RetrieveService(reads, meters), new FeaturesService(reads, meters));
    }

    /** {@code retrieve.FeatureService} and {@code dhara.v1.Features}. */
    public List<BindableService> services() {
        return services;
    }

    /** To be told of every applied write and of every gap. */
    public InvalidationListener invalidations() {
        return cache;
    }

    @Override
    public void close() {
        versions.close();
    }
}
