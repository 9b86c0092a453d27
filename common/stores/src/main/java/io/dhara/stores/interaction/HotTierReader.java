package io.dhara.stores.interaction;

import java.time.Instant;
import java.util.concurrent.CompletionStage;

/** Reads open sessions from the hot tier. Thread-safe; closed by whoever opened it. */
public interface HotTierReader extends AutoCloseable {

    /**
     * One user's marker and sorted sets as of one instant.
     *
     * @param deadline after which the answer is useless; handed down to the driver
     * @return fails with {@link io.dhara.stores.read.StoreReadException} if the store does not
     *     answer. Completed on a driver thread
     */
    CompletionStage<HotAnswer> read(String userId, InteractionQuery query, Instant deadline);

    @Override
    void close();
}
