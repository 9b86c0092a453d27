package io.dhara.benchmarks;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import redis.clients.jedis.RedisClient;

/**
 * The whole interaction-sessionizer job in a process of its own, from a topic that is there when it
 * starts until every event is in Redis: events per second of the process's processor time, beside a
 * job that only reads and parses the topic and beside one thread that only adds to Redis.
 *
 * @param events of each round
 * @param users with an open session; each user's history is looked up in the cold tier
 * @param rounds after the warm-up rounds, in which the process compiles its code
 */
record SessionizerBenchmark(int events, int users, int rounds) {
    static final SessionizerBenchmark DEFAULT = new SessionizerBenchmark(300_000, 30_000, 3);

    private static final int WARM_UPS = 2;
    private static final double TARGET = 40_000;
    private static final int RAW_PIPELINE = 512;
    private static final Duration WITHIN = Duration.ofMinutes(10);
    private static final long POLL_MILLIS = 100;

    /** How the cold tier is asked for the history of a user who begins a session. */
    private static final String TRUST = "interactions.cold.trust-counts";

    /**
     * Events per second.
     *
     * @param perCpuSecond of processor time, until all are in Redis
     * @param complete as that, until the history of every user is loaded too
     * @param perSecond of the clock, until all are in Redis
     */
    private record Rate(double perCpuSecond, double complete, double perSecond) {}

    /**
     * One round's measurements.
     *
     * @param trusting with counts that are trusted, as they may be where only Dhara writes
     * @param bare per second of processor time, as the next
     */
    private record Round(Rate job, Rate trusting, double bare, double raw) {}

    List<BenchmarkFigure> run(Surroundings surroundings) throws Exception {
        List<Round> measured = new ArrayList<>();
        try (SessionServers servers = SessionServers.start();
                MeasuredProcess process = SessionJobProcess.start(surroundings.home(), servers)) {
            for (int round = 0; round < WARM_UPS + rounds; round++) {
                Round result = round(servers, process, round);
                surroundings.say(
                        (round < WARM_UPS ? "warm-up: " : "round " + (round - WARM_UPS + 1) + ": ")
                                + result);
                if (round >= WARM_UPS) {
                    measured.add(result);
                }
            }
        }
        double bare = median(measured, Round::bare);
        double raw = median(measured, Round::raw);
        List<BenchmarkFigure> figures = new ArrayList<>();
        figures(figures, "sessionizer", measured, Round::job, bare, raw);
        figures(figures, "sessionizer/counts-trusted", measured, Round::trusting, bare, raw);
        return figures;
    }

    private static void figures(
            List<BenchmarkFigure> to,
            String name,
            List<Round> rounds,
            Function<Round, Rate> job,
            double bare,
            double raw) {
        String unit = "events/CPU-s";
        double rate = median(rounds, round -> job.apply(round).perCpuSecond);
        to.add(
                new BenchmarkFigure(
                        name,
                        rate,
                        unit,
                        ">= 40,000",
                        "bare Kafka source and parser",
                        rate / bare,
                        rate >= TARGET));
        to.add(
                new BenchmarkFigure(
                        name, rate, unit, null, "one thread of raw ZADDs", rate / raw, null));
        to.add(
                new BenchmarkFigure(
                        name + "/with-histories",
                        median(rounds, round -> job.apply(round).complete),
                        unit,
                        null,
                        null,
                        null,
                        null));
        to.add(
                new BenchmarkFigure(
                        name + "/clock",
                        median(rounds, round -> job.apply(round).perSecond),
                        "events/s",
                        null,
                        null,
                        null,
                        null));
    }

    private static double median(List<Round> rounds, ToDoubleFunction<Round> part) {
        return Medians.of(rounds.stream().map(part::applyAsDouble).toList());
    }

    private Round round(SessionServers servers, MeasuredProcess process, int round)
            throws Exception {
        String topic = "round-" + round;
        SessionLoad load = SessionLoad.untilNow("r" + round + "u", events, users);
        servers.kafka.createTopic(topic, SessionServers.PARTITIONS);
        load.send(servers.kafka.bootstrapServers(), topic);
        Path file = servers.write(topic, servers.settings(topic));

        Duration cpu = process.cpu();
        process.ask("bare " + file);
        process.ask("await");
        double bare = perSecond(process.cpu().minus(cpu));

        Rate job = job(servers, process, load, file);
        Map<String, String> trust = servers.settings(topic);
        trust.put(TRUST, "true");
        trust.put("kafka.group-id", topic + "-trusting");
        Rate trusting = job(servers, process, load, servers.write(topic + "-trusting", trust));
        return new Round(job, trusting, bare, raw(servers, load));
    }

    private Rate job(
            SessionServers servers, MeasuredProcess process, SessionLoad load, Path settings)
            throws Exception {
        Duration cpu = process.cpu();
        long start = System.nanoTime();
        process.ask("run " + settings);
        awaitEvents(servers, load);
        double perCpuSecond = perSecond(process.cpu().minus(cpu));
        double perSecond = perSecond(Duration.ofNanos(System.nanoTime() - start));
        awaitHistories(servers, load);
        Rate rate = new Rate(perCpuSecond, perSecond(process.cpu().minus(cpu)), perSecond);
        process.ask("cancel");
        servers.emptyHotTier();
        return rate;
    }

    private interface Done {
        boolean isDone(RedisClient redis);
    }

    /** Returns when every event is in the hot tier. */
    static void awaitEvents(SessionServers servers, SessionLoad load)
            throws InterruptedException, TimeoutException {
        await(
                servers,
                redis -> load.endIsHot(redis) && load.hotEvents(redis) >= load.events(),
                "the events are not all in the hot tier");
    }

    private static void awaitHistories(SessionServers servers, SessionLoad load)
            throws InterruptedException, TimeoutException {
        await(
                servers,
                redis -> load.completeUsers(redis) == load.users(),
                "the users are not all complete in the hot tier");
    }

    private static void await(SessionServers servers, Done done, String problem)
            throws InterruptedException, TimeoutException {
        long deadline = System.nanoTime() + WITHIN.toNanos();
        try (RedisClient redis = RedisClient.create("127.0.0.1", servers.redis.port())) {
            while (!done.isDone(redis)) {
                if (System.nanoTime() > deadline) {
                    throw new TimeoutException(problem + " after " + WITHIN);
                }
                TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            }
        }
    }

    /** Of the thread's own processor time; the server's is not counted for the job either. */
    private double raw(SessionServers servers, SessionLoad load) {
        double rate;
        try (RedisClient redis = RedisClient.create("127.0.0.1", servers.redis.port())) {
            var threads = ManagementFactory.getThreadMXBean();
            long before = threads.getCurrentThreadCpuTime();
            load.addRaw(redis, RAW_PIPELINE);
            rate = perSecond(Duration.ofNanos(threads.getCurrentThreadCpuTime() - before));
        }
        servers.emptyHotTier();
        return rate;
    }

    private double perSecond(Duration took) {
        return events / (took.toNanos() / 1e9);
    }
}
