package io.dhara.realtime.source;

/** Texts that come from outside. */
final class Texts {
    private static final int MAX_SHOWN = 40;

    private Texts() {}

    /**
     * Half a surrogate pair would become a question mark in the state: two keys would be one.
     *
     * @return {@code text}
     * @throws RejectedException if it is no Unicode
     */
    static String checked(String field, String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (i + 1 >= text.length()
                        || !Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1))) {
                    throw RejectedException.badField(
                            field, "Unicode text", "half a surrogate pair at character " + i);
                }
                i++;
            }
        }
        return text;
    }

    /** Its beginning, for a rejection. */
    static String shown(String text) {
        return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "…";
    }
}
