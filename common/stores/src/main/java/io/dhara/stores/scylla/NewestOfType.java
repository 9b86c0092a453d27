package io.dhara.stores.scylla;

import io.dhara.core.interaction.Interaction;
import io.dhara.core.interaction.InteractionBlock;
import io.dhara.core.interaction.InteractionIdentity;
import io.dhara.core.interaction.InteractionType;
import io.dhara.core.psdb.PsdbFormatException;
import io.dhara.stores.interaction.TypeInteractions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds the newest interactions of one type: says which slots to ask for next, takes their blocks,
 * and knows when nothing in the other slots can be newer. Counts decide how much is asked for at
 * once and, where they are 0, what need not be asked for; else never what the answer is. Not
 * thread-safe.
 */
final class NewestOfType {
    /** The last round of asking takes all that is left, so there are at most this many. */
    static final int MAX_ROUNDS = 3;

    /** Instead of a count. */
    static final int UNKNOWN = -1;

    private final InteractionType type;
    private final String userId;
    private final Range range;
    private final int limit;
    private final SlotOrder order;
    private final Map<InteractionIdentity, Interaction> found = new HashMap<>();

    /** Slots before this index of the order are done with. */
    private int next;

    private int rounds;
    private boolean corrupt;

    /**
     * @param fromMillis event times, epoch milliseconds, included
     * @param toMillis included
     * @param nowMillis when it is
     */
    record Range(long fromMillis, long toMillis, long nowMillis) {
        boolean contains(Interaction interaction) {
            return interaction.eventTimeMillis() >= fromMillis
                    && interaction.eventTimeMillis() <= toMillis;
        }
    }

    NewestOfType(InteractionType type, String userId, Range range, int limit, SlotOrder order) {
        this.type = type;
        this.userId = userId;
        this.range = range;
        this.limit = limit;
        this.order = order;
    }

    /**
     * The slots to read next, newest first; none when the answer is known.
     *
     * @param counts expected interactions by slot; {@link #UNKNOWN} for a slot that must be read to
     *     know
     */
    List<Integer> ask(int[] counts) {
        rounds++;
        if (enough()) {
            return List.of();
        }
        List<Integer> slots = new ArrayList<>();
        boolean all = rounds >= MAX_ROUNDS;
        double wanted = (double) (limit - sure()) * rounds;
        double expected = 0;
        for (int i = next; i < order.size() && (all || expected < wanted); i++) {
            int count = counts[order.slot(i)];
            if (count != 0) {
                slots.add(order.slot(i));
                expected += Math.max(0, count) * share(i);
            }
        }
        return slots;
    }

    /** How much of the part of a slot's newest week that is over lies before the range's end. */
    private double share(int index) {
        long start = order.weekStartMillis(index);
        long end = Math.min(order.newestMillis(index), range.nowMillis());
        return end <= range.toMillis() || end <= start
                ? 1
                : (double) (range.toMillis() - start) / (end - start);
    }

    /**
     * Takes what was read, decoding no more of it than is needed.
     *
     * @param known slots that were read or are known to be empty
     * @param blocks of those slots that have one
     */
    void take(Set<Integer> known, Map<Integer, byte[]> blocks) {
        while (!enough() && known.contains(order.slot(next))) {
            byte[] block = blocks.get(order.slot(next));
            if (block != null) {
                add(block);
            }
            next++;
        }
    }

    private void add(byte[] block) {
        List<Interaction> stored;
        try {
            stored = InteractionBlock.decode(userId, type, block);
        } catch (PsdbFormatException e) {
            corrupt = true;
            return;
        }
        for (Interaction interaction : stored) {
            if (range.contains(interaction)) {
                found.merge(
                        InteractionIdentity.of(interaction),
                        interaction,
                        (a, b) -> Interaction.NEWEST_FIRST.compare(a, b) <= 0 ? a : b);
            }
        }
    }

    private boolean enough() {
        return next == order.size() || found.size() >= limit && sure() >= limit;
    }

    /** How many of those found are newer than anything in the slots that are left. */
    private int sure() {
        if (next == order.size()) {
            return found.size();
        }
        long newestLeft = order.newestMillis(next);
        int sure = 0;
        for (Interaction interaction : found.values()) {
            if (interaction.eventTimeMillis() > newestLeft) {
                sure++;
            }
        }
        return sure;
    }

    /** The answer, once {@link #ask} asks for nothing. */
    TypeInteractions answer() {
        List<Interaction> newestFirst = new ArrayList<>(found.values());
        newestFirst.sort(Interaction.NEWEST_FIRST);
        return new TypeInteractions(
                newestFirst.subList(0, Math.min(limit, newestFirst.size())), !corrupt);
    }
}
