package io.dhara.serving.feature;

import io.dhara.core.model.FeatureGroupSchema;
import org.jspecify.annotations.Nullable;

/**
 * What was read for one group of one key: a stored block with what its header says, or why there is
 * none. Immutable; may be shared between requests.
 */
final class GroupRead {

    /** How the read of one group of one key ended. */
    enum Outcome {
        /** A block with a sound header; whether it is fresh is for the clock to say. */
        STORED,
        /** Nothing is stored. */
        ABSENT,
        /** The store could not answer. */
        STORE_ERROR,
        /** The store did not answer in time. */
        LATE,
        /** Something is stored that is no block. */
        CORRUPT
    }

    static final GroupRead ABSENT = new GroupRead(Outcome.ABSENT, null, 0, 0, 0);
    static final GroupRead STORE_ERROR = new GroupRead(Outcome.STORE_ERROR, null, 0, 0, 0);
    static final GroupRead LATE = new GroupRead(Outcome.LATE, null, 0, 0, 0);
    static final GroupRead CORRUPT = new GroupRead(Outcome.CORRUPT, null, 0, 0, 0);

    private final Outcome outcome;
    private final byte @Nullable [] block;
    private final long writeTimeMicros;
    private final int schemaVersion;
    private final long headerExpirySeconds;

    private GroupRead(
            Outcome outcome,
            byte @Nullable [] block,
            long writeTimeMicros,
            int schemaVersion,
            long headerExpirySeconds) {
        this.outcome = outcome;
        this.block = block;
        this.writeTimeMicros = writeTimeMicros;
        this.schemaVersion = schemaVersion;
        this.headerExpirySeconds = headerExpirySeconds;
    }

    /**
     * @param block header and payload, maybe compressed. Not copied
     * @param writeTimeMicros event time of the write; 0 when unknown
     * @param headerExpirySeconds expiry of the header, epoch seconds; 0 for never
     */
    static GroupRead stored(
            byte[] block, long writeTimeMicros, int schemaVersion, long headerExpirySeconds) {
        return new GroupRead(
                Outcome.STORED, block, writeTimeMicros, schemaVersion, headerExpirySeconds);
    }

    Outcome outcome() {
        return outcome;
    }

    /** The block of a {@link Outcome#STORED} read. Do not change it. */
    byte[] block() {
        if (block == null) {
            throw new IllegalStateException("no block: the read ended " + outcome);
        }
        return block;
    }

    /** Event time of the write, epoch microseconds; 0 when unknown or nothing is stored. */
    long writeTimeMicros() {
        return writeTimeMicros;
    }

    /** Schema version the block was written with; 0 when nothing is stored. */
    int schemaVersion() {
        return schemaVersion;
    }

    /**
     * When the block ends under the group's settings of today: write time plus today's TTL, so that
     * a TTL edit applies to old blocks; the header's expiry where the write time is not known.
     *
     * @return epoch seconds; 0 for never
     */
    long expirySeconds(FeatureGroupSchema group) {
        if (writeTimeMicros == 0) {
            return headerExpirySeconds;
        }
        long ttl = group.ttl().toSeconds();
        return ttl == 0 ? 0 : Math.floorDiv(writeTimeMicros, 1_000_000L) + ttl;
    }

    /**
     * Whether the block has ended at this instant: strictly after its expiry, to the millisecond.
     */
    boolean isExpired(FeatureGroupSchema group, long nowMillis) {
        long expiry = expirySeconds(group);
        return expiry != 0 && nowMillis > expiry * 1000;
    }
}
