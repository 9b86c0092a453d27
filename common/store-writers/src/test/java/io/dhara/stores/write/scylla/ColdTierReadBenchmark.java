package io.dhara.stores.write.scylla;

import io.dhara.core.interaction.Interaction;
import io.dhara.core.interaction.InteractionType;
import io.dhara.embedded.SharedServers;
import io.dhara.stores.interaction.ColdTierReader;
import io.dhara.stores.interaction.InteractionQuery;
import io.dhara.stores.write.interaction.ColdTierWriter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Last 100 of three types at an open-loop rate, in both ways, and how fast users were filled:
 * {@code ./mvnw -pl common/store-writers -am verify -Dit.test=ColdTierReadBenchmark -Dtest=NONE
 * -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false}
 */
final class ColdTierReadBenchmark {
    private static final int USERS = 300;
    private static final int PER_SECOND = 100;
    private static final int READS = 800;
    private static final int ROUNDS = 3;
    private static final int FLUSHES_IN_FLIGHT = 64;
    private static final Duration WINDOW = Duration.ofDays(7 * 24);

    private final Random random = new Random(1);
    private final Clock clock = Clock.systemUTC();

    /** How much a user of a kind has done in 24 weeks, per type. */
    private record Kind(String name, int... interactions) {}

    private static final List<Kind> KINDS =
            List.of(
                    new Kind("unknown", 0, 0, 0),
                    new Kind("usual", 60, 4, 10),
                    new Kind("busy", 1500, 60, 200),
                    new Kind("busiest", 11_000, 1000, 4000));

    /** One way to read. */
    private interface Way {
        CompletionStage<?> read(String user, InteractionQuery query);
    }

    @Test
    void last100OfThreeTypes() {
        try (ColdTierBed bed = new ColdTierBed(SharedServers.cassandra(), "cold_bench");
                ColdTierWriter writer = bed.writer(clock, ColdTierBed.config());
                ColdTierReader reader = bed.reader(clock, ColdTierBed.config());
                ColdTierReader trusting =
                        bed.reader(
                                clock,
                                ColdTierBed.config("interactions.cold.trust-counts", "true"))) {
            List<InteractionType> types =
                    Stream.of("CLICK", "ORDER", "WISHLIST")
                            .map(name -> bed.types.byName(name).orElseThrow())
                            .toList();
            Map<String, Way> ways = new LinkedHashMap<>();
            ways.put("all at once", (user, query) -> read(reader, user, query));
            ways.put("counts first, trusted", (user, query) -> read(trusting, user, query));
            for (Kind kind : KINDS) {
                int users = kind.name.equals("busiest") ? USERS / 10 : USERS;
                fill(writer, types, kind, users);
                long now = clock.millis();
                InteractionQuery query =
                        new InteractionQuery(types, now - WINDOW.toMillis(), now, 100);
                for (int round = 0; round < ROUNDS; round++) {
                    ways.forEach(
                            (name, way) -> {
                                bed.requests.forget();
                                String latencies = latencies(way, kind, users, query);
                                System.out.printf(
                                        "%s, %s: %s, %.1f selects a read%n",
                                        kind.name,
                                        name,
                                        latencies,
                                        (double) bed.requests.forget() / READS);
                            });
                }
            }
        }
    }

    private static CompletionStage<?> read(
            ColdTierReader reader, String user, InteractionQuery query) {
        return reader.read(user, query, Instant.now().plusSeconds(10));
    }

    private void fill(ColdTierWriter writer, List<InteractionType> types, Kind kind, int users) {
        Semaphore permits = new Semaphore(FLUSHES_IN_FLIGHT);
        long start = System.nanoTime();
        for (int u = 0; u < users; u++) {
            String user = kind.name + u;
            List<Interaction> interactions = new ArrayList<>();
            for (int t = 0; t < types.size(); t++) {
                for (int i = 0; i < kind.interactions[t]; i++) {
                    long age = (long) (random.nextDouble() * (WINDOW.toMillis() - 3_600_000));
                    interactions.add(
                            new Interaction(
                                    user,
                                    types.get(t).name(),
                                    random.nextInt(1_000_000),
                                    random.nextInt(10_000),
                                    clock.millis() - age,
                                    types.get(t).name().equals("ORDER") ? "so-" + i : "",
                                    ""));
                }
            }
            permits.acquireUninterruptibly();
            writer.prepare(user, interactions)
                    .thenCompose(prepared -> prepared.write(ColdTierBed.nextMicros()))
                    .whenComplete(
                            (written, failure) -> {
                                if (failure != null) {
                                    System.out.println(failure);
                                }
                                permits.release();
                            });
        }
        permits.acquireUninterruptibly(FLUSHES_IN_FLIGHT);
        System.out.printf(
                "%s: filled with %.0f flushes/s%n",
                kind.name, users / ((System.nanoTime() - start) / 1e9));
    }

    /** From the instant a read was due, so that a late start counts. */
    private String latencies(Way way, Kind kind, int users, InteractionQuery query) {
        long[] nanos = new long[READS];
        List<CompletableFuture<?>> answers = new ArrayList<>();
        long begin = System.nanoTime();
        for (int i = 0; i < READS; i++) {
            int index = i;
            long due = begin + i * 1_000_000_000L / PER_SECOND;
            while (System.nanoTime() < due) {
                LockSupport.parkNanos(due - System.nanoTime());
            }
            answers.add(
                    way.read(kind.name + random.nextInt(users), query)
                            .thenAccept(done -> nanos[index] = System.nanoTime() - due)
                            .toCompletableFuture());
        }
        CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).join();
        Arrays.sort(nanos);
        return "p50 %.1f ms p99 %.1f ms"
                .formatted(nanos[READS / 2] / 1e6, nanos[READS * 99 / 100] / 1e6);
    }
}
