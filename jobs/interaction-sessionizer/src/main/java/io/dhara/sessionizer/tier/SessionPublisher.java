package io.dhara.sessionizer.tier;

import io.dhara.proto.v1.SessionRecord;
import io.dhara.stores.write.interaction.CorruptBlock;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Makes closed sessions known. Completions arrive on a thread of the publisher, after the record is
 * kept.
 */
public interface SessionPublisher extends AutoCloseable {

    /**
     * @param parts of one session, at least one
     */
    CompletionStage<Void> publish(List<SessionRecord> parts);

    /** Keeps the bytes of blocks that are about to be replaced, as dead letters. */
    CompletionStage<Void> putAside(String userId, List<CorruptBlock> blocks);

    @Override
    void close();
}
