package io.dhara.sessionizer.tier;

import io.dhara.core.interaction.Interaction;
import io.dhara.sessionizer.session.UserWork;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the tiers need of users' state. On the task's thread. */
public interface UserStates {

    /** Whether the user has events in no closed session. */
    boolean isOpen(String userId);

    /** Of the user's hot keys. */
    long epoch(String userId);

    /** As {@link #epoch}, after making sure that it is of this attempt of the job. */
    long ownEpoch(String userId);

    /** Gives the user's hot keys a new epoch, so that nothing of the former one has an effect. */
    long newEpoch(String userId);

    /** Stored interactions that may not be in the cold tier yet, in any order. */
    List<Interaction> unflushed(String userId);

    /** What comes next for the user in the tiers. */
    @Nullable UserWork firstWork(String userId);

    /** Forgets the first work. */
    void firstWorkDone(String userId);

    /** All users with pending events or with work. */
    List<String> unflushedUsers();
}
