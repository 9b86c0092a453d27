package io.dhara.realtime.source;

import org.jspecify.annotations.Nullable;

/** Takes a source's fields out of record values of one format. For one thread. */
interface ValueParser {

    /**
     * The fields in the source's order: {@link Long}, {@link Double}, {@link String} or {@link
     * Boolean} as declared, or null if absent.
     *
     * @throws RejectedException if the bytes are not of the format or a field not of its type; no
     *     bytes raise anything else
     */
    @Nullable Object[] parse(byte[] value);
}
