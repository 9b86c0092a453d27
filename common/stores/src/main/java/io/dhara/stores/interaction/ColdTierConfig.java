package io.dhara.stores.interaction;

import static java.util.Objects.requireNonNull;

import io.dhara.core.config.Settings;
import io.dhara.core.interaction.WeekSlots;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;

/**
 * How the cold tier's week slots are used; readers and writers of one keyspace are given the same.
 *
 * @param slots which slot a calendar week is written to; fixed when the tables are made
 * @param readSlots which slots a reader looks for a week in
 * @param trustCounts whether a slot without a count is empty, so that readers need not look. True
 *     only where BharatMLStack neither writes the tables nor has filled them: it writes a block
 *     first and may fail before its count. Counts that are wrong, but there, never change an answer
 * @param ttlSlack how long cells are kept beyond 24 weeks after the end of their newest event's
 *     week
 * @param onCorruptBlock what a flush does about a block that cannot be decoded
 */
public record ColdTierConfig(
        WeekSlots slots,
        ReadSlots readSlots,
        boolean trustCounts,
        Duration ttlSlack,
        OnCorruptBlock onCorruptBlock)
        implements Serializable {

    /** Which slots a reader looks for a week in. */
    public enum ReadSlots {
        /** The one that {@code interactions.slots} names. */
        CONFIGURED,
        /** Those of both slot functions, for tables that were moved from one to the other. */
        BOTH
    }

    /** What a flush does about a block that cannot be decoded. */
    public enum OnCorruptBlock {
        /** The flush is tried again until an operator has repaired or removed the cell. */
        HOLD,
        /** The bytes are dead-lettered, then the slot starts afresh. */
        REPLACE
    }

    private static final Duration DEFAULT_TTL_SLACK = Duration.ofDays(7);

    /** A TTL is seconds in an int and at most 20 years; this leaves room for the weeks. */
    private static final Duration MAX_TTL_SLACK = Duration.ofDays(3650);

    public ColdTierConfig {
        requireNonNull(slots, "slots is null");
        requireNonNull(readSlots, "readSlots is null");
        requireNonNull(onCorruptBlock, "onCorruptBlock is null");
        if (ttlSlack.isNegative() || ttlSlack.compareTo(MAX_TTL_SLACK) > 0) {
            throw new IllegalArgumentException(
                    "ttl-slack must be 0.." + MAX_TTL_SLACK.toDays() + " d: got " + ttlSlack);
        }
    }

    /** Reads {@code interactions.slots} and {@code interactions.cold.*}. */
    public static ColdTierConfig from(Settings settings) {
        Duration slack = settings.duration("interactions.cold.ttl-slack", DEFAULT_TTL_SLACK);
        if (slack.compareTo(MAX_TTL_SLACK) > 0) {
            settings.reject(
                    "interactions.cold.ttl-slack",
                    "must be at most " + MAX_TTL_SLACK.toDays() + " d: got " + slack);
            slack = DEFAULT_TTL_SLACK;
        }
        return new ColdTierConfig(
                settings.choice("interactions.slots", WeekSlots.ISO_WEEK),
                settings.choice("interactions.cold.read-slots", ReadSlots.CONFIGURED),
                settings.bool("interactions.cold.trust-counts", false),
                slack,
                settings.choice("interactions.cold.on-corrupt-block", OnCorruptBlock.HOLD));
    }

    /** The slot functions that a reader follows. */
    public List<WeekSlots> functionsToRead() {
        return switch (readSlots) {
            case CONFIGURED -> List.of(slots);
            case BOTH -> List.of(WeekSlots.values());
        };
    }
}
