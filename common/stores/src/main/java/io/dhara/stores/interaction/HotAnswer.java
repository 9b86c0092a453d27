package io.dhara.stores.interaction;

import java.util.List;

/**
 * What the hot tier knew of a user at one instant.
 *
 * @param state what the user's marker says
 * @param established whether everything that is not in the cold tier is in the sets: false while
 *     the tier is being rebuilt after a loss, when no job has ever filled it, when keys of this
 *     user were evicted, and when the range reaches beyond what the tier keeps of an open session.
 *     If false, the union with the cold tier may lack the newest interactions
 * @param lists one per type of the query, in its order
 */
public record HotAnswer(State state, boolean established, List<TypeInteractions> lists) {

    /** What the user's marker says. */
    public enum State {
        /** No marker: the cold tier has everything, if established. */
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
