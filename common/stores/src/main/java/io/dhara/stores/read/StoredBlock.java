package io.dhara.stores.read;

import org.jspecify.annotations.Nullable;

/**
 * What a store holds for one key and one group.
 *
 * @param block the PSDB block as stored (header and payload, maybe compressed); null when nothing
 *     is stored. Not copied, must not be changed
 * @param writeTimeMicros event time of the write, epoch microseconds as given to the store; 0 when
 *     unknown or nothing is stored
 */
public record StoredBlock(byte @Nullable [] block, long writeTimeMicros) {
    public static final StoredBlock ABSENT = new StoredBlock(null, 0);
}
