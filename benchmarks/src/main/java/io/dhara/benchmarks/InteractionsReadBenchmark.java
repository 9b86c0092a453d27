package io.dhara.benchmarks;

import com.google.common.util.concurrent.ListenableFuture;
import io.dhara.benchmarks.ReadUsers.Kind;
import io.dhara.localstack.load.OpenLoop;
import io.dhara.proto.v1.GetLastRequest;
import io.dhara.proto.v1.InteractionsGrpc;
import io.dhara.proto.v1.InteractionsGrpc.InteractionsFutureStub;
import io.dhara.proto.v1.InteractionsResponse;
import io.dhara.proto.v1.Tier;
import io.dhara.proto.v1.TypedInteractions;
import io.grpc.ManagedChannel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;

/**
 * The newest 100 of each of three types over gRPC, at a fixed rate and from the instant each read
 * was due, from serving in a process of its own: users in the hot tier, and users whom only the
 * cold tier knows. Beside them gRPC's health check, which asks no store.
 *
 * @param hotUsers with 100 of each type
 * @param coldUsers of each kind
 * @param perSecond reads
 * @param duration of a round of each kind, after a warm-up of a third of it
 * @param rounds the medians of which are told
 */
record InteractionsReadBenchmark(
        int hotUsers, int coldUsers, int perSecond, Duration duration, int rounds) {
    static final InteractionsReadBenchmark DEFAULT =
            new InteractionsReadBenchmark(1_000, 300, 100, Duration.ofSeconds(10), 5);

    private static final String HOT = "hot";
    private static final double HOT_TARGET_MILLIS = 1.5;
    private static final double COLD_TARGET_MILLIS = 8;
    private static final long DEADLINE_SECONDS = 20;

    /**
     * One round of one kind.
     *
     * @param p50 in milliseconds, as the next
     * @param cpuMicros of serving's processor time per call
     */
    private record Round(double p50, double p99, double cpuMicros) {}

    List<BenchmarkFigure> run(Surroundings surroundings) throws Exception {
        Kind hot = new Kind(HOT, hotUsers, ReadUsers.K, ReadUsers.K, ReadUsers.K);
        Kind usual = new Kind("cold-usual", coldUsers, 60, 4, 10);
        Kind busy = new Kind("cold-busy", coldUsers, 1_500, 60, 200);
        Map<String, List<Round>> rounds = new LinkedHashMap<>();
        String invalidations = "bench.invalidations";
        try (SessionServers servers = SessionServers.start()) {
            servers.kafka.createTopic(invalidations, 1);
            ReadUsers users = new ReadUsers(SessionServers.config(servers.settings("none")));
            users.fillHot(hot);
            users.fillCold(usual);
            users.fillCold(busy);
            surroundings.say("tiers are filled");
            try (MeasuredProcess serving =
                    ServingProcess.start(
                            servers.folder,
                            List.of("-Xms512m", "-Xmx512m"),
                            settings(surroundings, servers, invalidations))) {
                ManagedChannel channel =
                        NettyChannelBuilder.forAddress(
                                        "127.0.0.1", Integer.parseInt(serving.ask("port")))
                                .usePlaintext()
                                .build();
                try {
                    requireTier(channel, hot, Tier.TIER_HOT);
                    requireTier(channel, usual, Tier.TIER_COLD);
                    requireTier(channel, busy, Tier.TIER_COLD);
                    for (int round = 0; round <= rounds(); round++) {
                        Map<String, Round> measured =
                                round(serving, channel, List.of(hot, usual, busy));
                        surroundings.say(
                                (round == 0 ? "warm-up " : "round " + round + " ") + measured);
                        if (round > 0) {
                            measured.forEach(
                                    (name, one) ->
                                            rounds.computeIfAbsent(name, n -> new ArrayList<>())
                                                    .add(one));
                        }
                    }
                } finally {
                    channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
                }
            }
        }
        return figures(rounds);
    }

    private static Map<String, String> settings(
            Surroundings surroundings, SessionServers servers, String invalidations) {
        Map<String, String> settings = servers.stores();
        settings.put("kafka.topics.invalidations", invalidations);
        settings.put("registry.folder", surroundings.home().resolve("examples/schemas").toString());
        settings.put("interactions.hot.store", "2");
        settings.put("interactions.cold.store", "1");
        return settings;
    }

    private Map<String, Round> round(
            MeasuredProcess serving, ManagedChannel channel, List<Kind> kinds) throws Exception {
        Map<String, Round> measured = new LinkedHashMap<>();
        HealthGrpc.HealthFutureStub health = HealthGrpc.newFutureStub(channel);
        measured.put(
                "echo",
                measured(serving, () -> health.check(HealthCheckRequest.getDefaultInstance())));
        InteractionsFutureStub reads = InteractionsGrpc.newFutureStub(channel);
        SplittableRandom random = new SplittableRandom(1);
        for (Kind kind : kinds) {
            measured.put(
                    kind.name(),
                    measured(
                            serving,
                            () ->
                                    reads.withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
                                            .getLast(request(kind, random.nextInt(kind.users())))));
        }
        return measured;
    }

    private Round measured(MeasuredProcess serving, Supplier<? extends ListenableFuture<?>> call)
            throws Exception {
        new OpenLoop(perSecond, Duration.ZERO, duration.dividedBy(3)).run(call);
        Duration cpu = serving.cpu();
        OpenLoop.Result result = new OpenLoop(perSecond, Duration.ZERO, duration).run(call);
        if (result.failures() > 0) {
            throw new IllegalStateException(
                    "%d of %d calls failed".formatted(result.failures(), result.calls()));
        }
        Histogram micros = result.latencyMicros();
        return new Round(
                micros.getValueAtPercentile(50) / 1e3,
                micros.getValueAtPercentile(99) / 1e3,
                serving.cpu().minus(cpu).toNanos() / 1e3 / result.calls());
    }

    private static GetLastRequest request(Kind kind, int user) {
        return GetLastRequest.newBuilder()
                .setUserId(kind.user(user))
                .addAllTypes(SessionLoad.TYPES)
                .setK(ReadUsers.K)
                .build();
    }

    /** What is measured is what it is called. */
    private static void requireTier(ManagedChannel channel, Kind kind, Tier tier) {
        InteractionsResponse answer =
                InteractionsGrpc.newBlockingStub(channel)
                        .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
                        .getLast(request(kind, 0));
        for (int type = 0; type < answer.getTypesCount(); type++) {
            TypedInteractions list = answer.getTypes(type);
            int expected = Math.min(ReadUsers.K, kind.interactions()[type]);
            if (list.getTier() != tier || list.getInteractionsCount() != expected) {
                throw new IllegalStateException(
                        "%s should have %d from %s: got %d from %s"
                                .formatted(
                                        kind.name(),
                                        expected,
                                        tier,
                                        list.getInteractionsCount(),
                                        list.getTier()));
            }
        }
    }

    private List<BenchmarkFigure> figures(Map<String, List<Round>> rounds) {
        List<BenchmarkFigure> figures = new ArrayList<>();
        double echo = median(rounds.get("echo"), Round::p99);
        rounds.forEach(
                (kind, all) -> {
                    String name = "interactions-read/" + kind;
                    double p99 = median(all, Round::p99);
                    figures.add(plain(name + "/p50", median(all, Round::p50), "ms"));
                    if (kind.equals("echo")) {
                        figures.add(plain(name + "/p99", p99, "ms"));
                    } else {
                        double target = kind.equals(HOT) ? HOT_TARGET_MILLIS : COLD_TARGET_MILLIS;
                        figures.add(
                                new BenchmarkFigure(
                                        name + "/p99",
                                        p99,
                                        "ms",
                                        "<= " + target + " ms",
                                        "gRPC health check",
                                        echo / p99,
                                        p99 <= target));
                    }
                    figures.add(plain(name + "/cpu", median(all, Round::cpuMicros), "us/call"));
                });
        return figures;
    }

    private static BenchmarkFigure plain(String name, double figure, String unit) {
        return new BenchmarkFigure(name, figure, unit, null, null, null, null);
    }

    private static double median(List<Round> rounds, ToDoubleFunction<Round> part) {
        return Medians.of(rounds.stream().map(part::applyAsDouble).toList());
    }
}
