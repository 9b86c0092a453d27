package io.dhara.serving;

import static io.netty.handler.codec.http.HttpResponseStatus.OK;
import static io.netty.handler.codec.http.HttpResponseStatus.SERVICE_UNAVAILABLE;
import static java.util.Objects.requireNonNull;

import io.dhara.core.registry.SchemaRegistry;
import io.dhara.serving.feature.FeatureReadServices;
import io.dhara.serving.featurelog.FeatureLog;
import io.dhara.serving.grpc.CallChain;
import io.dhara.serving.grpc.GrpcPort;
import io.dhara.serving.grpc.LocalCalls;
import io.dhara.serving.grpc.OfferedService;
import io.dhara.serving.http.EventLoops;
import io.dhara.serving.http.HttpAnswer;
import io.dhara.serving.http.HttpPort;
import io.dhara.serving.http.HttpRoutes;
import io.dhara.serving.inferflow.InferflowServices;
import io.dhara.serving.interaction.InteractionRoutes;
import io.dhara.serving.interaction.InteractionServices;
import io.dhara.serving.interaction.InteractionSettings;
import io.dhara.serving.invalidation.AppliedWaits;
import io.dhara.serving.invalidation.FollowerMeters;
import io.dhara.serving.invalidation.InvalidationFollower;
import io.dhara.serving.persist.PersistServices;
import io.dhara.serving.tracing.Tracing;
import io.dhara.stores.read.FeatureStoreReader;
import io.dhara.stores.read.FeatureStoreReaders;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running read tier: opens its parts in order, and ends them in the opposite one. Thread-safe.
 *
 * <p>An end without lost calls is {@link #drain} and then {@link #close}; {@code close} alone cuts
 * off what is on its way.
 */
public final class ServingServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ServingServer.class);
    private static final String SELF = "{\"message\":\"true\"}";

    private final ServingConfig config;
    private final PrometheusMeterRegistry meters =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final AtomicBoolean draining = new AtomicBoolean();
    private final AtomicBoolean closed = new AtomicBoolean();
    private @Nullable GrpcPort grpc;
    private @Nullable HttpPort admin;

    private ServingServer(ServingConfig config) {
        this.config = requireNonNull(config, "config is null");
    }

    /**
     * Opens registry and stores, and answers when this returns.
     *
     * @throws IOException if an address cannot be bound or the TLS files cannot be read
     * @throws io.dhara.core.registry.InvalidSchemasException if there are no valid schemas to start
     *     with
     */
    public static ServingServer start(ServingConfig config) throws IOException {
        ServingServer server = new ServingServer(config);
        return server.starting(
                () -> {
                    SchemaRegistry registry = server.opened(config.schemas().open());
                    FeatureStoreReader stores =
                            server.opened(FeatureStoreReaders.open(config.stores()));
                    server.open(registry, stores, Clock.systemUTC());
                });
    }

    /**
     * The same on a registry and stores that the caller opened and will close.
     *
     * @param clock decides what has expired, and deadlines
     */
    public static ServingServer start(
            ServingConfig config, SchemaRegistry registry, FeatureStoreReader stores, Clock clock)
            throws IOException {
        ServingServer server = new ServingServer(config);
        return server.starting(() -> server.open(registry, stores, clock));
    }

    private interface Start {
        void run() throws IOException;
    }

    private ServingServer starting(Start start) throws IOException {
        try {
            start.run();
            return this;
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private <T extends AutoCloseable> T opened(T part) {
        opened.push(part);
        return part;
    }

    private void open(SchemaRegistry registry, FeatureStoreReader stores, Clock clock)
            throws IOException {
        watchJvm();
        Tracing tracing = opened(Tracing.open(config.tracing()));
        AppliedWaits waits = new AppliedWaits();
        Gauge.builder("dhara.serving.persist.waiting", waits, AppliedWaits::size).register(meters);
        InvalidationFollower follower =
                opened(
                        new InvalidationFollower(
                                config.invalidations(),
                                waits,
                                new FollowerMeters(meters),
                                System::nanoTime));
        FeatureReadServices reads =
                opened(
                        new FeatureReadServices(
                                registry,
                                tracing.traced(stores),
                                config.reads(),
                                config.distributedCache(),
                                clock,
                                meters,
                                follower::isCurrent));
        follower.start(List.of(reads.invalidations()));
        PersistServices persists =
                opened(
                        PersistServices.open(
                                config.persists(), registry, waits, follower::isCurrent, clock));
        InteractionServices interactions = interactions(persists, clock);
        InferflowServices inferflow =
                opened(
                        InferflowServices.open(
                                config.inferflow(),
                                registry,
                                reads.entityReads(),
                                graphs ->
                                        opened(
                                                FeatureLog.open(
                                                        config.featureLog(),
                                                        graphs,
                                                        clock,
                                                        meters)),
                                clock,
                                meters));
        EventLoops loops = opened(EventLoops.start(config.ioThreads()));
        CallChain chain =
                new CallChain(
                        config.grpc(),
                        offered(reads, persists, interactions, inferflow).stream()
                                .map(service -> service.with(tracing::traced))
                                .toList(),
                        registry,
                        follower::hasReached,
                        clock,
                        loops::current,
                        meters);
        LocalCalls callers = opened(LocalCalls.open(chain.services(), chain.forCallers()));
        InteractionRoutes interactionRoutes = new InteractionRoutes(meters);
        HttpRoutes beside =
                interactionRoutes.withPeerRoutes(
                        interactionRoutes.withReads(withSelf(HttpRoutes.none()), callers.channel()),
                        callers.channel(),
                        config.interactions().maxBodyBytes());
        InetSocketAddress adminAddress = config.adminAddress();
        if (adminAddress == null) {
            beside = withOperations(beside, registry);
        } else {
            LocalCalls operators = opened(LocalCalls.open(chain.services(), chain.forOperators()));
            HttpRoutes routes = withOperations(withSelf(HttpRoutes.none()), registry);
            admin =
                    opened(
                            HttpPort.open(
                                    adminAddress,
                                    loops,
                                    interactionRoutes.withReads(routes, operators.channel())));
        }
        grpc = opened(GrpcPort.open(config.grpc(), chain, beside, loops));
        LOG.info("serving on port {}, admin port {}", port(), adminPort());
    }

    private static List<OfferedService> offered(
            FeatureReadServices reads,
            PersistServices persists,
            InteractionServices interactions,
            InferflowServices inferflow) {
        List<OfferedService> offered = new ArrayList<>();
        reads.services().forEach(service -> offered.add(OfferedService.forReaders(service)));
        persists.definitions()
                .forEach(service -> offered.add(OfferedService.forPersisters(service)));
        offered.addAll(interactions.services());
        offered.addAll(inferflow.services());
        return offered;
    }

    private InteractionServices interactions(PersistServices persists, Clock clock) {
        InteractionSettings settings = config.interactions();
        if (!settings.enabled()) {
            return InteractionServices.off(settings);
        }
        return InteractionServices.of(
                settings,
                opened(config.tiers().openHot(settings.types(), clock)),
                opened(config.tiers().openCold(settings.types(), clock)),
                new InteractionServices.Parts(
                        persists.handover()::send, config.reads().answerReserve(), clock, meters));
    }

    private void watchJvm() {
        new JvmMemoryMetrics().bindTo(meters);
        new ProcessorMetrics().bindTo(meters);
        JvmGcMetrics gc = opened(new JvmGcMetrics());
        gc.bindTo(meters);
    }

    private HttpRoutes withOperations(HttpRoutes routes, SchemaRegistry registry) {
        ExecutorService slow =
                Executors.newSingleThreadExecutor(new DefaultThreadFactory("dhara-http", true));
        opened(slow::shutdownNow);
        return routes.withQuick("/health/live", () -> HttpAnswer.json(OK, "{\"status\":\"live\"}"))
                .withQuick("/health/ready", () -> ready(registry))
                .withSlow(
                        "/metrics",
                        slow,
                        () ->
                                new HttpAnswer(
                                        OK,
                                        "text/plain; version=0.0.4; charset=utf-8",
                                        meters.scrape()));
    }

    /** BharatMLStack's own check, on the port where its clients look for it. */
    private static HttpRoutes withSelf(HttpRoutes routes) {
        return routes.withQuick("/health/self", () -> HttpAnswer.json(OK, SELF));
    }

    private HttpAnswer ready(SchemaRegistry registry) {
        if (draining.get()) {
            return HttpAnswer.json(SERVICE_UNAVAILABLE, "{\"status\":\"draining\"}");
        }
        if (registry.current().entities().isEmpty()) {
            return HttpAnswer.json(SERVICE_UNAVAILABLE, "{\"status\":\"no schemas\"}");
        }
        return HttpAnswer.json(OK, "{\"status\":\"ready\"}");
    }

    /** The port of gRPC and of HTTP beside it. */
    public int port() {
        return requireNonNull(grpc, "not open").port();
    }

    /** The port of health and metrics; the callers' port when they have none of their own. */
    public int adminPort() {
        HttpPort own = admin;
        return own == null ? port() : own.port();
    }

    /** Everything measured here, as {@code /metrics} shows it. */
    public PrometheusMeterRegistry meters() {
        return meters;
    }

    /**
     * Says NOT_SERVING, waits the drain period while it still answers, takes no more calls, and
     * waits for those on their way. Does nothing the second time.
     *
     * @throws InterruptedException when interrupted; then {@link #close} cuts off the rest
     */
    public void drain() throws InterruptedException {
        GrpcPort port = grpc;
        if (port == null || !draining.compareAndSet(false, true)) {
            return;
        }
        LOG.info("draining for {}", config.drainPeriod());
        port.startDraining();
        TimeUnit.NANOSECONDS.sleep(config.drainPeriod().toNanos());
        if (!port.stop(config.stopTimeout())) {
            LOG.warn("cutting off calls still on their way after {}", config.stopTimeout());
        }
    }

    /** Ends everything; may be called twice. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        draining.set(true);
        while (!opened.isEmpty()) {
            AutoCloseable part = opened.pop();
            try {
                part.close();
            } catch (Exception e) {
                LOG.warn("{} did not close in an orderly way", part, e);
            }
        }
        meters.close();
    }
}
