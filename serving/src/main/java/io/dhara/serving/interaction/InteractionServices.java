package io.dhara.serving.interaction;

import static java.util.Objects.requireNonNull;

import io.dhara.proto.timeseries.InteractionStoreTimeSeriesServiceGrpc;
import io.dhara.proto.timeseries.InteractionStoreTimeSeriesServiceGrpc.InteractionStoreTimeSeriesServiceImplBase;
import io.dhara.proto.v1.InteractionsGrpc;
import io.dhara.proto.v1.InteractionsGrpc.InteractionsImplBase;
import io.dhara.serving.grpc.CallHeaders;
import io.dhara.serving.grpc.OfferedService;
import io.dhara.stores.interaction.ColdTierReader;
import io.dhara.stores.interaction.HotTierReader;
import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** The interaction calls, put together. */
public final class InteractionServices {
    private static final String OFF =
            "interactions are not served here (interactions.enabled is false): set"
                    + " interactions.hot.store and interactions.cold.store to the conf-ids of"
                    + " stores.redis and stores.scylla";

    private final List<OfferedService> services;

    private InteractionServices(List<OfferedService> services) {
        this.services = services;
    }

    /**
     * What the calls need beside the tiers.
     *
     * @param sender where events go
     * @param answerReserve of the deadline, kept for the answer
     */
    public record Parts(
            EventSender sender, Duration answerReserve, Clock clock, MeterRegistry meters) {
        public Parts {
            requireNonNull(sender, "sender is null");
            requireNonNull(answerReserve, "answerReserve is null");
            requireNonNull(clock, "clock is null");
            requireNonNull(meters, "meters is null");
        }
    }

    /** On tiers that stay open. */
    public static InteractionServices of(
            InteractionSettings settings, HotTierReader hot, ColdTierReader cold, Parts parts) {
        InteractionMeters meters = new InteractionMeters(parts.meters());
        InteractionReader reader =
                new InteractionReader(
                        hot,
                        cold,
                        settings.readRules(parts.answerReserve()),
                        parts.clock(),
                        meters);
        InteractionReads reads = new InteractionReads(settings.types(), reader);
        InteractionPersist persist =
                new InteractionPersist(
                        parts.sender(),
                        settings.types(),
                        settings.persistRules(),
                        parts.clock(),
                        meters);
        return new InteractionServices(
                offered(
                        settings,
                        new TimeSeriesService(
                                reads, persist, settings.exactRange(), parts.clock(), meters),
                        new InteractionsService(reads, persist, meters)));
    }

    /** Answers everything with UNIMPLEMENTED and the remedy. */
    public static InteractionServices off(InteractionSettings settings) {
        return new InteractionServices(
                offered(
                        settings,
                        () -> refusing(new InteractionStoreTimeSeriesServiceImplBase() {}),
                        () -> refusing(new InteractionsImplBase() {})));
    }

    private static ServerServiceDefinition refusing(BindableService service) {
        return ServerInterceptors.intercept(service, InteractionServices::refuse);
    }

    private static <Q, R> ServerCall.Listener<Q> refuse(
            ServerCall<Q, R> call, Metadata headers, io.grpc.ServerCallHandler<Q, R> next) {
        call.close(Status.UNIMPLEMENTED.withDescription(OFF), new Metadata());
        return new ServerCall.Listener<>() {};
    }

    private static List<OfferedService> offered(
            InteractionSettings settings, BindableService compatible, BindableService own) {
        return List.of(
                new OfferedService(
                        compatible.bindService(),
                        CallHeaders.INTERACTION_CALLER_ID,
                        CallHeaders.AUTH_TOKEN,
                        settings.auth() == InteractionSettings.Auth.REGISTRY,
                        Set.of(
                                InteractionStoreTimeSeriesServiceGrpc.getPersistClickDataMethod()
                                        .getFullMethodName(),
                                InteractionStoreTimeSeriesServiceGrpc.getPersistOrderDataMethod()
                                        .getFullMethodName())),
                new OfferedService(
                        own.bindService(),
                        CallHeaders.CALLER_ID,
                        CallHeaders.AUTH_TOKEN,
                        true,
                        Set.of(InteractionsGrpc.getPersistMethod().getFullMethodName())));
    }

    /** {@code proto.InteractionStoreTimeSeriesService} and {@code dhara.v1.Interactions}. */
    public List<OfferedService> services() {
        return services;
    }
}
