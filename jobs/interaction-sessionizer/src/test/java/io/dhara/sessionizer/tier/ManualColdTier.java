package io.dhara.sessionizer.tier;

import io.dhara.core.interaction.Interaction;
import io.dhara.core.interaction.InteractionIdentity;
import io.dhara.core.interaction.InteractionType;
import io.dhara.stores.interaction.ColdTierReader;
import io.dhara.stores.interaction.InteractionQuery;
import io.dhara.stores.interaction.TypeInteractions;
import io.dhara.stores.write.interaction.ColdTierWriter;
import io.dhara.stores.write.interaction.CorruptBlock;
import io.dhara.stores.write.interaction.CorruptBlockException;
import io.dhara.stores.write.interaction.NewerCellException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A cold tier in memory, one cell per user: what is written replaces what was there, so a writer
 * that does not read first loses something. A {@link Gate} decides what answers.
 */
public final class ManualColdTier {
    private record Cell(long writeTimeMicros, List<Interaction> interactions) {}

    private final Gate gate;
    private final Map<String, Cell> cells = new HashMap<>();
    private final Map<String, CorruptBlock> corrupt = new HashMap<>();
    private int updates;

    public ManualColdTier(Gate gate) {
        this.gate = gate;
    }

    /** Newest first. */
    public List<Interaction> interactions(String userId) {
        Cell cell = cells.get(userId);
        return cell == null ? List.of() : cell.interactions();
    }

    public List<Long> times(String userId) {
        return interactions(userId).stream().map(Interaction::eventTimeMillis).toList();
    }

    /** As left there by an earlier job. */
    public void put(String userId, Interaction... interactions) {
        List<Interaction> sorted = new ArrayList<>(List.of(interactions));
        sorted.sort(Interaction.NEWEST_FIRST);
        cells.put(userId, new Cell(0, sorted));
    }

    public void corrupt(String userId, CorruptBlock block) {
        corrupt.put(userId, block);
    }

    public void repair(String userId) {
        corrupt.remove(userId);
    }

    /** Writes that changed something. */
    public int updates() {
        return updates;
    }

    public ColdTierWriter writer() {
        return new Writer();
    }

    public ColdTierReader reader() {
        return new Reader();
    }

    private final class Writer implements ColdTierWriter {
        @Override
        public CompletionStage<Prepared> prepare(
                String userId, List<Interaction> interactions, Collection<CorruptBlock> replace) {
            return gate.pass("prepare", userId, () -> prepared(userId, interactions, replace));
        }

        private CompletionStage<Prepared> prepared(
                String userId, List<Interaction> interactions, Collection<CorruptBlock> replace) {
            CorruptBlock block = corrupt.get(userId);
            if (block != null && !replace.contains(block)) {
                return CompletableFuture.failedFuture(new CorruptBlockException(List.of(block)));
            }
            Map<InteractionIdentity, Interaction> union = new LinkedHashMap<>();
            interactions(userId).forEach(i -> union.put(InteractionIdentity.of(i), i));
            List<Interaction> added = new ArrayList<>();
            boolean changed = false;
            for (Interaction interaction : interactions) {
                Interaction known = union.get(InteractionIdentity.of(interaction));
                if (known == null) {
                    added.add(interaction);
                }
                if (known == null || known.eventTimeMillis() < interaction.eventTimeMillis()) {
                    union.put(InteractionIdentity.of(interaction), interaction);
                    changed = true;
                }
            }
            List<Interaction> sorted = new ArrayList<>(union.values());
            sorted.sort(Interaction.NEWEST_FIRST);
            added.sort(Interaction.NEWEST_FIRST);
            return CompletableFuture.completedFuture(new Union(userId, sorted, added, changed));
        }

        @Override
        public CompletionStage<Void> erase(String userId, long writeTimeMicros) {
            return gate.pass(
                    "erase-cold",
                    userId,
                    () -> {
                        cells.put(userId, new Cell(writeTimeMicros, List.of()));
                        return CompletableFuture.completedFuture(null);
                    });
        }

        @Override
        public void close() {}
    }

    private final class Union implements ColdTierWriter.Prepared {
        private final String userId;
        private final List<Interaction> union;
        private final List<Interaction> added;
        private final boolean changed;

        Union(String userId, List<Interaction> union, List<Interaction> added, boolean changed) {
            this.userId = userId;
            this.union = union;
            this.added = added;
            this.changed = changed;
        }

        @Override
        public List<Interaction> added() {
            return added;
        }

        @Override
        public int trimmed() {
            return 0;
        }

        @Override
        public CompletionStage<Integer> write(long writeTimeMicros) {
            if (!changed) {
                return CompletableFuture.completedFuture(0);
            }
            return gate.pass("write", userId, () -> written(writeTimeMicros));
        }

        private CompletionStage<Integer> written(long writeTimeMicros) {
            Cell cell = cells.get(userId);
            if (cell != null && cell.writeTimeMicros() >= writeTimeMicros) {
                return CompletableFuture.failedFuture(
                        new NewerCellException(userId, cell.writeTimeMicros(), writeTimeMicros));
            }
            cells.put(userId, new Cell(writeTimeMicros, union));
            corrupt.remove(userId);
            updates++;
            return CompletableFuture.completedFuture(1);
        }
    }

    private final class Reader implements ColdTierReader {
        @Override
        public CompletionStage<List<TypeInteractions>> read(
                String userId, InteractionQuery query, Instant deadline) {
            return gate.pass(
                    "history",
                    userId,
                    () -> {
                        List<TypeInteractions> lists = new ArrayList<>();
                        for (InteractionType type : query.types()) {
                            lists.add(
                                    new TypeInteractions(
                                            interactions(userId).stream()
                                                    .filter(i -> i.type().equals(type.name()))
                                                    .limit(query.limit())
                                                    .toList(),
                                            isReadable(userId)));
                        }
                        return CompletableFuture.completedFuture(lists);
                    });
        }

        private boolean isReadable(String userId) {
            @Nullable CorruptBlock block = corrupt.get(userId);
            return block == null;
        }

        @Override
        public void close() {}
    }
}
