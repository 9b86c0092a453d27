package io.dhara.serving.feature;

import io.dhara.core.model.EntityKey;
import io.dhara.serving.grpc.ServingException;
import io.dhara.serving.grpc.ServingException.Kind;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Feature reads within this process, as the services make them. Thread-safe. */
public final class EntityReads {
    private final FeatureReads reads;
    private final ReadMeters meters;

    EntityReads(FeatureReads reads, ReadMeters meters) {
        this.reads = reads;
        this.meters = meters;
    }

    /**
     * Reads groups of distinct keys. Never fails because of a store; the answer says per cell what
     * happened. Completed on the caller's, a driver's, the registry's or a timer thread.
     *
     * @param groups as {@code dhara.v1.Features} takes them
     * @param keys each once, in the entity's key sequence order
     * @param deadline instant by which the answer has to be here
     * @throws ServingException for what is not in the registry, or keys of another length
     */
    public CompletionStage<EntityAnswer> read(
            String entity,
            List<GroupRequest> groups,
            List<EntityKey> keys,
            Instant deadline,
            boolean cacheBypassed) {
        ReadPlan plan = reads.plan(entity, groups, Dialect.DHARA);
        int parts = plan.entity().keys().size();
        for (EntityKey key : keys) {
            if (key.values().size() != parts) {
                throw new ServingException(
                        Kind.FAILED_PRECONDITION,
                        "entity %s has %d key columns now, a key has %d"
                                .formatted(entity, parts, key.values().size()));
            }
        }
        int[] rows = new int[keys.size()];
        Arrays.setAll(rows, row -> row);
        return reads.read(plan, new RequestedKeys(keys, rows), deadline, cacheBypassed)
                .thenApply(answer -> new EntityAnswer(answer, meters));
    }
}
