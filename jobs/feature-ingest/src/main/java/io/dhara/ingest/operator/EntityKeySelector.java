package io.dhara.ingest.operator;

import io.dhara.core.model.EntityKey;
import io.dhara.flink.sink.PendingWrite;
import io.dhara.stores.key.RedisKeys;
import org.apache.flink.api.java.functions.KeySelector;

/**
 * Partitions writes by entity key. The text is part of the state format: it decides who owns what.
 */
public final class EntityKeySelector implements KeySelector<PendingWrite, String> {
    private static final long serialVersionUID = 1L;

    @Override
    public String getKey(PendingWrite write) {
        return keyOf(write.write().key());
    }

    static String keyOf(EntityKey key) {
        return RedisKeys.text(key);
    }
}
