package io.dhara.serving.interaction;

import static java.util.Objects.requireNonNull;

import io.dhara.core.interaction.Interaction;
import io.dhara.core.interaction.InteractionType;
import io.dhara.proto.v1.GetLastRequest;
import io.dhara.proto.v1.GetRangeRequest;
import io.dhara.proto.v1.InteractionsGrpc.InteractionsImplBase;
import io.dhara.proto.v1.InteractionsResponse;
import io.dhara.proto.v1.PersistInteractionsRequest;
import io.dhara.proto.v1.PersistInteractionsResponse;
import io.dhara.proto.v1.StoredInteraction;
import io.dhara.proto.v1.Tier;
import io.dhara.proto.v1.TypedInteractions;
import io.dhara.serving.grpc.CallerContext;
import io.dhara.serving.grpc.Reply;
import io.dhara.serving.grpc.ServingException;
import io.dhara.serving.grpc.ServingException.Kind;
import io.dhara.serving.grpc.StatusMapping;
import io.dhara.serving.interaction.InteractionAnswer.OfType;
import io.dhara.stores.interaction.InteractionQuery;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** {@code dhara.v1.Interactions}: any type by name, 64-bit ids, and what each answer is worth. */
final class InteractionsService extends InteractionsImplBase {
    private static final int MAX_LIMIT = 2_000;

    private final InteractionReads reads;
    private final InteractionPersist persist;
    private final InteractionMeters meters;

    InteractionsService(
            InteractionReads reads, InteractionPersist persist, InteractionMeters meters) {
        this.reads = requireNonNull(reads, "reads is null");
        this.persist = requireNonNull(persist, "persist is null");
        this.meters = requireNonNull(meters, "meters is null");
    }

    @Override
    public void getLast(GetLastRequest request, StreamObserver<InteractionsResponse> observer) {
        Reply.to(
                observer,
                meters::lateAnswer,
                StatusMapping::toStatus,
                () -> {
                    checkLimit("k", request.getK());
                    return read(
                            request.getUserId(),
                            request.getTypesList(),
                            Long.MIN_VALUE,
                            Long.MAX_VALUE,
                            request.getK());
                });
    }

    @Override
    public void getRange(GetRangeRequest request, StreamObserver<InteractionsResponse> observer) {
        Reply.to(
                observer,
                meters::lateAnswer,
                StatusMapping::toStatus,
                () -> {
                    if (request.getToMs() < request.getFromMs()) {
                        throw invalid(
                                "to_ms must not be before from_ms: got "
                                        + request.getToMs()
                                        + " and "
                                        + request.getFromMs());
                    }
                    checkLimit("limit", request.getLimit());
                    return read(
                            request.getUserId(),
                            request.getTypesList(),
                            request.getFromMs(),
                            request.getToMs(),
                            request.getLimit());
                });
    }

    private static void checkLimit(String field, int value) {
        if (value < 1 || value > MAX_LIMIT) {
            throw invalid(field + " must be 1.." + MAX_LIMIT + ": got " + value);
        }
    }

    private CompletableFuture<InteractionsResponse> read(
            String userId, List<String> names, long from, long to, int limit) {
        if (userId.isEmpty()) {
            throw invalid("user_id is empty");
        }
        if (names.isEmpty()) {
            throw invalid("types is empty: name at least one");
        }
        if (names.stream().distinct().count() < names.size()) {
            throw invalid("types names one twice: got " + names);
        }
        List<InteractionType> types = names.stream().map(reads::stored).toList();
        return reads.read(
                        userId,
                        new InteractionQuery(types, from, to, limit),
                        CallerContext.current())
                .thenApply(InteractionsService::response);
    }

    private static InteractionsResponse response(InteractionAnswer answer) {
        InteractionsResponse.Builder response =
                InteractionsResponse.newBuilder().setHotTierIncomplete(answer.hotTierIncomplete());
        for (OfType type : answer.types()) {
            TypedInteractions.Builder typed =
                    response.addTypesBuilder()
                            .setType(type.type().name())
                            .setTier(tier(type.tier()))
                            .setTruncated(type.truncated());
            for (Interaction interaction : type.interactions()) {
                typed.addInteractions(
                        StoredInteraction.newBuilder()
                                .setProductId(interaction.productId())
                                .setCatalogId(interaction.catalogId())
                                .setEventTimeMs(interaction.eventTimeMillis())
                                .setSubOrderNum(interaction.subOrder())
                                .setMetadata(interaction.metadata()));
            }
        }
        return response.build();
    }

    private static Tier tier(ServedTier tier) {
        return switch (tier) {
            case NONE -> Tier.TIER_UNSPECIFIED;
            case HOT -> Tier.TIER_HOT;
            case COLD -> Tier.TIER_COLD;
            case BOTH -> Tier.TIER_BOTH;
        };
    }

    @Override
    public void persist(
            PersistInteractionsRequest request,
            StreamObserver<PersistInteractionsResponse> observer) {
        Reply.to(
                observer,
                meters::lateAnswer,
                StatusMapping::toStatus,
                () ->
                        persist.persist(
                                        request.getEventsList(),
                                        InteractionPersist.Form.DHARA,
                                        CallerContext.current())
                                .thenApply(
                                        done -> PersistInteractionsResponse.getDefaultInstance()));
    }

    private static ServingException invalid(String message) {
        return new ServingException(Kind.INVALID, message);
    }
}
