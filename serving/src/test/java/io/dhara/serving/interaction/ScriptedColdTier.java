package io.dhara.serving.interaction;

import io.dhara.core.interaction.Interaction;
import io.dhara.core.interaction.InteractionType;
import io.dhara.stores.interaction.ColdTierReader;
import io.dhara.stores.interaction.InteractionQuery;
import io.dhara.stores.interaction.TypeInteractions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A cold tier that answers what the test says, when the test says. */
final class ScriptedColdTier implements ColdTierReader {

    /** A question to a tier. */
    record Asked(String tier, String userId, InteractionQuery query, Instant deadline) {}

    private final Map<String, List<Interaction>> history = new HashMap<>();
    private CompletableFuture<Void> gate = CompletableFuture.completedFuture(null);

    private final Set<String> corrupt = new HashSet<>();

    final List<Asked> asked;

    ScriptedColdTier(List<Asked> asked) {
        this.asked = asked;
    }

    synchronized void put(Interaction... interactions) {
        for (Interaction interaction : interactions) {
            history.computeIfAbsent(
                            interaction.userId() + interaction.type(), key -> new ArrayList<>())
                    .add(interaction);
        }
    }

    /** A block of this type cannot be decoded. */
    synchronized void corrupt(String userId, String type) {
        corrupt.add(userId + type);
    }

    /** Answers wait for this one from now on; it may fail. */
    synchronized void answerAfter(CompletableFuture<Void> next) {
        gate = next;
    }

    static List<Interaction> newest(List<Interaction> all, InteractionQuery query) {
        return all.stream()
                .filter(i -> i.eventTimeMillis() >= query.fromMillis())
                .filter(i -> i.eventTimeMillis() <= query.toMillis())
                .sorted(Interaction.NEWEST_FIRST)
                .limit(query.limit())
                .toList();
    }

    @Override
    public synchronized CompletionStage<List<TypeInteractions>> read(
            String userId, InteractionQuery query, Instant deadline) {
        asked.add(new Asked("cold", userId, query, deadline));
        List<TypeInteractions> lists = new ArrayList<>();
        for (InteractionType type : query.types()) {
            lists.add(
                    new TypeInteractions(
                            newest(history.getOrDefault(userId + type.name(), List.of()), query),
                            !corrupt.contains(userId + type.name())));
        }
        return gate.thenApply(open -> lists);
    }

    @Override
    public void close() {}
}
