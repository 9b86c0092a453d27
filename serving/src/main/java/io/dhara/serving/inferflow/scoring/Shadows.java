package io.dhara.serving.inferflow.scoring;

import io.dhara.graph.ModelNode;
import io.dhara.graph.PlanColumn;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks models whose answers nobody gets: they are counted, and some are logged. Calls are made on
 * threads of their own, outlive the request, and are dropped and counted when too many are on their
 * way, so that a shadow never slows an answer. Thread-safe.
 */
final class Shadows {
    private static final Logger LOG = LoggerFactory.getLogger(Shadows.class);
    private static final int WHOLE = 100;

    private final ModelServers servers;
    private final TrafficSplit split;
    private final ScoringSettings settings;
    private final Executor executor;
    private final RandomGenerator random;
    private final Clock clock;
    private final ScoringMeters meters;
    private final AtomicInteger onTheirWay = new AtomicInteger();

    /** What a shadow shares with the runner of models. */
    record Parts(
            ModelServers servers,
            TrafficSplit split,
            ScoringSettings settings,
            RandomGenerator random,
            Clock clock,
            ScoringMeters meters) {}

    /**
     * @param executor bounded by {@link ScoringSettings#maxShadows}, as nothing more is handed to
     *     it
     */
    Shadows(Parts parts, Executor executor) {
        this.servers = parts.servers;
        this.split = parts.split;
        this.settings = parts.settings;
        this.executor = executor;
        this.random = parts.random;
        this.clock = parts.clock;
        this.meters = parts.meters;
    }

    /**
     * Asks the shadows of this request, if there are any. Returns at once.
     *
     * @param columns of the matrix that the node's scores go into
     * @param rows in the request
     */
    void ask(
            ModelNode node,
            List<PlanColumn> columns,
            String trackingId,
            int rows,
            ModelRequest request) {
        for (int i = 0; i < node.shadows().size(); i++) {
            if (split.asks(node, i, trackingId)) {
                ModelNode.Target shadow = node.shadows().get(i);
                handOver(() -> call(node, shadow, columns, rows, request));
            }
        }
    }

    private void handOver(Runnable call) {
        if (onTheirWay.incrementAndGet() > settings.maxShadows()) {
            onTheirWay.decrementAndGet();
            meters.shadowDropped();
            return;
        }
        try {
            executor.execute(call);
        } catch (RejectedExecutionException e) {
            onTheirWay.decrementAndGet();
            meters.shadowDropped();
        }
    }

    private void call(
            ModelNode node,
            ModelNode.Target shadow,
            List<PlanColumn> columns,
            int rows,
            ModelRequest request) {
        long started = System.nanoTime();
        servers.inferShadow(
                        node.protocol(),
                        shadow,
                        request,
                        clock.instant().plus(settings.shadowTimeout()))
                .thenApply(answer -> ScoreTensors.of(node, columns, rows, answer).sample(columns))
                .whenComplete(
                        (sample, failure) -> {
                            onTheirWay.decrementAndGet();
                            long took = System.nanoTime() - started;
                            Throwable cause = RemoteCallException.causeOf(failure);
                            meters.shadow(took, cause);
                            if (random.nextInt(WHOLE) < settings.shadowLogPercent()) {
                                LOG.info(
                                        "shadow {} of node {} for request {}: {} rows, {} us,"
                                                + " first score {}, failure {}",
                                        shadow.model(),
                                        node.head().name(),
                                        request.id(),
                                        rows,
                                        took / 1_000,
                                        sample,
                                        String.valueOf(cause));
                            }
                        });
    }
}
