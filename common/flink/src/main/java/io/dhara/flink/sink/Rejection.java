package io.dhara.flink.sink;

import static java.util.Objects.requireNonNull;

/**
 * Why one row of a message, or all of it, was rejected.
 *
 * @param row 0-based row of the message; {@link #WHOLE_MESSAGE} if none could be told apart
 * @param group label of the feature group as sent; empty if the whole row
 * @param reason code, lower case with dashes, stable
 * @param detail field, value seen and value allowed, for a person
 */
public record Rejection(int row, String group, String reason, String detail) {
    public static final int WHOLE_MESSAGE = -1;

    public Rejection {
        requireNonNull(group, "group is null");
        requireNonNull(reason, "reason is null");
        requireNonNull(detail, "detail is null");
    }
}
