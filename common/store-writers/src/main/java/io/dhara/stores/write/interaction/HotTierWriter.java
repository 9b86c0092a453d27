package io.dhara.stores.write.interaction;

import io.dhara.core.interaction.Interaction;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Writes one user's sorted sets and marker, each call atomic per user. All effects are unions or
 * guarded by the epoch, so a repeat is harmless. Safe to call from one thread at a time;
 * completions arrive on a thread of the writer and fail if the store did not answer: then the call
 * may or may not have had its effect and is to be repeated.
 */
public interface HotTierWriter extends AutoCloseable {

    /**
     * Interactions of a user's open session.
     *
     * @param epoch of the open session; grows with every session of the user and with every attempt
     *     of the job
     * @param continues whether an earlier add of this epoch was acknowledged: then the marker must
     *     be there
     * @param interactions stored ones only; may be empty, as of an app-open
     */
    record HotAdd(String userId, long epoch, boolean continues, List<Interaction> interactions) {
        public HotAdd {
            interactions = List.copyOf(interactions);
        }
    }

    /** What the marker said after an add. */
    enum Added {
        /** Complete: readers need nothing else. */
        HOT,
        /** History is still to be loaded. */
        LOADING,
        /** As LOADING, but the marker should have been there: the tier has lost this user. */
        LOST
    }

    /**
     * Adds interactions, trims each set to its type's limit, takes over the epoch if it is newer,
     * and renews the time to live.
     *
     * @param adds at most one per user
     * @return one per add, in order
     */
    CompletionStage<List<Added>> add(List<HotAdd> adds);

    /**
     * Unites loaded history with the sets and marks them hot, if the marker still is LOADING under
     * this epoch.
     *
     * @return whether it was; if not, the load is out of date and has no effect
     */
    CompletionStage<Boolean> load(String userId, long epoch, List<Interaction> history);

    /**
     * Removes a user's sets and marker after a flush, if the epoch is still this one.
     *
     * @return whether it was
     */
    CompletionStage<Boolean> close(String userId, long epoch);

    /** Removes a user's sets and marker whatever they say. */
    CompletionStage<Void> erase(String userId);

    /**
     * Looks whether the tier still holds everything that this part of the job wrote: it does not
     * after a flush of everything, a restart, a change of primary or a change of the number of
     * parts. If it does not, this part goes on under a new generation: its adds mark users with it,
     * and readers trust no marker of an older one.
     *
     * @return true if whole; false if everything is to be added again, and then {@link #establish}
     */
    CompletionStage<Boolean> isWhole();

    /**
     * Says that everything of this part of the job is in the tier again. Readers trust the tier
     * once all parts have said so.
     */
    CompletionStage<Void> establish();

    @Override
    void close();
}
