package io.dhara.serving.inferflow;

import static java.util.Objects.requireNonNull;

import io.dhara.core.registry.SchemaRegistry;
import io.dhara.graph.GraphRegistry;
import io.dhara.serving.feature.EntityReads;
import io.dhara.serving.grpc.CallHeaders;
import io.dhara.serving.grpc.OfferedService;
import io.dhara.serving.inferflow.scoring.ScoringServices;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Matrices and scores, put together: the graphs in force, what runs them, and the services that
 * answer from them.
 */
public final class InferflowServices implements AutoCloseable {
    private final @Nullable GraphRegistry graphs;
    private final List<AutoCloseable> parts = new ArrayList<>();
    private final List<OfferedService> services;

    private InferflowServices(@Nullable GraphRegistry graphs, List<OfferedService> services) {
        this.graphs = graphs;
        this.services = services;
    }

    /**
     * Opens the graphs, or nothing when they are turned off.
     *
     * @param schemas that the graphs are compiled against; stays open when this is closed
     * @param listener makes the one that is told of answers, from the graphs in force
     * @param clock of the callers' deadlines
     */
    public static InferflowServices open(
            InferflowConfig config,
            SchemaRegistry schemas,
            EntityReads reads,
            Function<GraphRegistry, ExecutionListener> listener,
            Clock clock,
            MeterRegistry meters) {
        if (!config.enabled()) {
            return new InferflowServices(null, List.of());
        }
        GraphRegistry graphs = config.graphs().open(schemas);
        try {
            return of(config, graphs, reads, listener, clock, meters);
        } catch (RuntimeException e) {
            graphs.close();
            throw e;
        }
    }

    /** The same over graphs that are open; closes them. */
    public static InferflowServices of(
            InferflowConfig config,
            GraphRegistry graphs,
            EntityReads reads,
            Function<GraphRegistry, ExecutionListener> listener,
            Clock clock,
            MeterRegistry meters) {
        ExecutionListener told = listener.apply(requireNonNull(graphs, "graphs is null"));
        ScoringServices scoring = new ScoringServices(config.scoring(), clock, meters);
        NodeRunners runners = scoring.runners(new FeatureNodeRunner(reads));
        GraphExecutor executor = new GraphExecutor(runners, config.matrix(), clock, told);
        Counter late = meters.counter("dhara.serving.inferflow.answers.late");
        Gauge.builder("dhara.serving.inferflow.graphs", graphs, all -> all.plans().size())
                .register(meters);
        Gauge.builder(
                        "dhara.serving.inferflow.graphs.refused",
                        graphs,
                        all -> all.problems().size())
                .register(meters);
        List<OfferedService> services = new ArrayList<>();
        services.add(
                OfferedService.forReaders(new MatrixService(graphs, executor, late::increment)));
        scoring.services(graphs, executor, runners, late::increment)
                .forEach(
                        service ->
                                services.add(
                                        OfferedService.forReaders(
                                                service,
                                                CallHeaders.INFERFLOW_CALLER_ID,
                                                CallHeaders.INFERFLOW_AUTH_TOKEN)));
        scoring.follow(() -> graphs.plans().values());
        InferflowServices all = new InferflowServices(graphs, List.copyOf(services));
        all.parts.addAll(List.of(executor, scoring, graphs));
        return all;
    }

    /** {@code dhara.v1.Matrix}, {@code Inferflow} and {@code Predict}; none when turned off. */
    public List<OfferedService> services() {
        return services;
    }

    /** The graphs in force; null when turned off. */
    public @Nullable GraphRegistry graphs() {
        return graphs;
    }

    /** Ends everything; may be called twice. */
    @Override
    public void close() throws Exception {
        for (AutoCloseable part : parts) {
            part.close();
        }
        parts.clear();
    }
}
