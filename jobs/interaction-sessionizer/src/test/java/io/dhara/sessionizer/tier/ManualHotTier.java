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
    private Beacon beacon = Beacon.ABSENT;
    private long generation;
    private int writers;

    private enum Beacon {
        ABSENT,
        BUILDING,
        WHOLE
    }

    public ManualHotTier(Gate gate) {
        this.gate = gate;
    }

    /** Everything is gone, as after a restart without a disk. */
    public void lose() {
        users.clear();
        beacon = Beacon.ABSENT;
    }

    /** One user's keys are gone, as after an eviction. */
    public void evict(String userId) {
        users.remove(userId);
    }

    public boolean isEstablished() {
        return beacon == Beacon.WHOLE;
    }

    public boolean has(String userId) {
        return users.containsKey(userId);
    }

    /** Whether a reader needs nothing else. */
    public boolean isHot(String userId) {
        Keys keys = users.get(userId);
        return keys != null && keys.hot && keys.generation == generation && isEstablished();
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
        private final int number = ++writers;
        private long own;
        private boolean userLost;
        private boolean lossNotTold;

        /** As the script on the beacon: a newer attempt's writer fences this one. */
        private void look() {
            if (number < writers) {
                throw new IllegalStateException("FENCED");
            }
            boolean intact =
                    beacon != Beacon.ABSENT && !userLost && (own == 0 || own == generation);
            if (intact) {
                // what a former attempt had begun to rebuild is to be added from the beginning
                lossNotTold |= own == 0 && beacon == Beacon.BUILDING;
                own = generation;
                return;
            }
            own = ++generation;
            beacon = Beacon.BUILDING;
            userLost = false;
            lossNotTold = true;
        }

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
            if (own == 0) {
                look();
            }
            Keys keys = users.get(add.userId());
            boolean lost = keys == null && add.continues();
            if (lost) {
                userLost = true;
                look();
            }
            if (keys == null || own > keys.generation) {
                Keys taken = new Keys();
                if (keys != null) {
                    taken.interactions.addAll(keys.interactions);
                }
                taken.generation = own;
                taken.epoch = keys == null ? add.epoch() : keys.epoch;
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
                                        && keys.generation == own;
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
                        look();
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
                        look();
                        if (!lossNotTold) {
                            beacon = Beacon.WHOLE;
                        }
                        return CompletableFuture.completedFuture(null);
                    });
        }

        @Override
        public void close() {}
    }
}
