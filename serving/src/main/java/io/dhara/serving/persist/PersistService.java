package io.dhara.serving.persist;

import static java.util.Objects.requireNonNull;

import io.dhara.core.model.EntitySchema;
import io.dhara.core.registry.SchemaRegistry;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.proto.persist.FeatureServiceGrpc;
import io.dhara.proto.persist.Query;
import io.dhara.proto.persist.Result;
import io.dhara.serving.grpc.CallHeaders;
import io.dhara.serving.grpc.CallerContext;
import io.dhara.serving.grpc.ServingException;
import io.dhara.serving.grpc.ServingException.Kind;
import io.dhara.serving.grpc.StatusMapping;
import io.dhara.serving.invalidation.AppliedWaits;
import io.dhara.serving.invalidation.AppliedWaits.Settled;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * {@code persist.FeatureService}: hands the message to Kafka and answers after its acknowledgement,
 * or, when the caller asks with {@code dhara-wait: applied}, after every unit of it is applied and
 * this instance's caches are told. Writes nothing itself.
 */
final class PersistService extends FeatureServiceGrpc.FeatureServiceImplBase {
    /** BharatMLStack's text, which its clients may compare. */
    private static final Result PERSISTED =
            Result.newBuilder().setMessage("Data Persisted Successfully").build();

    private static final String REPEAT =
            "Sending it again is harmless with the same " + CallHeaders.EVENT_TIME.name();

    private final SchemaRegistry registry;
    private final RecordProducer producer;
    private final AppliedWaits waits;
    private final BooleanSupplier followsInvalidations;
    private final PersistSettings settings;
    private final Executor executor;
    private final Clock clock;

    /**
     * @param followsInvalidations whether a caller that waits would hear of its write
     * @param executor runs what may block: a look at the registry, a full producer buffer
     */
    PersistService(
            SchemaRegistry registry,
            RecordProducer producer,
            AppliedWaits waits,
            BooleanSupplier followsInvalidations,
            PersistSettings settings,
            Executor executor,
            Clock clock) {
        this.registry = requireNonNull(registry, "registry is null");
        this.producer = requireNonNull(producer, "producer is null");
        this.waits = requireNonNull(waits, "waits is null");
        this.followsInvalidations =
                requireNonNull(followsInvalidations, "followsInvalidations is null");
        this.settings = requireNonNull(settings, "settings is null");
        this.executor = requireNonNull(executor, "executor is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    ServerServiceDefinition withOptions() {
        return ServerInterceptors.intercept(this, new PersistOptions.Interceptor());
    }

    @Override
    public void persistFeatures(Query query, StreamObserver<Result> observer) {
        CallerContext caller = CallerContext.current();
        PersistOptions options = PersistOptions.current();
        CompletableFuture<Void> persisted;
        try {
            persisted =
                    CompletableFuture.supplyAsync(() -> schemaOf(query), executor)
                            .thenCompose(entity -> persist(query, entity, options, caller));
        } catch (RejectedExecutionException e) {
            persisted =
                    CompletableFuture.failedFuture(
                            new ServingException(
                                    Kind.EXHAUSTED,
                                    settings.maxQueued()
                                            + " persists wait already, the limit"
                                            + " (serving.persist.max-queued): try again"));
        }
        persisted.whenComplete(
                (done, failure) -> {
                    if (failure == null) {
                        observer.onNext(PERSISTED);
                        observer.onCompleted();
                    } else {
                        observer.onError(statusOf(failure));
                    }
                });
    }

    /** A name the snapshot lacks may be newer than the watch: looks once more before refusing. */
    private EntitySchema schemaOf(Query query) {
        SchemaSnapshot schemas = registry.current();
        try {
            return PersistCheck.check(query, schemas, settings.maxRows());
        } catch (ServingException e) {
            if (e.kind() != Kind.NOT_FOUND) {
                throw e;
            }
        }
        return PersistCheck.check(query, registry.refresh(), settings.maxRows());
    }

    private CompletableFuture<Void> persist(
            Query query, EntitySchema entity, PersistOptions options, CallerContext caller) {
        if (!options.waitUntilApplied()) {
            return withinDeadline(
                    producer.send(message(query, entity, options, null), REPEAT),
                    caller,
                    "Kafka has not acknowledged the message by the deadline, so it may or may not"
                            + " be written");
        }
        if (!followsInvalidations.getAsBoolean()) {
            return CompletableFuture.failedFuture(
                    new ServingException(
                            Kind.UNAVAILABLE,
                            "this instance does not hear of applied writes just now, so nothing"
                                    + " was sent: try again, or without "
                                    + CallHeaders.WAIT.name()));
        }
        String requestId = UUID.randomUUID().toString();
        int units = query.getDataCount() * query.getFeatureGroupSchemaCount();
        CompletableFuture<Settled> settled = waits.await(requestId, units);
        CompletableFuture<Void> applied =
                producer.send(message(query, entity, options, requestId), REPEAT)
                        .thenCompose(acknowledged -> settled)
                        .thenAccept(all -> conclude(all, caller));
        return withinDeadline(
                        applied,
                        caller,
                        "the message is accepted but not yet applied, or not acknowledged: it will"
                                + " be applied, or found in the dead-letter topic, if Kafka has it")
                .whenComplete((done, failure) -> waits.forget(requestId));
    }

    private ProducerRecord<byte[], byte[]> message(
            Query query, EntitySchema entity, PersistOptions options, @Nullable String requestId) {
        Long given = options.eventTimeMillis();
        long eventTimeMillis = given == null ? clock.millis() : given;
        return FeatureMessage.record(
                settings.topic(),
                query,
                entity,
                eventTimeMillis,
                options.schemaVersion(),
                requestId);
    }

    private static void conclude(Settled all, CallerContext caller) {
        caller.trailers().put(CallHeaders.APPLIED_POSITION, all.positions().toString());
        if (all.rejected() > 0) {
            throw new ServingException(
                    Kind.INVALID, all.rejected() + " units are rejected: " + all.rejections());
        }
    }

    private CompletableFuture<Void> withinDeadline(
            CompletableFuture<Void> persisted, CallerContext caller, String meaning) {
        long left = Duration.between(clock.instant(), caller.deadline()).toNanos();
        return persisted
                .orTimeout(Math.max(left, 1), TimeUnit.NANOSECONDS)
                .exceptionallyCompose(
                        failure ->
                                CompletableFuture.failedFuture(
                                        causeOf(failure) instanceof TimeoutException
                                                ? new ServingException(Kind.DEADLINE, meaning)
                                                : failure));
    }

    /** Unknown names arrive as the peer sends them; what is wrong with the shape is said so. */
    private static StatusRuntimeException statusOf(Throwable failure) {
        return causeOf(failure) instanceof ServingException serving
                        && serving.kind() == Kind.NOT_FOUND
                ? StatusMapping.toPeerStatus(serving)
                : StatusMapping.toStatus(failure);
    }

    private static Throwable causeOf(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }
}
