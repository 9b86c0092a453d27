package io.dhara.sessionizer.tier;

import io.dhara.core.interaction.Interaction;
import io.dhara.stores.write.interaction.HotTierWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A hot tier in memory, shared by the attempts of a job; a {@link Gate} decides what answers. */
public final class ManualHotTier {
    /** One user's marker and sets. */
    public static final class Keys {
        long epoch;
        long generation;
        boolean hot;
        final TreeSet<Interaction> interactions =
                new TreeSet<>(Interaction.NEWEST_FIRST.thenComparing(Interaction::type));
    }

    private final Gate gate;
    private final Map<String, Keys> users = new HashMap<>();
    private long generation = 1;
    private boolean lossNotTold = true;
    private boolean established;

    public ManualHotTier(Gate gate) {
        this.gate = gate;
    }

    /** Everything is gone, as after a restart without a disk. */
    public void lose() {
        users.clear();
        takeGeneration();
    }

    /** One user's keys are gone, as after an eviction. */
    public void evict(String userId) {
        users.remove(userId);
    }

    private void takeGeneration() {
        generation++;
        lossNotTold = true;
        established = false;
    }

    public boolean isEstablished() {
        return established;
    }

    public boolean has(String userId) {
        return users.containsKey(userId);
    }

    /** Whether a reader needs nothing else. */
    public boolean isHot(String userId) {
        Keys keys = users.get(userId);
        return keys != null && keys.hot && keys.generation == generation && established;
    }

    public long epoch(String userId) {
        return users.get(userId).epoch;
    }

    /** Newest first. */
    public List<Interaction> interactions(String userId) {
        Keys keys = users.get(userId);
        return keys == null ? List.of() : List.copyOf(keys.interactions);
    }

    public List<Long> times(String userId) {
        return interactions(userId).stream().map(Interaction::eventTimeMillis).toList();
    }

    public List<String> userIds() {
        return List.copyOf(users.keySet());
    }

    /** What one subtask writes through. */
    public HotTierWriter writer() {
        return new Writer();
    }

    private final class Writer implements HotTierWriter {
        @Override
        public CompletionStage<List<Added>> add(List<HotAdd> adds) {
            List<String> whom = adds.stream().map(HotAdd::userId).toList();
            return gate.pass(
                    "add",
                    String.join(",", whom),
                    () -> {
                        List<Added> answers = new ArrayList<>();
                        adds.forEach(add -> answers.add(addOne(add)));
                        return CompletableFuture.completedFuture(answers);
                    });
        }

        private Added addOne(HotAdd add) {
            Keys keys = users.get(add.userId());
            boolean lost = keys == null && add.continues();
            if (lost) {
                takeGeneration();
            }
            if (keys == null || keys.generation != generation) {
                Keys taken = new Keys();
                if (keys != null) {
                    taken.interactions.addAll(keys.interactions);
                }
                taken.generation = generation;
                taken.epoch = add.epoch();
                users.put(add.userId(), taken);
                keys = taken;
            }
            keys.epoch = Math.max(keys.epoch, add.epoch());
            keys.interactions.addAll(add.interactions());
            return lost ? Added.LOST : keys.hot ? Added.HOT : Added.LOADING;
        }

        @Override
        public CompletionStage<Boolean> load(String userId, long epoch, List<Interaction> history) {
            return gate.pass(
                    "load",
                    userId,
                    () -> {
                        Keys keys = users.get(userId);
                        boolean taken =
                                keys != null
                                        && !keys.hot
                                        && keys.epoch == epoch
                                        && keys.generation == generation;
                        if (taken) {
                            keys.interactions.addAll(history);
                            keys.hot = true;
                        }
                        return CompletableFuture.completedFuture(taken);
                    });
        }

        @Override
        public CompletionStage<Boolean> close(String userId, long epoch) {
            return gate.pass(
                    "close",
                    userId,
                    () -> {
                        Keys keys = users.get(userId);
                        boolean same = keys != null && keys.epoch == epoch;
                        if (same) {
                            users.remove(userId);
                        }
                        return CompletableFuture.completedFuture(same);
                    });
        }

        @Override
        public CompletionStage<Void> erase(String userId) {
            return gate.pass(
                    "erase-hot",
                    userId,
                    () -> {
                        users.remove(userId);
                        return CompletableFuture.completedFuture(null);
                    });
        }

        @Override
        public CompletionStage<Boolean> isWhole() {
            return gate.pass(
                    "isWhole",
                    "",
                    () -> {
                        boolean whole = !lossNotTold;
                        lossNotTold = false;
                        return CompletableFuture.completedFuture(whole);
                    });
        }

        @Override
        public CompletionStage<Void> establish() {
            return gate.pass(
                    "establish",
                    "",
                    () -> {
                        established |= !lossNotTold;
                        return CompletableFuture.completedFuture(null);
                    });
        }

        @Override
        public void close() {}
    }
}
