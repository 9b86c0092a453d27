package io.dhara.core.psdb;

import java.util.HexFormat;

/** Hex as the format documents print it: bytes in pairs, white space anywhere. */
public final class Hex {
    private Hex() {}

    public static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replaceAll("\\s+", ""));
    }

    public static String text(byte[] bytes) {
        return HexFormat.ofDelimiter(" ").formatHex(bytes);
    }
}
