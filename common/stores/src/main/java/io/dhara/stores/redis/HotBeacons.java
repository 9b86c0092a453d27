package io.dhara.stores.redis;

import io.dhara.stores.Reopening;
import io.dhara.stores.interaction.HotTierConfig;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The last that is known of the beacons; asked for by at most one call at a time. Thread-safe. */
final class HotBeacons {
    private final RedisCacheConnection connection;
    private final RedisConfig config;
    private final HotTierConfig tier;
    private final Clock clock;

    /**
     * Beacons of all servers.
     *
     * @param askedAt before the first of them was read
     */
    record Known(Instant askedAt, List<HotBeacon> beacons) {}

    private Known known = new Known(Instant.MIN, List.of());
    private CompletableFuture<Known> asking = CompletableFuture.completedFuture(known);

    HotBeacons(
            RedisCacheConnection connection, RedisConfig config, HotTierConfig tier, Clock clock) {
        this.connection = connection;
        this.config = config;
        this.tier = tier;
        this.clock = clock;
    }

    /** The one beacon if it has this version, else one that establishes nothing. */
    CompletableFuture<HotBeacon> ofVersion(String version, Duration wait) {
        HotBeacon last = only(known());
        if (version.isEmpty()) {
            return CompletableFuture.completedFuture(HotBeacon.NONE);
        }
        if (last.version().equals(version)) {
            return CompletableFuture.completedFuture(last);
        }
        // Whoever asked already may have been answered before the version changed: then once more.
        return Reopening.within(
                ask().thenCompose(now -> hasVersion(now, version) ? completed(now) : ask())
                        .thenApply(now -> hasVersion(now, version) ? only(now) : HotBeacon.NONE),
                wait);
    }

    private static boolean hasVersion(Known known, String version) {
        return only(known).version().equals(version);
    }

    private static CompletableFuture<Known> completed(Known known) {
        return CompletableFuture.completedFuture(known);
    }

    /** All beacons, not older than the configured refresh. */
    CompletableFuture<Known> recent(Duration wait) {
        Known last = known();
        boolean fresh = last.askedAt().isAfter(clock.instant().minus(tier.beaconRefresh()));
        return fresh ? completed(last) : Reopening.within(ask(), wait);
    }

    /** The beacon of a server. */
    static HotBeacon of(Known known, String server) {
        return known.beacons().stream()
                .filter(beacon -> beacon.server().equals(server))
                .findFirst()
                .orElse(HotBeacon.NONE);
    }

    private static HotBeacon only(Known known) {
        return known.beacons().isEmpty() ? HotBeacon.NONE : known.beacons().get(0);
    }

    private synchronized Known known() {
        return known;
    }

    private synchronized CompletableFuture<Known> ask() {
        if (asking.isDone()) {
            Instant now = clock.instant();
            asking =
                    read(config.requestTimeout())
                            .thenApply(beacons -> keep(new Known(now, beacons)));
        }
        return asking;
    }

    private synchronized Known keep(Known read) {
        known = read;
        return read;
    }

    private CompletableFuture<List<HotBeacon>> read(Duration wait) {
        CompletableFuture<List<HotBeaconKeys.Place>> places =
                config.mode() == RedisConfig.Mode.CLUSTER
                        ? connection.clusterSlots(wait).thenApply(HotBeaconKeys::ofCluster)
                        : CompletableFuture.completedFuture(List.of(HotBeaconKeys.single()));
        return places.thenCompose(
                all -> {
                    List<CompletableFuture<HotBeacon>> each = new ArrayList<>();
                    all.forEach(
                            place ->
                                    each.add(
                                            connection
                                                    .hash(place.key(), wait)
                                                    .thenApply(
                                                            hash ->
                                                                    HotBeacon.of(
                                                                            hash,
                                                                            tier.form(
                                                                                    place
                                                                                            .slots())))));
                    return CompletableFuture.allOf(each.toArray(CompletableFuture[]::new))
                            .thenApply(done -> each.stream().map(CompletableFuture::join).toList());
                });
    }
}
