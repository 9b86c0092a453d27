package io.dhara.stores.write;

import io.dhara.core.model.EntityKey;

/**
 * One group of one key to be written.
 *
 * @param key entity key, values in sequence order
 * @param group label of the feature group
 * @param groupId its id inside the entity
 * @param storeId store the group routes to
 * @param writeTimeMicros event time of the write, made unique inside its millisecond by the
 *     record's offset: the store keeps the greatest
 * @param expiryEpochSeconds instant the block expires, as in its header; 0 for never
 * @param block the PSDB block
 */
public record BlockWrite(
        EntityKey key,
        String group,
        int groupId,
        String storeId,
        long writeTimeMicros,
        long expiryEpochSeconds,
        byte[] block) {}
