package io.dhara.serving.interaction;

import io.dhara.core.interaction.Interaction;
import io.dhara.core.interaction.InteractionType;
import io.dhara.stores.interaction.HotAnswer;
import io.dhara.stores.interaction.HotAnswer.State;
import io.dhara.stores.interaction.HotTierReader;
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

/** A hot tier that answers what the test says, when the test says. */
final class ScriptedHotTier implements HotTierReader {
    private final Map<String, List<Interaction>> sets = new HashMap<>();
    private final Set<String> cut = new HashSet<>();
    private final Map<String, State> states = new HashMap<>();
    private boolean established = true;
    private CompletableFuture<Void> gate = CompletableFuture.completedFuture(null);

    /** Every question, as "hot" with its end, in a list that the tiers of a test share. */
    final List<ScriptedColdTier.Asked> asked;

    ScriptedHotTier(List<ScriptedColdTier.Asked> asked) {
        this.asked = asked;
    }

    synchronized void put(State state, String userId, Interaction... interactions) {
        states.put(userId, state);
        for (Interaction interaction : interactions) {
            sets.computeIfAbsent(userId + interaction.type(), key -> new ArrayList<>())
                    .add(interaction);
        }
    }

    synchronized void clear(String userId) {
        states.remove(userId);
        sets.keySet().removeIf(key -> key.startsWith(userId));
    }

    /** The set of this type says that it was trimmed. */
    synchronized void cut(String userId, String type) {
        cut.add(userId + type);
    }

    synchronized void rebuilding() {
        established = false;
    }

    /** Answers wait for this one from now on; it may fail. */
    synchronized void answerAfter(CompletableFuture<Void> next) {
        gate = next;
    }

    @Override
    public synchronized CompletionStage<HotAnswer> read(
            String userId, InteractionQuery query, Instant deadline) {
        asked.add(new ScriptedColdTier.Asked("hot", userId, query, deadline));
        List<TypeInteractions> lists = new ArrayList<>();
        for (InteractionType type : query.types()) {
            List<Interaction> found =
                    ScriptedColdTier.newest(
                            sets.getOrDefault(userId + type.name(), List.of()), query);
            lists.add(
                    new TypeInteractions(
                            found,
                            !cut.contains(userId + type.name()) || found.size() == query.limit()));
        }
        HotAnswer answer =
                new HotAnswer(states.getOrDefault(userId, State.ABSENT), established, lists);
        return gate.thenApply(open -> answer);
    }

    @Override
    public void close() {}
}
