package io.dhara.stores.interaction;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Reads history from the week blocks of the cold tier. Thread-safe. */
public interface ColdTierReader extends AutoCloseable {

    /**
     * The newest interactions of each type in range. Does not depend on which slot function wrote
     * them: asks for every slot that a week of the range can live in, filters by time and sorts.
     *
     * @param deadline after which the answer is useless; handed down to the driver
     * @return one per type, in the query's order; fails with {@link
     *     io.dhara.stores.read.StoreReadException} if any cell could not be read. Completed on a
     *     driver thread
     */
    CompletionStage<List<TypeInteractions>> read(
            String userId, InteractionQuery query, Instant deadline);

    @Override
    void close();
}
