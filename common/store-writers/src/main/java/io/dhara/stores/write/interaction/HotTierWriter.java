package io.dhara.stores.write.interaction;

import io.dhara.core.interaction.Interaction;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Writes one user's sorted sets and marker, each call atomic per user. All effects are unions or
 * guarded by the epoch, so a repeat is harmless. Calls only hand over, take effect in the order
 * they were made, and may be made by any thread; completions arrive on a thread of the writer. A
 * call fails with a {@link HotTierException} if the store did not answer, or if too many wait: then
 * it may or may not have had its effect and is to be repeated.
 */
public interface HotTierWriter extends AutoCloseable {

    /**
     * Interactions of a user's open session.
     *
     * @param epoch of the open session; grows with every session of the user and with every attempt
     *     of the job
     * @param continues whether this writer has acknowledged an earlier add of this epoch, and
     *     neither {@link #close} nor {@link #erase} was called since: then the marker must be
     *     there. False for what was restored from a checkpoint
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

    /** Removes a user's sets and marker whatever they say. What follows is a new epoch. */
    CompletionStage<Void> erase(String userId);

    /**
     * Looks whether the tier still holds everything whose add was acknowledged to this part of the
     * job, or to the same part of an earlier attempt: it does not after a flush of everything, a
     * restart, a change of primary or a change of the number of parts, nor after {@link
     * Added#LOST}. If it does not, this part goes on under a new generation: its adds mark users
     * with it, and readers trust no marker of an older one. To be called once a second or so, also
     * while everything is added again: readers stop to trust the tier when nobody has called for
     * half a TTL.
     *
     * @return false if something was lost since the last call: then everything is to be added again
     *     from the beginning, and then {@link #establish}. Fails for good ("FENCED") if a newer
     *     attempt of the job writes this part
     */
    CompletionStage<Boolean> isWhole();

    /**
     * Says that everything of this part of the job is in the tier again. Readers trust the tier
     * once all parts have said so. Has no effect if the tier was lost once more since the last
     * {@link #isWhole}: the next one says so.
     */
    CompletionStage<Void> establish();

    @Override
    void close();
}
