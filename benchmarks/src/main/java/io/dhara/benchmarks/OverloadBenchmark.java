package io.dhara.benchmarks;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import io.dhara.embedded.EmbeddedKafka;
import io.dhara.embedded.EmbeddedRedis;
import io.dhara.localstack.load.OpenLoop;
import io.dhara.proto.v1.FeaturesGrpc;
import io.dhara.proto.v1.FeaturesGrpc.FeaturesFutureStub;
import io.dhara.proto.v1.RetrieveRequest;
import io.dhara.proto.v1.RetrieveResponse;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Serving with a small heap that is asked for three times what it can do. First what it can do:
 * closed loop with so few calls on their way that none is refused. Then nine tenths of that and
 * three times that, open loop. Every call reads features of many items from serving's cache.
 *
 * @param ids items of one call
 * @param features of each item
 * @param warmUp calls before anything is measured
 * @param duration of the overload; what it can do is measured for a sixth of that
 */
record OverloadBenchmark(int ids, int features, int warmUp, Duration duration) {
    static final OverloadBenchmark DEFAULT =
            new OverloadBenchmark(100, 50, 30_000, Duration.ofSeconds(60));

    private static final int ITEMS = 2_000;
    private static final int REQUESTS = 64;
    private static final int CONNECTIONS = 8;
    private static final int ON_THEIR_WAY = 6;
    private static final int FACTOR = 3;
    private static final double USUAL = 0.9;
    private static final int DEADLINE_SECONDS = 1;
    private static final int ROUNDS = 4;
    private static final long MAX_MICROS = TimeUnit.MINUTES.toMicros(1);
    private static final double REFUSAL_MILLIS = 5;
    private static final String HEAP = "-Xmx256m";

    /** Calls by how they ended. */
    private static final class Ends {
        private final AtomicLong refused = new AtomicLong();
        private final AtomicLong late = new AtomicLong();
        private final AtomicLong failed = new AtomicLong();
        private final Histogram refusalMicros = new ConcurrentHistogram(MAX_MICROS, 3);
    }

    /**
     * One load.
     *
     * @param goodput answered calls per second
     * @param processor share of one that serving had
     */
    private record Load(double goodput, double processor, Histogram micros, Ends ends) {
        double millis(double percentile) {
            return micros.getValueAtPercentile(percentile) / 1e3;
        }

        double refusalMillis(double percentile) {
            return ends.refusalMicros.getValueAtPercentile(percentile) / 1e3;
        }

        @Override
        public String toString() {
            return ("%.0f/s with %.2f of a processor, p50 %.1f ms, p99 %.1f ms;"
                            + " refused %d, p50 %.2f ms, p99 %.2f ms; late %d, failed %d")
                    .formatted(
                            goodput,
                            processor,
                            millis(50),
                            millis(99),
                            ends.refused.get(),
                            refusalMillis(50),
                            refusalMillis(99),
                            ends.late.get(),
                            ends.failed.get());
        }
    }

    List<BenchmarkFigure> run(Surroundings surroundings) throws Exception {
        Path folder = Files.createTempDirectory("dhara-bench");
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder.resolve("kafka"));
                EmbeddedRedis redis = EmbeddedRedis.start(folder.resolve("redis"))) {
            kafka.createTopic("bench.invalidations", 1);
            OverloadFeatures stored = OverloadFeatures.in(folder, ITEMS, features);
            stored.fill(redis.port());
            try (MeasuredProcess serving = serving(folder, kafka, redis, stored)) {
                boolean pinned = pin(serving.pid());
                surroundings.say("serving has a processor of its own: " + pinned);
                List<ManagedChannel> channels = channels(Integer.parseInt(serving.ask("port")));
                try {
                    return run(surroundings, serving, new Calls(channels, requests(stored)));
                } finally {
                    channels.forEach(ManagedChannel::shutdownNow);
                }
            }
        } finally {
            delete(folder);
        }
    }

    private List<BenchmarkFigure> run(
            Surroundings surroundings, MeasuredProcess serving, Calls calls) throws Exception {
        Duration part = duration.dividedBy(6);
        closed(calls, warmUp, Duration.ofMinutes(2));
        double peak = 0;
        for (int round = 0; round < ROUNDS; round++) {
            peak = Math.max(peak, closed(calls, Integer.MAX_VALUE, part.dividedBy(ROUNDS)));
        }
        surroundings.say("peak %.0f/s".formatted(peak));
        Load usual = open(serving, calls, peak * USUAL, part);
        surroundings.say("%.0f/s asked: %s".formatted(peak * USUAL, usual));
        Load overload = open(serving, calls, peak * FACTOR, duration);
        surroundings.say("%.0f/s asked: %s".formatted(peak * FACTOR, overload));
        Load after = open(serving, calls, peak * USUAL, part);
        surroundings.say("%.0f/s asked: %s".formatted(peak * USUAL, after));
        return figures(peak, usual, overload);
    }

    private static List<BenchmarkFigure> figures(double peak, Load usual, Load overload) {
        double share = overload.goodput / peak;
        double latencies = overload.millis(99) / usual.millis(99);
        List<BenchmarkFigure> figures = new ArrayList<>();
        figures.add(plain("overload/peak", peak, "calls/s"));
        figures.add(plain("overload/usual/p99", usual.millis(99), "ms"));
        figures.add(
                new BenchmarkFigure(
                        "overload/goodput",
                        overload.goodput,
                        "calls/s",
                        ">= 0.9 of peak",
                        "peak",
                        share,
                        share >= 0.9));
        figures.add(
                new BenchmarkFigure(
                        "overload/accepted/p99",
                        overload.millis(99),
                        "ms",
                        "<= 2x the usual p99",
                        "usual p99",
                        1 / latencies,
                        latencies <= 2));
        figures.add(
                new BenchmarkFigure(
                        "overload/refused/p99",
                        overload.refusalMillis(99),
                        "ms",
                        "< " + REFUSAL_MILLIS + " ms",
                        null,
                        null,
                        overload.refusalMillis(99) < REFUSAL_MILLIS));
        figures.add(plain("overload/refused", overload.ends.refused.get(), "calls"));
        figures.add(plain("overload/late", overload.ends.late.get(), "calls"));
        figures.add(plain("overload/processor", overload.processor, "of one"));
        figures.add(
                new BenchmarkFigure(
                        "overload/failed",
                        overload.ends.failed.get(),
                        "calls",
                        "0",
                        null,
                        null,
                        overload.ends.failed.get() == 0));
        return figures;
    }

    private static BenchmarkFigure plain(String name, double figure, String unit) {
        return new BenchmarkFigure(name, figure, unit, null, null, null, null);
    }

    private static MeasuredProcess serving(
            Path folder, EmbeddedKafka kafka, EmbeddedRedis redis, OverloadFeatures stored)
            throws IOException {
        Map<String, String> settings = new TreeMap<>();
        settings.put("kafka.bootstrap-servers", kafka.bootstrapServers());
        settings.put("kafka.topics.invalidations", "bench.invalidations");
        settings.put("stores.redis.2.hosts", redis.address());
        settings.put("registry.folder", stored.schemas().toString());
        settings.put("serving.host", "127.0.0.1");
        settings.put("serving.port", "0");
        settings.put("serving.admin-port", "0");
        settings.put("serving.auth", "none");
        settings.put("serving.io-threads", "1");
        settings.put("serving.read.cache-size", "32 mb");
        StringBuilder yaml = new StringBuilder();
        settings.forEach((key, value) -> yaml.append(key + ": \"" + value + "\"\n"));
        Path file = Files.writeString(folder.resolve("serving.yaml"), yaml);
        return MeasuredProcess.start(
                folder.resolve("serving.log"),
                ServingProcess.class,
                List.of(HEAP, "-Ddhara.log=" + folder.resolve("serving.log")),
                List.of(file.toString()));
    }

    /** Gives the process the first processor, where that can be; the load then has the others. */
    private static boolean pin(long pid) throws InterruptedException {
        try {
            return Runtime.getRuntime().availableProcessors() > 1
                    && new ProcessBuilder("taskset", "-acp", "0", Long.toString(pid))
                                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                                    .start()
                                    .waitFor()
                            == 0;
        } catch (IOException e) {
            return false; // no taskset on this machine
        }
    }

    private static List<ManagedChannel> channels(int port) {
        List<ManagedChannel> channels = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            channels.add(
                    NettyChannelBuilder.forAddress("127.0.0.1", port)
                            .usePlaintext()
                            .directExecutor()
                            .build());
        }
        return channels;
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private List<RetrieveRequest> requests(OverloadFeatures stored) {
        SplittableRandom random = new SplittableRandom(1);
        List<RetrieveRequest> requests = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            requests.add(stored.request(random, ids));
        }
        return requests;
    }

    /** Calls on all connections in turn; started by one thread. */
    private static final class Calls {
        private final List<FeaturesFutureStub> stubs;
        private final List<RetrieveRequest> requests;
        private int next;

        Calls(List<ManagedChannel> channels, List<RetrieveRequest> requests) {
            this.stubs = channels.stream().map(FeaturesGrpc::newFutureStub).toList();
            this.requests = requests;
        }

        ListenableFuture<RetrieveResponse> start() {
            next++;
            return stubs.get(next % stubs.size())
                    .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
                    .retrieve(requests.get(next % requests.size()));
        }

        ListenableFuture<RetrieveResponse> start(Ends ends) {
            long start = System.nanoTime();
            ListenableFuture<RetrieveResponse> call = start();
            Futures.addCallback(
                    call,
                    new FutureCallback<>() {
                        @Override
                        public void onSuccess(RetrieveResponse answer) {}

                        @Override
                        public void onFailure(Throwable failure) {
                            switch (Status.fromThrowable(failure).getCode()) {
                                case RESOURCE_EXHAUSTED -> {
                                    ends.refused.incrementAndGet();
                                    long micros = (System.nanoTime() - start) / 1_000;
                                    ends.refusalMicros.recordValue(Math.min(micros, MAX_MICROS));
                                }
                                case DEADLINE_EXCEEDED -> ends.late.incrementAndGet();
                                default -> ends.failed.incrementAndGet();
                            }
                        }
                    },
                    MoreExecutors.directExecutor());
            return call;
        }
    }

    /** Answered calls per second with a few on their way at any time. */
    private static double closed(Calls calls, int most, Duration duration)
            throws InterruptedException {
        Semaphore room = new Semaphore(ON_THEIR_WAY);
        AtomicLong answered = new AtomicLong();
        long start = System.nanoTime();
        for (int i = 0; i < most && System.nanoTime() - start < duration.toNanos(); i++) {
            room.acquire();
            Futures.addCallback(
                    calls.start(),
                    new FutureCallback<>() {
                        @Override
                        public void onSuccess(RetrieveResponse answer) {
                            answered.incrementAndGet();
                            room.release();
                        }

                        @Override
                        public void onFailure(Throwable failure) {
                            room.release();
                        }
                    },
                    MoreExecutors.directExecutor());
        }
        room.acquire(ON_THEIR_WAY);
        return answered.get() / ((System.nanoTime() - start) / 1e9);
    }

    private static Load open(
            MeasuredProcess serving, Calls calls, double perSecond, Duration duration)
            throws Exception {
        Duration cpu = serving.cpu();
        Ends ends = new Ends();
        OpenLoop.Result result =
                new OpenLoop(Math.max(1, (int) perSecond), Duration.ZERO, duration)
                        .run(() -> calls.start(ends));
        Histogram micros = result.latencyMicros();
        double seconds = duration.toNanos() / 1e9;
        return new Load(
                micros.getTotalCount() / seconds,
                serving.cpu().minus(cpu).toNanos() / 1e9 / seconds,
                micros,
                ends);
    }
}
