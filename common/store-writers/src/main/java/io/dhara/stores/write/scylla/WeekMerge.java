package io.dhara.stores.write.scylla;

import com.datastax.oss.driver.api.core.cql.Row;
import io.dhara.core.interaction.Interaction;
import io.dhara.core.interaction.InteractionBlock;
import io.dhara.core.interaction.InteractionMerge;
import io.dhara.core.interaction.InteractionType;
import io.dhara.core.interaction.InteractionWindow;
import io.dhara.core.interaction.WeekSlots;
import io.dhara.core.psdb.PsdbFormatException;
import io.dhara.stores.interaction.ColdTierConfig;
import io.dhara.stores.scylla.WeekSelect;
import io.dhara.stores.scylla.WeekTables;
import io.dhara.stores.write.interaction.CorruptBlock;
import io.dhara.stores.write.interaction.CorruptBlockException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Unites one user's new interactions with the blocks read. Not thread-safe. */
final class WeekMerge {
    private static final Duration WEEK = Duration.ofDays(7);

    private final String userId;
    private final Collection<CorruptBlock> replace;
    private final ColdTierConfig config;
    private final long nowMillis;
    private final List<Read> reads = new ArrayList<>();
    private final List<CorruptBlock> corrupt = new ArrayList<>();
    private final List<Interaction> added = new ArrayList<>();
    private final List<WeekFlush> flushes = new ArrayList<>();
    private int trimmed;

    /** A select, whose type, and what is to be united with its slots. */
    record Read(InteractionType type, WeekSelect select, Map<Integer, List<Interaction>> bySlot) {}

    /** What the cold tier had not, and what is to be written. */
    record Union(List<Interaction> added, int trimmed, List<WeekFlush> flushes) {}

    WeekMerge(
            String userId,
            Map<InteractionType, List<Interaction>> byType,
            Collection<CorruptBlock> replace,
            ColdTierConfig config,
            long nowMillis) {
        this.userId = userId;
        this.replace = replace;
        this.config = config;
        this.nowMillis = nowMillis;
        byType.forEach(this::plan);
    }

    private void plan(InteractionType type, List<Interaction> interactions) {
        Map<Integer, List<Interaction>> bySlot = new TreeMap<>();
        for (Interaction interaction : interactions) {
            bySlot.computeIfAbsent(
                            config.slots().slot(interaction.eventTimeMillis()),
                            slot -> new ArrayList<>())
                    .add(interaction);
        }
        for (WeekSelect select : WeekSelect.covering(type, bySlot.keySet(), true).values()) {
            reads.add(new Read(type, select, bySlot));
        }
    }

    /** What must be read: one select per touched table. */
    List<Read> reads() {
        return reads;
    }

    /**
     * @param rows one per read, in order; null where the user has no row
     * @throws CorruptBlockException naming every touched block that cannot be decoded
     */
    Union union(List<@Nullable Row> rows) throws CorruptBlockException {
        for (int i = 0; i < reads.size(); i++) {
            unite(reads.get(i), rows.get(i));
        }
        if (!corrupt.isEmpty()) {
            throw new CorruptBlockException(corrupt);
        }
        added.sort(Interaction.NEWEST_FIRST);
        return new Union(List.copyOf(added), trimmed, flushes);
    }

    private void unite(Read read, @Nullable Row row) {
        Map<Integer, WeekFlush.Slot> changed = new TreeMap<>();
        for (int slot = read.select.first(); slot <= read.select.last(); slot++) {
            List<Interaction> fresh = read.bySlot.get(slot);
            if (fresh != null) {
                unite(read, slot, row, fresh, changed);
            }
        }
        if (!changed.isEmpty()) {
            flush(read.type).changed().putAll(changed);
        }
    }

    private void unite(
            Read read,
            int slot,
            @Nullable Row row,
            List<Interaction> fresh,
            Map<Integer, WeekFlush.Slot> changed) {
        int position = read.select.position(slot);
        ByteBuffer cell = row == null ? null : row.getByteBuffer(position);
        List<Interaction> stored = cell == null ? List.of() : decode(read, slot, cell);
        InteractionMerge.Result merged =
                InteractionMerge.union(read.type, stored, fresh, nowMillis);
        added.addAll(merged.added());
        trimmed += merged.trimmed();
        if (merged.changed()) {
            changed.put(
                    slot,
                    new WeekFlush.Slot(
                            InteractionBlock.encode(read.type, merged.interactions()),
                            merged.interactions().size(),
                            keptUntilMillis(merged.interactions().get(0)),
                            cell == null ? WeekFlush.Slot.NO_CELL : row.getLong(position + 1)));
        }
    }

    private List<Interaction> decode(Read read, int slot, ByteBuffer cell) {
        byte[] bytes = new byte[cell.remaining()];
        cell.duplicate().get(bytes);
        try {
            return InteractionBlock.decode(userId, read.type, bytes);
        } catch (PsdbFormatException e) {
            CorruptBlock block =
                    new CorruptBlock(
                            read.select.table(), WeekTables.column(slot), bytes, e.getMessage());
            if (!replace.contains(block)) {
                corrupt.add(block);
            }
            return List.of();
        }
    }

    /** End of the newest interaction's week, 24 weeks and the slack. */
    private long keptUntilMillis(Interaction newest) {
        return WeekSlots.ISO_WEEK.weekStartMillis(newest.eventTimeMillis())
                + WEEK.toMillis()
                + InteractionWindow.MAX_AGE.toMillis()
                + config.ttlSlack().toMillis();
    }

    private WeekFlush flush(InteractionType type) {
        for (WeekFlush flush : flushes) {
            if (flush.type().equals(type)) {
                return flush;
            }
        }
        WeekFlush fresh = new WeekFlush(type, new TreeMap<>());
        flushes.add(fresh);
        return fresh;
    }
}
