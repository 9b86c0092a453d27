package io.dhara.localstack.demo;

import static java.util.Objects.requireNonNull;

import io.dhara.core.model.EntityKey;
import io.dhara.core.model.EntitySchema;
import io.dhara.core.model.FeatureGroupSchema;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.localstack.IngestCounts;
import io.dhara.localstack.LocalStack;
import io.dhara.localstack.PhaseTimes;
import io.dhara.localstack.SessionCounts;
import io.dhara.localstack.StackView;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends the feature messages of a shop's events through a fresh stack, measures it at work, and
 * reads every key back. No figure is assumed: counts are the job's own, and what is read is
 * compared with what was sent.
 */
public final class Demo {
    private static final Duration STUCK = Duration.ofSeconds(60);
    private static final Duration WARM_UP = Duration.ofSeconds(2);
    private static final Duration SHORT_LIFE = Duration.ofSeconds(6);
    private static final long POLL_MILLIS = 200;
    private static final Duration COUNTS_WITHIN = Duration.ofSeconds(20);
    private static final long COUNTS_POLL_MILLIS = 1_000;
    private static final Duration FEATURES_MEASURED = Duration.ofSeconds(6);

    /**
     * @param input events of the user, or null for made-up ones
     * @param orders order events of the user, or null for made-up ones
     * @param source what they are, for the report
     * @param events how many to make up
     * @param seed of the made-up ones
     * @param originalTimes keep the event times of the input; else its last event is now
     * @param live how long the stack is measured at work
     * @param readsPerSecond rate of reads meanwhile
     */
    public record Options(
            @Nullable EventInput input,
            @Nullable RecordInput orders,
            String source,
            int events,
            long seed,
            boolean originalTimes,
            Duration live,
            int readsPerSecond) {}

    private final StackView stack;
    private final Options options;
    private final PhaseTimes phases;
    private final DemoProgress progress;
    private final Clock clock;
    private final SchemaSnapshot schemas;
    private final Oracle oracle;
    private final long startMs;
    private long shiftMs;

    private Demo(
            StackView stack,
            Options options,
            PhaseTimes phases,
            DemoProgress progress,
            Clock clock) {
        this.stack = requireNonNull(stack, "stack is null");
        this.options = requireNonNull(options, "options is null");
        this.phases = requireNonNull(phases, "phases is null");
        this.progress = requireNonNull(progress, "progress is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.schemas = stack.schemas();
        this.startMs = clock.millis();
        this.oracle = new Oracle(ttls(schemas));
    }

    /**
     * Runs the demo on a stack that has seen no message yet.
     *
     * @param startNanos {@link System#nanoTime()} at which the user began to wait
     */
    public static DemoReport run(
            StackView stack,
            Options options,
            PhaseTimes phases,
            DemoProgress progress,
            Clock clock,
            long startNanos)
            throws Exception {
        return new Demo(stack, options, phases, progress, clock).run(startNanos);
    }

    private static Map<String, Duration> ttls(SchemaSnapshot schemas) {
        Map<String, Duration> ttls = new HashMap<>();
        for (EntitySchema entity : schemas.entities().values()) {
            for (FeatureGroupSchema group : entity.groups().values()) {
                ttls.put(entity.label() + "/" + group.label(), group.ttl());
            }
        }
        return ttls;
    }

    private DemoReport run(long startNanos) throws Exception {
        String bootstrap = stack.endpoints().kafka();
        try (FeatureProducer producer =
                        new FeatureProducer(
                                bootstrap, LocalStack.FEATURES, new FeatureQueries(schemas));
                FeatureReads reads =
                        new FeatureReads(stack.endpoints().serving(), "demo", "demo")) {
            Replay replay = new Replay(producer, oracle, clock);
            long replayStart = System.nanoTime();
            phases.time("send", () -> send(replay, producer));
            phases.time("settle", () -> settle(replay));
            double replaySeconds = (System.nanoTime() - replayStart) / 1e9;
            long replayedRows = replay.sent().rows;

            Samples samples = new Samples(reads);
            EntityKey flash = new EntityKey("product", List.of("flash-sale"));
            sendShortLived(producer, replay, flash);
            settle(replay);
            samples.read("about to expire", flash, "stock");
            LivePhase.Result live =
                    phases.time(
                            "live",
                            () ->
                                    new LivePhase(
                                                    reads,
                                                    producer,
                                                    replay,
                                                    clock,
                                                    options.readsPerSecond())
                                            .run(users(), WARM_UP, options.live()));
            samples.read("a few seconds later", flash, "stock");
            IngestCounts counts = phases.time("settle again", () -> settle(replay));
            progress.begin("read back", oracle.keys().size());
            ReadBack.Result back =
                    phases.time(
                            "read back",
                            () -> new ReadBack(reads, schemas, oracle, clock).run(progress::done));
            progress.end();
            MatrixPhase.Result matrix =
                    phases.time(
                            "matrix",
                            () -> new MatrixPhase(reads, oracle, clock, options.seed()).run());
            DeadLetterCounts letters =
                    phases.time(
                            "dead letters",
                            () -> DeadLetterCounts.read(bootstrap, LocalStack.DEAD_LETTERS));
            sample(samples);
            SessionCounts sessionsBefore = sessionCounts(0);
            SessionsPhase.Result sessions =
                    phases.time(
                            "sessions",
                            () ->
                                    new SessionsPhase(stack, progress, clock)
                                            .run(this::shopEvents, replay.sent().events));
            SessionCounts sessionCounts =
                    sessionCounts(sessionsBefore.flushed() + sessions.closed())
                            .since(sessionsBefore);
            FeaturesPhase.Result features = phases.time("features", this::features);
            return new DemoFindings(
                            replay,
                            oracle.expired(),
                            counts,
                            letters,
                            back,
                            live,
                            samples,
                            sessions,
                            sessionCounts,
                            features,
                            matrix,
                            stack.jobFailures(),
                            replayedRows,
                            replaySeconds)
                    .report(options, stack, phases, startNanos);
        }
    }

    /** Orders and clicks through the jobs of the example definitions. */
    private FeaturesPhase.Result features() throws Exception {
        FeatureEvents events =
                new FeatureEvents(options.seed(), clock.millis(), options.originalTimes());
        RecordInput orders = options.orders();
        return new FeaturesPhase(stack, progress, clock)
                .run(
                        orders == null ? events.orders() : events.orders(orders),
                        options.input() == null ? events.clicks() : events.clicks(this::shopEvents),
                        FEATURES_MEASURED);
    }

    private long send(Replay replay, FeatureProducer producer) throws Exception {
        EventInput input = options.input();
        if (input == null) {
            progress.begin("send events", options.events());
            replay.generated(generated(), options.seed(), progress);
        } else {
            long[] linesAndLast = {0, Long.MIN_VALUE};
            input.forEach(
                    line -> {
                        linesAndLast[0]++;
                        linesAndLast[1] = Math.max(linesAndLast[1], line.eventTimeMs());
                    });
            boolean rebase = !options.originalTimes() && linesAndLast[1] != Long.MIN_VALUE;
            shiftMs = rebase ? startMs - linesAndLast[1] : 0;
            progress.begin("send events", linesAndLast[0]);
            replay.input(input, shiftMs, progress);
        }
        producer.flush();
        progress.end();
        return replay.sent().events;
    }

    private Iterator<ShopEvent> generated() {
        return new ShopGenerator(options.seed(), options.events(), startMs).events();
    }

    /** The shop's events once more, with the same event times. */
    private void shopEvents(Consumer<ShopEvent> taker) throws Exception {
        EventInput input = options.input();
        if (input == null) {
            generated().forEachRemaining(taker);
        } else {
            input.forEach(
                    line -> {
                        if (line.event() != null) {
                            taker.accept(line.event().shifted(shiftMs));
                        }
                    });
        }
    }

    /** Waits until the job has taken every row that was sent and knows the fate of each. */
    private IngestCounts settle(Replay replay) throws Exception {
        long rows = replay.sent().rows;
        progress.begin("rows settled", rows);
        IngestCounts counts = stack.counts();
        long moved = System.nanoTime();
        while (counts.in() < rows || counts.settled() < counts.in()) {
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            IngestCounts newer = stack.counts();
            if (newer.settled() != counts.settled() || newer.in() != counts.in()) {
                moved = System.nanoTime();
            } else if (System.nanoTime() - moved > STUCK.toNanos()) {
                throw new TimeoutException(
                        "the job stands still: %,d rows sent, %,d taken in, %,d settled; see %s"
                                .formatted(
                                        rows,
                                        newer.in(),
                                        newer.settled(),
                                        stack.endpoints().flink()));
            }
            counts = newer;
            progress.done(Math.min(counts.settled(), rows));
        }
        progress.end();
        return counts;
    }

    /** A write that ends its life in a few seconds: its event is almost as old as it may get. */
    private void sendShortLived(FeatureProducer producer, Replay replay, EntityKey key)
            throws Exception {
        FeatureGroupSchema stock =
                requireNonNull(schemas.entities().get("product")).groups().get("stock");
        long eventTime =
                clock.millis() + SHORT_LIFE.toMillis() - requireNonNull(stock).ttl().toMillis();
        producer.send(
                new FeatureMessage(
                        "product",
                        key.values(),
                        Map.of("stock", Map.of("in_stock", true, "ships_today", true)),
                        eventTime));
        producer.flush();
        replay.sent().messages++;
        replay.sent().rows++;
    }

    /**
     * Flink answers with what it knew when it was asked before, so it is asked until it knows of
     * the flushed sessions, or for long enough that it must.
     */
    private SessionCounts sessionCounts(long flushed) throws Exception {
        stack.sessionCounts();
        SessionCounts counts;
        long end = System.nanoTime() + COUNTS_WITHIN.toNanos();
        do {
            TimeUnit.MILLISECONDS.sleep(COUNTS_POLL_MILLIS);
            counts = stack.sessionCounts();
        } while (counts.flushed() < flushed && System.nanoTime() < end);
        return counts;
    }

    private List<EntityKey> users() {
        List<EntityKey> users = new ArrayList<>();
        for (EntityKey key : oracle.keys()) {
            if (key.entity().equals("user")) {
                users.add(key);
            }
        }
        if (users.isEmpty()) {
            users.add(new EntityKey("user", List.of("nobody")));
        }
        return users;
    }

    private void sample(Samples samples) {
        List<EntityKey> users = users();
        samples.read("written and fresh", users.get(0), "activity");
        for (EntityKey user : users) {
            Oracle.Expected activity = oracle.expected(user, "activity");
            if (activity != null && activity.schemaVersion() == 1) {
                samples.read("written by a producer of version 1", user, "activity");
                break;
            }
        }
        samples.read("never written", new EntityKey("user", List.of("nobody")), "profile");
    }
}
