package io.dhara.core.interaction;

/**
 * Whose an event is. The same user must come out as the same text from every source, and from
 * whoever keys a record by it.
 */
public final class UserIds {
    /** What senders write when they know no user. */
    private static final String NOBODY = "-1";

    private UserIds() {}

    /** The user, else the anonymous user, else empty; both trimmed, {@code -1} counts as none. */
    public static String choose(String userId, String anonymousUserId) {
        String user = trim(userId);
        if (isSomebody(user)) {
            return user;
        }
        String anonymous = trim(anonymousUserId);
        return isSomebody(anonymous) ? anonymous : "";
    }

    /** An order's user in decimal, empty if not positive. */
    public static String ofOrder(long userId) {
        return userId > 0 ? Long.toString(userId) : "";
    }

    private static boolean isSomebody(String id) {
        return !id.isEmpty() && !id.equals(NOBODY);
    }

    /** As Go's {@code strings.TrimSpace}, which the senders' first consumer uses. */
    private static String trim(String text) {
        int start = 0;
        int end = text.length();
        while (start < end && isSpace(text.charAt(start))) {
            start++;
        }
        while (end > start && isSpace(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(start, end);
    }

    private static boolean isSpace(char c) {
        return c >= '\t' && c <= '\r' || c == '\u0085' || Character.isSpaceChar(c);
    }
}
