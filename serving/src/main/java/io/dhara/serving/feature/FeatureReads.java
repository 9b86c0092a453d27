package io.dhara.serving.feature;

import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.serving.grpc.CallerContext;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * One read from request to answer, shared by both APIs: plan, fetch, find schema versions, look at
 * the clock. Thread-safe.
 */
final class FeatureReads {
    private final Plans plans;
    private final FeatureReader reader;
    private final BlockVersions versions;
    private final FeatureReadSettings settings;
    private final Clock clock;

    FeatureReads(
            Plans plans,
            FeatureReader reader,
            BlockVersions versions,
            FeatureReadSettings settings,
            Clock clock) {
        this.plans = plans;
        this.reader = reader;
        this.versions = versions;
        this.settings = settings;
        this.clock = clock;
    }

    FeatureReadSettings settings() {
        return settings;
    }

    /** See {@link ReadPlanner#plan}. */
    ReadPlan plan(String entity, List<GroupRequest> groups, Dialect dialect) {
        return plans.plan(entity, groups, dialect);
    }

    /** See {@link RequestedKeys#of}. */
    RequestedKeys keys(ReadPlan plan, RequestedKeys.Source source) {
        return RequestedKeys.of(plan.entity(), source, settings.maxKeys());
    }

    /**
     * Fetches what the plan asks for. Never fails because of a store; the answer says per value
     * what happened. Completed on the caller's, a driver's, the registry's or a timer thread.
     */
    CompletionStage<Answer> read(ReadPlan plan, RequestedKeys keys, CallerContext caller) {
        return read(plan, keys, caller.deadline(), caller.cacheBypassed());
    }

    /** The same until another deadline. */
    CompletionStage<Answer> read(
            ReadPlan plan, RequestedKeys keys, Instant deadline, boolean cacheBypassed) {
        return reader.read(plan, keys.distinct(), storeDeadline(deadline), cacheBypassed)
                .thenCompose(
                        reads ->
                                versionsOf(plan, reads, deadline)
                                        .thenApply(newest -> answer(plan, keys, reads, newest)));
    }

    private Answer answer(
            ReadPlan plan, RequestedKeys keys, GroupRead[] reads, SchemaSnapshot newest) {
        return new Answer(plan, keys, reads, newest, clock.millis());
    }

    private Instant storeDeadline(Instant deadline) {
        Duration tenth = Duration.between(clock.instant(), deadline).dividedBy(10);
        Duration reserve = settings.answerReserve();
        return deadline.minus(tenth.compareTo(reserve) < 0 ? tenth : reserve);
    }

    /** Gives up waiting for the registry at the deadline: then a version stays unknown. */
    private CompletionStage<SchemaSnapshot> versionsOf(
            ReadPlan plan, GroupRead[] reads, Instant deadline) {
        CompletableFuture<SchemaSnapshot> newest =
                versions.snapshotFor(plan, reads).toCompletableFuture();
        if (newest.isDone()) {
            return newest;
        }
        long left = Duration.between(clock.instant(), storeDeadline(deadline)).toNanos();
        return newest.copy()
                .completeOnTimeout(plan.snapshot(), Math.max(left, 1), TimeUnit.NANOSECONDS);
    }
}
