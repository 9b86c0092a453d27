package io.dhara.sessionizer.event;

import static java.util.Objects.requireNonNull;

import io.dhara.core.interaction.InteractionTypes;
import java.io.Serializable;

/**
 * Which events are accepted.
 *
 * @param types the types there are
 * @param maxRecordBytes longest value of a record
 * @param maxDetailsPerOrder most order details of a record
 * @param maxUserIdBytes longest user id, in UTF-8
 */
public record EventRules(
        InteractionTypes types, int maxRecordBytes, int maxDetailsPerOrder, int maxUserIdBytes)
        implements Serializable {

    public static final int DEFAULT_MAX_RECORD_BYTES = 1 << 20;
    public static final int DEFAULT_MAX_DETAILS_PER_ORDER = 1000;
    public static final int DEFAULT_MAX_USER_ID_BYTES = 1 << 10;

    /** What a partition key of the cold tier can hold. */
    public static final int USER_ID_BYTES_LIMIT = 65_535;

    public EventRules {
        requireNonNull(types, "types is null");
        if (maxRecordBytes < 1 || maxDetailsPerOrder < 1) {
            throw new IllegalArgumentException(
                    "limits of a record must be positive: got "
                            + maxRecordBytes
                            + " bytes, "
                            + maxDetailsPerOrder
                            + " details");
        }
        if (maxUserIdBytes < 1 || maxUserIdBytes > USER_ID_BYTES_LIMIT) {
            throw new IllegalArgumentException(
                    "longest user id must be 1.."
                            + USER_ID_BYTES_LIMIT
                            + " bytes: got "
                            + maxUserIdBytes);
        }
    }
}
