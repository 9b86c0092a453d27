package io.dhara.stores.interaction;

import java.util.List;

/**
 * What the hot tier knew of a user at one instant.
 *
 * @param state what the user's marker says
 * @param established whether the tier as a whole is whole: false while it is being rebuilt after a
 *     loss, or when no job has ever filled it
 * @param lists one per type of the query, in its order
 */
public record HotAnswer(State state, boolean established, List<TypeInteractions> lists) {

    /** What the user's marker says. */
    public enum State {
        /** No marker: the cold tier has everything. */
        ABSENT,
        /** The sets have what came since the session began; history is only in the cold tier. */
        LOADING,
        /** The sets have the newest of all. */
        HOT
    }

    public HotAnswer {
        lists = List.copyOf(lists);
    }
}
