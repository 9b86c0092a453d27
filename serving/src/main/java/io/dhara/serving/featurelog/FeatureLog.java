package io.dhara.serving.featurelog;

import static java.util.Objects.requireNonNull;

import io.dhara.core.config.ConfigException;
import io.dhara.core.hash.Murmur3;
import io.dhara.graph.GraphPlan;
import io.dhara.graph.GraphRegistry;
import io.dhara.graph.PlanColumn;
import io.dhara.serving.featurelog.LogMeters.End;
import io.dhara.serving.inferflow.Execution;
import io.dhara.serving.inferflow.ExecutionListener;
import io.dhara.serving.inferflow.FeatureMatrix;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs a share of the answered requests to Kafka. What answers does no more than to choose by the
 * tracking id and to put the matrix, which nothing changes any more, into a queue; one thread
 * encodes and sends. What does not fit into the queue, and what Kafka does not take, is dropped and
 * counted: the log never holds up an answer. Thread-safe.
 */
public final class FeatureLog implements ExecutionListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FeatureLog.class);

    /** Keeps this choice apart from others that hash the same ids. */
    private static final String SALT = "feature-log\n";

    private static final int CELL_OVERHEAD = 2;
    private static final int VARYING_CELL = 64;
    private static final int RUN_OVERHEAD = 512;
    private static final long CLOSE_SECONDS = 5;
    private static final long POLL_MILLIS = 100;

    private final FeatureLogSettings settings;
    private final LogMeters meters;
    private final @Nullable LogTopics topics;
    private final Clock clock;
    private final BlockingQueue<LoggedRun> queue = new LinkedBlockingQueue<>();
    private final AtomicLong queuedBytes = new AtomicLong();
    private final Thread worker;
    private volatile boolean closing;

    /** An encoder of the plan that was logged last; a new plan of the model replaces it. */
    private record OfPlan(GraphPlan plan, LogSchema schema, RecordEncoder encoder) {}

    private FeatureLog(
            FeatureLogSettings settings,
            LogMeters meters,
            @Nullable LogTopics topics,
            Clock clock) {
        this.settings = settings;
        this.meters = meters;
        this.topics = topics;
        this.clock = clock;
        this.worker = new DefaultThreadFactory("dhara-feature-log", true).newThread(this::work);
    }

    /**
     * Starts without waiting for Kafka.
     *
     * @param graphs whose models are looked at now
     * @throws ConfigException if one of them logs and there is no topic
     */
    public static FeatureLog open(
            FeatureLogSettings settings, GraphRegistry graphs, Clock clock, MeterRegistry meters) {
        List<String> logging =
                graphs.plans().values().stream()
                        .filter(plan -> plan.log().percent() > 0)
                        .map(GraphPlan::model)
                        .sorted()
                        .toList();
        if (!settings.isOn() && !logging.isEmpty()) {
            throw new ConfigException(
                    "inferflow.log",
                    List.of(
                            "inferflow.log.topic and inferflow.log.schema-topic must be given:"
                                    + " models "
                                    + logging
                                    + " log requests"));
        }
        LogMeters ends = new LogMeters(meters);
        return start(
                settings,
                ends,
                settings.isOn() ? LogTopics.open(settings, ends) : null,
                clock,
                meters);
    }

    static FeatureLog start(
            FeatureLogSettings settings,
            LogMeters ends,
            @Nullable LogTopics topics,
            Clock clock,
            MeterRegistry meters) {
        FeatureLog log =
                new FeatureLog(
                        requireNonNull(settings, "settings is null"),
                        ends,
                        topics,
                        requireNonNull(clock, "clock is null"));
        Gauge.builder("dhara.inferflow.log.queue", log.queuedBytes, AtomicLong::get)
                .description("matrices that wait to be logged")
                .baseUnit("bytes")
                .register(meters);
        log.worker.start();
        return log;
    }

    @Override
    public void answered(Execution execution, String trackingId, String userId) {
        GraphPlan plan = execution.plan();
        if (trackingId.isEmpty()
                || plan.log().percent() == 0
                || Murmur3.percentile(SALT + trackingId) >= plan.log().percent()) {
            return;
        }
        FeatureMatrix matrix = execution.matrix();
        long bytes = sizeBytes(matrix);
        if (topics == null || closing) {
            meters.ended(End.DROPPED_OFF, matrix.rows());
        } else if (queuedBytes.addAndGet(bytes) > settings.queueBytes()) {
            queuedBytes.addAndGet(-bytes);
            meters.ended(End.DROPPED_QUEUE, matrix.rows());
        } else {
            long now = clock.instant().getEpochSecond();
            queue.add(new LoggedRun(plan, matrix, trackingId, userId, now, bytes));
        }
    }

    private static long sizeBytes(FeatureMatrix matrix) {
        long row = 0;
        for (PlanColumn column : matrix.columns()) {
            int width = column.width();
            row += CELL_OVERHEAD + (width == 0 ? VARYING_CELL : width);
        }
        return RUN_OVERHEAD + row * matrix.rows();
    }

    private void work() {
        Map<String, OfPlan> plans = new HashMap<>();
        try {
            while (!closing || !queue.isEmpty()) {
                LoggedRun run = queue.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
                if (run != null) {
                    queuedBytes.addAndGet(-run.sizeBytes());
                    log(plans, run);
                }
            }
        } catch (InterruptedException e) {
            LOG.info("the feature log ends with {} requests in its queue", queue.size());
        }
        List<LoggedRun> left = new ArrayList<>();
        queue.drainTo(left);
        left.forEach(run -> meters.ended(End.DROPPED_QUEUE, run.matrix().rows()));
    }

    private void log(Map<String, OfPlan> plans, LoggedRun run) {
        LogTopics open = requireNonNull(topics, "queued without topics");
        int[] sent = new int[1];
        try {
            OfPlan of = plans.get(run.plan().model());
            if (of == null || of.plan != run.plan()) {
                LogSchema schema = LogSchema.of(run.plan());
                RecordEncoder encoder =
                        new RecordEncoder(schema, settings.served(), settings.maxMessageBytes());
                of = new OfPlan(run.plan(), schema, encoder);
                plans.put(run.plan().model(), of);
            }
            open.tell(of.schema);
            long tooLong = of.encoder.tooLong();
            of.encoder.encode(
                    run,
                    (record, rows) -> {
                        sent[0] += rows;
                        open.log(record, rows);
                    });
            meters.tooLong(of.encoder.tooLong() - tooLong);
        } catch (RuntimeException e) {
            LOG.error("a request of model {} cannot be logged", run.plan().model(), e);
            meters.ended(End.DROPPED_DEFECT, run.matrix().rows() - sent[0]);
        }
    }

    /** Logs what is in the queue, for some seconds; the rest is dropped. */
    @Override
    public void close() {
        if (closing) {
            return;
        }
        closing = true;
        try {
            worker.join(TimeUnit.SECONDS.toMillis(CLOSE_SECONDS));
            if (worker.isAlive()) {
                worker.interrupt();
                worker.join(TimeUnit.SECONDS.toMillis(CLOSE_SECONDS));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (topics != null) {
            topics.close();
        }
    }
}
