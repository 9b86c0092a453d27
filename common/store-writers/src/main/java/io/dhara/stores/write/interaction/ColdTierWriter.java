package io.dhara.stores.write.interaction;

import io.dhara.core.interaction.Interaction;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Unites interactions with a user's week blocks. One flush is {@link #prepare} and then {@link
 * Prepared#write}; between the two the caller may make known what is new. One writer per user at a
 * time; different users run side by side. Completions arrive on a driver thread.
 */
public interface ColdTierWriter extends AutoCloseable {

    /** Week blocks read and united, not yet written. */
    interface Prepared {
        /** Of the interactions given, those that the cold tier did not have, newest first. */
        List<Interaction> added();

        /** Interactions, old or new, that exceed the week limit and are not kept. */
        int trimmed();

        /**
         * Writes what changed: first one UPDATE of the counts of every touched type, then one of
         * every touched table of blocks. Nothing if nothing changed.
         *
         * @param writeTimeMicros grows with every flush of the user; epoch microseconds
         * @return number of UPDATEs. Fails with {@link NewerCellException} if a cell to be written
         *     is not older; with {@link HiddenWriteException} if a deletion hides one; with {@link
         *     ColdTierException} if the store did not take them all, and may then be repeated
         */
        CompletionStage<Integer> write(long writeTimeMicros);
    }

    /**
     * Reads every cell that the interactions belong to and unites.
     *
     * @param interactions of one user, stored types, in any order; may repeat
     * @param replace blocks that a {@link CorruptBlockException} named and that the caller has put
     *     aside: a cell which still has exactly these bytes counts as empty
     * @return fails with {@link CorruptBlockException} if a cell could not be decoded, with {@link
     *     ColdTierException} if one could not be read: nothing is ever written over what could not
     *     be read; with an IllegalArgumentException if these interactions cannot be stored at all
     */
    CompletionStage<Prepared> prepare(
            String userId, List<Interaction> interactions, Collection<CorruptBlock> replace);

    /** As above, replacing nothing. */
    default CompletionStage<Prepared> prepare(String userId, List<Interaction> interactions) {
        return prepare(userId, interactions, List.of());
    }

    /**
     * Deletes everything of a user, in the tables of all stored types, that was written up to this
     * time.
     *
     * @param writeTimeMicros epoch microseconds, included
     * @return fails with {@link ColdTierException} if the store did not take it, and may be
     *     repeated
     */
    CompletionStage<Void> erase(String userId, long writeTimeMicros);

    @Override
    void close();
}
