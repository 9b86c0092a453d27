package io.dhara.core.interaction;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The union of what a week slot holds and what came since. It depends on the sets alone: any order
 * of arrival, any repetition and any replay end in one and the same list.
 */
public final class InteractionMerge {

    /**
     * @param interactions what the slot holds from now on, {@link Interaction#NEWEST_FIRST}, one
     *     per identity
     * @param added those whose identity was not stored, newest first, also the ones that a limit
     *     left out again; none that is outside the {@link InteractionWindow}
     * @param trimmed how many, stored or added, were left out by the window or a limit
     * @param duplicates how many of the added brought no new identity
     * @param changed whether the slot must be written: {@code interactions} has one that was not
     *     stored, or a newer event time of one that was. Interactions that grew too old are left
     *     out of the list but are no reason to write
     */
    public record Result(
            List<Interaction> interactions,
            List<Interaction> added,
            int trimmed,
            int duplicates,
            boolean changed) {
        public Result {
            interactions = List.copyOf(interactions);
            added = List.copyOf(added);
        }
    }

    private InteractionMerge() {}

    /**
     * Joins two lists of one user, type and slot. Of several with one {@link InteractionIdentity}
     * the newest event time wins, then the first in {@link Interaction#NEWEST_FIRST}. Single
     * interactions outside the window are left out; per calendar week the newest {@link
     * InteractionType#weekLimit()} are kept, and of all the newest that a block can hold, by number
     * and by {@link InteractionBlock#MERGED_BODY_LENGTH}.
     *
     * <p>Sorts the added ones once and walks both lists once.
     *
     * @param stored what was read from the slot; need not be in order
     * @param added in any order, with or without repetitions
     */
    public static Result union(
            InteractionType type,
            List<Interaction> stored,
            Collection<Interaction> added,
            long nowMillis) {
        return union(type, stored, added, nowMillis, Interaction.NEWEST_FIRST);
    }

    /**
     * @param newestFirst lets a test count comparisons
     */
    static Result union(
            InteractionType type,
            List<Interaction> stored,
            Collection<Interaction> added,
            long nowMillis,
            Comparator<Interaction> newestFirst) {
        List<Interaction> before = inOrder(stored, newestFirst);
        List<Interaction> fresh = inOrder(added, newestFirst);
        Set<InteractionIdentity> known = new HashSet<>();
        before.forEach(interaction -> known.add(InteractionIdentity.of(interaction)));

        Walk walk = new Walk(type, nowMillis, known);
        int b = 0;
        int f = 0;
        while (b < before.size() || f < fresh.size()) {
            // of two equal ones the stored comes first, so that the other is the duplicate
            if (f == fresh.size()
                    || b < before.size() && newestFirst.compare(before.get(b), fresh.get(f)) <= 0) {
                walk.stored(before.get(b++));
            } else {
                walk.added(fresh.get(f++));
            }
        }
        return walk.result();
    }

    private static List<Interaction> inOrder(
            Collection<Interaction> interactions, Comparator<Interaction> newestFirst) {
        List<Interaction> sorted = new ArrayList<>(interactions);
        sorted.sort(newestFirst); // one pass over a list that is in order already
        return sorted;
    }

    /** Takes interactions newest first and keeps what is to be kept. */
    private static final class Walk {
        private final InteractionType type;
        private final long nowMillis;
        private final Set<InteractionIdentity> known;
        private final Set<InteractionIdentity> seen = new HashSet<>();
        private final List<Interaction> kept = new ArrayList<>();
        private final List<Interaction> newcomers = new ArrayList<>();
        private long weekStartMillis = Long.MAX_VALUE;
        private int ofWeek;
        private boolean full;
        private long bodyLength;
        private int trimmed;
        private int duplicates;
        private boolean changed;

        Walk(InteractionType type, long nowMillis, Set<InteractionIdentity> known) {
            this.type = type;
            this.nowMillis = nowMillis;
            this.known = known;
        }

        void stored(Interaction interaction) {
            if (!InteractionWindow.contains(interaction.eventTimeMillis(), nowMillis)) {
                trimmed++;
            } else if (seen.add(InteractionIdentity.of(interaction))) {
                keep(interaction);
            }
        }

        void added(Interaction interaction) {
            if (!InteractionWindow.contains(interaction.eventTimeMillis(), nowMillis)) {
                trimmed++;
                return;
            }
            InteractionIdentity identity = InteractionIdentity.of(interaction);
            boolean first = seen.add(identity);
            if (first && !known.contains(identity)) {
                newcomers.add(interaction);
            } else {
                duplicates++;
            }
            if (first) {
                changed |= keep(interaction);
            }
        }

        private boolean keep(Interaction interaction) {
            long week = WeekSlots.ISO_WEEK.weekStartMillis(interaction.eventTimeMillis());
            if (week != weekStartMillis) {
                weekStartMillis = week;
                ofWeek = 0;
            }
            if (!full && ofWeek < type.weekLimit()) {
                bodyLength += InteractionLimits.bodyLength(interaction);
                full =
                        kept.size() == InteractionBlock.maxEvents(type)
                                || bodyLength > InteractionBlock.MERGED_BODY_LENGTH;
                if (!full) {
                    ofWeek++;
                    kept.add(interaction);
                    return true;
                }
            }
            trimmed++;
            return false;
        }

        Result result() {
            return new Result(kept, newcomers, trimmed, duplicates, changed);
        }
    }
}
