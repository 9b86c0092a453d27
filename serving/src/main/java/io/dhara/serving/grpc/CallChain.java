package io.dhara.serving.grpc;

import static java.util.Objects.requireNonNull;

import io.dhara.core.registry.SchemaRegistry;
import io.dhara.serving.admission.AccessLog;
import io.dhara.serving.admission.Admission;
import io.dhara.serving.invalidation.TopicPositions;
import io.grpc.ServerInterceptor;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What every call passes through, however it comes in. Calls on their way are counted together for
 * all the ways.
 */
public final class CallChain {
    private final GrpcSettings settings;
    private final List<OfferedService> services;
    private final CallerTokens readers;
    private final CallerTokens writers;
    private final Admission admission;
    private final CallContextInterceptor callContext;
    private final MetricsInterceptor metrics;

    /**
     * @param registry where tokens are looked up, at every call
     * @param reached whether caches have been told of everything up to these positions
     * @param currentLoop the event loop that it is called on, if that is one
     */
    public CallChain(
            GrpcSettings settings,
            List<OfferedService> services,
            SchemaRegistry registry,
            Predicate<TopicPositions> reached,
            Clock clock,
            Supplier<@Nullable Executor> currentLoop,
            MeterRegistry meters) {
        requireNonNull(registry, "registry is null");
        this.settings = requireNonNull(settings, "settings is null");
        this.readers = new CallerTokens(() -> registry.current().readerTokens());
        this.writers = new CallerTokens(() -> registry.current().writerTokens());
        this.callContext = new CallContextInterceptor(settings.deadlines(), reached, clock);
        this.metrics =
                new MetricsInterceptor(
                        meters,
                        this::isKnown,
                        settings.maxMeteredCallers(),
                        new AccessLog(settings.accessLog()));
        this.admission =
                new Admission(
                        settings.admission(),
                        new Admission.Calls(
                                methods(services),
                                Set.of(HealthGrpc.SERVICE_NAME),
                                headers -> headers.containsKey(CallHeaders.WAIT),
                                AuthInterceptor.CALLER_ID::get,
                                this::isKnown),
                        currentLoop,
                        meters);
        this.services =
                services.stream()
                        .map(service -> service.with(admission::withRequestSizes))
                        .toList();
    }

    private boolean isKnown(String caller) {
        return readers.isKnown(caller) || writers.isKnown(caller);
    }

    private static Set<String> methods(List<OfferedService> services) {
        return services.stream()
                .flatMap(service -> service.definition().getMethods().stream())
                .map(method -> method.getMethodDescriptor().getFullMethodName())
                .collect(Collectors.toSet());
    }

    Admission admission() {
        return admission;
    }

    /** What is called. */
    public List<OfferedService> services() {
        return services;
    }

    /** For the callers' port. gRPC calls the interceptor added last first. */
    public List<ServerInterceptor> forCallers() {
        List<ServerInterceptor> innermostFirst = new ArrayList<>(withinAuth());
        ServerInterceptor quotas = admission.quotas();
        if (quotas != null) {
            innermostFirst.add(quotas);
        }
        innermostFirst.add(auth());
        innermostFirst.add(admission.door());
        innermostFirst.add(metrics);
        return innermostFirst;
    }

    /**
     * For the operators' port, which nobody else reaches: whoever calls is let in, and an instance
     * that refuses calls can still be looked into.
     */
    public List<ServerInterceptor> forOperators() {
        List<ServerInterceptor> innermostFirst = new ArrayList<>(withinAuth());
        innermostFirst.add(metrics);
        return innermostFirst;
    }

    private List<ServerInterceptor> withinAuth() {
        return List.of(new FailureInterceptor(), callContext);
    }

    private AuthInterceptor auth() {
        boolean readersPersist = settings.persistCallers() == GrpcSettings.PersistCallers.READERS;
        Set<String> open = new HashSet<>(Set.of(HealthGrpc.SERVICE_NAME));
        if (!settings.reflectionAuth()) {
            open.add(ServerReflectionGrpc.SERVICE_NAME);
        }
        return new AuthInterceptor(
                services,
                settings.auth() == GrpcSettings.Auth.NONE
                        ? null
                        : new AuthInterceptor.Tokens(readers, readersPersist ? readers : writers),
                open);
    }
}
