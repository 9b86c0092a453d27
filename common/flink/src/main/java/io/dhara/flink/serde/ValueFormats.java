package io.dhara.flink.serde;

import java.io.IOException;

/** Checks shared by the readers of {@link ValueFormat}s. */
public final class ValueFormats {
    private ValueFormats() {}

    /**
     * @return {@code version}
     * @throws IOException if bytes of this layout version cannot be read by this release
     */
    public static int checkReadable(String type, int version, int newest) throws IOException {
        if (version < 1 || version > newest) {
            throw new IOException(
                    "layout version of "
                            + type
                            + " in the state must be 1 to "
                            + newest
                            + ": got "
                            + version
                            + "; restore it with the release that wrote it, or a newer one");
        }
        return version;
    }
}
