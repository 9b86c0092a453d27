package io.dhara.realtime.domain.aggregate;

import io.dhara.realtime.domain.bytes.ByteReader;

/**
 * A kind of {@link Partial} with its parameters. Features that differ only in how they read a
 * partial (count and rate, sum and mean) share one. Stateless and immutable.
 */
public interface PartialType {

    /**
     * Names kind and parameters, for example {@code quantiles(200)}. Two types are interchangeable
     * exactly if their specs are equal; {@link PartialTypes#of} gives the type back.
     */
    String spec();

    /** One without events. */
    Partial create();

    /**
     * @throws io.dhara.realtime.domain.bytes.MalformedStateException if the bytes are not what
     *     {@link Partial#write} wrote
     */
    Partial read(ByteReader in);
}
