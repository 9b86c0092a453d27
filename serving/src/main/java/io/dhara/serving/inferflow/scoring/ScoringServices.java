package io.dhara.serving.inferflow.scoring;

import static java.util.Objects.requireNonNull;

import io.dhara.graph.FeatureNode;
import io.dhara.graph.GraphPlan;
import io.dhara.graph.GraphRegistry;
import io.dhara.serving.inferflow.GraphExecutor;
import io.dhara.serving.inferflow.NodeRunner;
import io.dhara.serving.inferflow.NodeRunners;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.http.HttpClient;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Models, expressions and candidates, put together: the runners of their nodes, BharatMLStack's two
 * services, and the connections they use.
 */
public final class ScoringServices implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ScoringServices.class);
    private static final RandomGenerator RANDOM = () -> ThreadLocalRandom.current().nextLong();

    private final ScoringSettings settings;
    private final Clock clock;
    private final ExecutorService http =
            Executors.newFixedThreadPool(2, new DefaultThreadFactory("dhara-model-http", true));
    private final ExecutorService shadowThread =
            Executors.newSingleThreadExecutor(new DefaultThreadFactory("dhara-shadow", true));
    private final ScheduledExecutorService idleCheck =
            Executors.newSingleThreadScheduledExecutor(
                    new DefaultThreadFactory("dhara-model-idle", true));
    private final ModelServers models;
    private final CandidateServers candidates;
    private final ModelCalls calls;

    /**
     * Connects to nothing yet.
     *
     * @param clock of the callers' deadlines; its date selects users
     * @throws IllegalArgumentException if the files of TLS cannot be read
     */
    public ScoringServices(ScoringSettings settings, Clock clock, MeterRegistry registry) {
        this.settings = requireNonNull(settings, "settings is null");
        this.clock = requireNonNull(clock, "clock is null");
        ScoringMeters meters = new ScoringMeters(registry);
        Channels channels = new Channels(settings);
        HttpClient client =
                channels.withTls(HttpClient.newBuilder())
                        .version(HttpClient.Version.HTTP_1_1)
                        .executor(http)
                        .build();
        this.models = new ModelServers(settings, channels, client, clock);
        this.candidates = new CandidateServers(settings, channels, client, clock, meters);
        meters.watchEndpoints(models::size, candidates::size);
        Shadows.Parts parts =
                new Shadows.Parts(
                        models, new TrafficSplit(RANDOM), settings, RANDOM, clock, meters);
        this.calls = new ModelCalls(parts, new Shadows(parts, shadowThread));
    }

    /** Runners of all kinds, with the one of features given. */
    public NodeRunners runners(NodeRunner<FeatureNode> features) {
        return new NodeRunners(
                features,
                new ModelNodeRunner(calls, settings.maxBatches()),
                new ExpressionNodeRunner(),
                candidates);
    }

    /**
     * {@code Inferflow} and {@code Predict}, for readers.
     *
     * @param runners those that {@code executor} has
     * @param late told of an answer that nobody waits for any more
     */
    public List<ServerServiceDefinition> services(
            GraphRegistry graphs, GraphExecutor executor, NodeRunners runners, Runnable late) {
        ScoringModels scoring = new ScoringModels(graphs, executor);
        SlateScoring slates = new SlateScoring(runners, calls, settings.maxBatches());
        return List.of(
                ServerInterceptors.intercept(
                        new InferflowService(scoring, clock, late), new PeerHeaders.Interceptor()),
                ServerInterceptors.intercept(
                        new PredictService(scoring, slates, late), new PeerHeaders.Interceptor()));
    }

    /** From now on, lets go of servers that no plan in force names. */
    public void follow(Supplier<? extends Collection<GraphPlan>> plansInForce) {
        long nanos = settings.idleCheck().toNanos();
        idleCheck.scheduleWithFixedDelay(
                () -> retain(plansInForce), nanos, nanos, TimeUnit.NANOSECONDS);
    }

    /** The task must not end by a failure: it would never run again. */
    private void retain(Supplier<? extends Collection<GraphPlan>> plansInForce) {
        try {
            Collection<GraphPlan> plans = plansInForce.get();
            models.retain(plans);
            candidates.retain(plans);
        } catch (RuntimeException e) {
            LOG.warn("servers that no graph needs were not looked for", e);
        }
    }

    /** Ends the connections; calls on their way end by themselves. */
    @Override
    public void close() {
        idleCheck.shutdownNow();
        shadowThread.shutdownNow();
        models.close();
        candidates.close();
        http.shutdown();
    }
}
