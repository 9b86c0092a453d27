package io.dhara.flink.feature;

/** Length of a string in UTF-8, without encoding it. */
final class Utf8Length {
    private static final int ONE_BYTE_END = 0x80;
    private static final int TWO_BYTES_END = 0x800;

    private Utf8Length() {}

    /** Bytes, or -1 if half a surrogate pair makes the string no text. */
    static int of(String text) {
        int bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ONE_BYTE_END) {
                bytes++;
            } else if (c < TWO_BYTES_END) {
                bytes += 2;
            } else if (!Character.isSurrogate(c)) {
                bytes += 3;
            } else if (Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                bytes += 4;
                i++;
            } else {
                return -1;
            }
        }
        return bytes;
    }
}
