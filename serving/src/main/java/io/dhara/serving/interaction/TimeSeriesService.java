package io.dhara.serving.interaction;

import static java.util.Objects.requireNonNull;

import io.dhara.core.interaction.Interaction;
import io.dhara.core.interaction.InteractionType;
import io.dhara.proto.timeseries.InteractionData;
import io.dhara.proto.timeseries.InteractionStoreTimeSeriesServiceGrpc.InteractionStoreTimeSeriesServiceImplBase;
import io.dhara.proto.timeseries.InteractionTypeProto;
import io.dhara.proto.timeseries.PersistClickDataRequest;
import io.dhara.proto.timeseries.PersistDataResponse;
import io.dhara.proto.timeseries.PersistOrderDataRequest;
import io.dhara.proto.timeseries.RetrieveClickDataResponse;
import io.dhara.proto.timeseries.RetrieveDataRequest;
import io.dhara.proto.timeseries.RetrieveInteractionsRequest;
import io.dhara.proto.timeseries.RetrieveInteractionsResponse;
import io.dhara.proto.timeseries.RetrieveOrderDataResponse;
import io.dhara.proto.v1.InteractionEvent;
import io.dhara.serving.grpc.CallerContext;
import io.dhara.serving.grpc.Reply;
import io.dhara.serving.grpc.StatusMapping;
import io.dhara.serving.interaction.InteractionAnswer.OfType;
import io.dhara.stores.interaction.InteractionQuery;
import io.grpc.stub.StreamObserver;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * {@code proto.InteractionStoreTimeSeriesService}: BharatMLStack's messages and checks, answered
 * from both tiers, with statuses that tell bad input from an outage.
 */
final class TimeSeriesService extends InteractionStoreTimeSeriesServiceImplBase {
    private static final PersistDataResponse SUCCESS =
            PersistDataResponse.newBuilder().setMessage("success").build();

    private final InteractionReads reads;
    private final InteractionPersist persist;
    private final boolean exactRange;
    private final Clock clock;
    private final InteractionMeters meters;

    /**
     * @param exactRange whether ranges are at most 24 weeks; else below 25, as the peer has it
     */
    TimeSeriesService(
            InteractionReads reads,
            InteractionPersist persist,
            boolean exactRange,
            Clock clock,
            InteractionMeters meters) {
        this.reads = requireNonNull(reads, "reads is null");
        this.persist = requireNonNull(persist, "persist is null");
        this.exactRange = exactRange;
        this.clock = requireNonNull(clock, "clock is null");
        this.meters = requireNonNull(meters, "meters is null");
    }

    @Override
    public void retrieveClickInteractions(
            RetrieveDataRequest request, StreamObserver<RetrieveClickDataResponse> observer) {
        reply(
                observer,
                () ->
                        one(request, CompatibleEvents.CLICK)
                                .thenApply(
                                        clicks ->
                                                RetrieveClickDataResponse.newBuilder()
                                                        .addAllData(CompatibleEvents.clicks(clicks))
                                                        .build()));
    }

    @Override
    public void retrieveOrderInteractions(
            RetrieveDataRequest request, StreamObserver<RetrieveOrderDataResponse> observer) {
        reply(
                observer,
                () ->
                        one(request, CompatibleEvents.ORDER)
                                .thenApply(
                                        orders ->
                                                RetrieveOrderDataResponse.newBuilder()
                                                        .addAllData(CompatibleEvents.orders(orders))
                                                        .build()));
    }

    @Override
    public void retrieveInteractions(
            RetrieveInteractionsRequest request,
            StreamObserver<RetrieveInteractionsResponse> observer) {
        reply(
                observer,
                () ->
                        read(
                                        request.getUserId(),
                                        names(request),
                                        request.getStartTimestamp(),
                                        request.getEndTimestamp(),
                                        request.getLimit())
                                .thenApply(answer -> response(request.getUserId(), answer)));
    }

    private <T> void reply(StreamObserver<T> observer, Supplier<CompletableFuture<T>> call) {
        Reply.to(observer, meters::lateAnswer, StatusMapping::toStatus, call::get);
    }

    private CompletableFuture<List<Interaction>> one(RetrieveDataRequest request, String type) {
        return read(
                        request.getUserId(),
                        Set.of(type),
                        request.getStartTimestamp(),
                        request.getEndTimestamp(),
                        request.getLimit())
                .thenApply(
                        answer ->
                                answer.types().isEmpty()
                                        ? List.of()
                                        : answer.types().get(0).interactions());
    }

    /** An empty user has no interactions, and asking for no type is asking for nothing. */
    private CompletableFuture<InteractionAnswer> read(
            String userId, Set<String> names, long start, long end, int limit) {
        CallerContext caller = CallerContext.current();
        int used = CompatibleRange.check(start, end, limit, clock.millis(), exactRange);
        List<InteractionType> types = new ArrayList<>();
        names.forEach(name -> types.add(reads.stored(name)));
        CompletableFuture<InteractionAnswer> answer =
                userId.isEmpty() || types.isEmpty()
                        ? CompletableFuture.completedFuture(new InteractionAnswer(List.of(), false))
                        : reads.read(userId, new InteractionQuery(types, start, end, used), caller);
        return answer.thenApply(
                found -> {
                    AnswerHeaders.put(found, caller);
                    return found;
                });
    }

    /** A set, as the peer takes it; numbers that name no type ask for nothing. */
    private static Set<String> names(RetrieveInteractionsRequest request) {
        Set<String> names = new LinkedHashSet<>();
        for (int number : request.getInteractionTypesValueList()) {
            if (number == InteractionTypeProto.CLICK_VALUE) {
                names.add(CompatibleEvents.CLICK);
            } else if (number == InteractionTypeProto.ORDER_VALUE) {
                names.add(CompatibleEvents.ORDER);
            }
        }
        return names;
    }

    private static RetrieveInteractionsResponse response(String userId, InteractionAnswer answer) {
        InteractionData.Builder data = InteractionData.newBuilder();
        for (OfType type : answer.types()) {
            if (type.type().name().equals(CompatibleEvents.CLICK)) {
                data.addAllClickEvents(CompatibleEvents.clicks(type.interactions()));
            } else {
                data.addAllOrderEvents(CompatibleEvents.orders(type.interactions()));
            }
        }
        return RetrieveInteractionsResponse.newBuilder().putData(userId, data.build()).build();
    }

    @Override
    public void persistClickData(
            PersistClickDataRequest request, StreamObserver<PersistDataResponse> observer) {
        reply(
                observer,
                () ->
                        persist(
                                request.getDataList().stream()
                                        .map(c -> CompatibleEvents.click(request.getUserId(), c))
                                        .toList()));
    }

    @Override
    public void persistOrderData(
            PersistOrderDataRequest request, StreamObserver<PersistDataResponse> observer) {
        reply(
                observer,
                () ->
                        persist(
                                request.getDataList().stream()
                                        .map(o -> CompatibleEvents.order(request.getUserId(), o))
                                        .toList()));
    }

    private CompletableFuture<PersistDataResponse> persist(List<InteractionEvent> events) {
        return persist.persist(events, InteractionPersist.Form.COMPATIBLE, CallerContext.current())
                .thenApply(done -> SUCCESS);
    }
}
