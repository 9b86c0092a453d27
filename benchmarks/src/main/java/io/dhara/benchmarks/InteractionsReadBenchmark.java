package io.dhara.benchmarks;

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

    private static final double HOT_TARGET_MILLIS = 1.5;
    private static final double COLD_TARGET_MILLIS = 8;
    private static final long DEADLINE_SECONDS = 20;

    /** Percentiles of one round in milliseconds. */
    private record Round(double p50, double p99) {}

    List<BenchmarkFigure> run(Surroundings surroundings) throws Exception {
        Kind hot = new Kind("hot", hotUsers, ReadUsers.K, ReadUsers.K, ReadUsers.K);
        Kind usual = new Kind("usual", coldUsers, 60, 4, 10);
        Kind busy = new Kind("busy", coldUsers, 1_500, 60, 200);
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
                    ServingProcess.start(surroundings.home(), servers, invalidations)) {
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
                        Map<String, Round> measured = round(channel, hot, usual, busy);
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

    private Map<String, Round> round(ManagedChannel channel, Kind hot, Kind usual, Kind busy)
            throws Exception {
        Map<String, Round> measured = new LinkedHashMap<>();
        measured.put("echo", echo(channel));
        measured.put("hot", reads(channel, hot));
        measured.put("cold-usual", reads(channel, usual));
        measured.put("cold-busy", reads(channel, busy));
        return measured;
    }

    private OpenLoop loop() {
        return new OpenLoop(perSecond, duration.dividedBy(3), duration);
    }

    private Round echo(ManagedChannel channel) throws Exception {
        HealthGrpc.HealthFutureStub health = HealthGrpc.newFutureStub(channel);
        return percentiles(loop().run(() -> health.check(HealthCheckRequest.getDefaultInstance())));
    }

    private Round reads(ManagedChannel channel, Kind kind) throws Exception {
        InteractionsFutureStub stub = InteractionsGrpc.newFutureStub(channel);
        SplittableRandom random = new SplittableRandom(1);
        return percentiles(
                loop().run(
                                () ->
                                        stub.withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
                                                .getLast(
                                                        request(
                                                                kind,
                                                                random.nextInt(kind.users())))));
    }

    private static GetLastRequest request(Kind kind, int user) {
        return GetLastRequest.newBuilder()
                .setUserId(kind.user(user))
                .addAllTypes(SessionLoad.TYPES)
                .setK(ReadUsers.K)
                .build();
    }

    private static Round percentiles(OpenLoop.Result result) {
        if (result.failures() > 0) {
            throw new IllegalStateException(
                    "%d of %d calls failed".formatted(result.failures(), result.calls()));
        }
        Histogram micros = result.latencyMicros();
        return new Round(
                micros.getValueAtPercentile(50) / 1e3, micros.getValueAtPercentile(99) / 1e3);
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

    private static List<BenchmarkFigure> figures(Map<String, List<Round>> rounds) {
        Map<String, Double> targets =
                Map.of(
                        "hot", HOT_TARGET_MILLIS,
                        "cold-usual", COLD_TARGET_MILLIS,
                        "cold-busy", COLD_TARGET_MILLIS);
        double echo = p99(rounds, "echo");
        List<BenchmarkFigure> figures = new ArrayList<>();
        rounds.forEach(
                (kind, all) -> {
                    double p99 = p99(rounds, kind);
                    Double target = targets.get(kind);
                    String name = "interactions-read/" + kind;
                    figures.add(
                            new BenchmarkFigure(
                                    name + "/p50",
                                    Medians.of(all.stream().map(Round::p50).toList()),
                                    "ms",
                                    null,
                                    null,
                                    null,
                                    null));
                    figures.add(
                            target == null
                                    ? new BenchmarkFigure(
                                            name + "/p99", p99, "ms", null, null, null, null)
                                    : new BenchmarkFigure(
                                            name + "/p99",
                                            p99,
                                            "ms",
                                            "<= " + target + " ms",
                                            "gRPC health check",
                                            echo / p99,
                                            p99 <= target));
                });
        return figures;
    }

    private static double p99(Map<String, List<Round>> rounds, String kind) {
        return Medians.of(rounds.get(kind).stream().map(Round::p99).toList());
    }
}
