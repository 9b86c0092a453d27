package io.dhara.realtime.domain.aggregate;

import io.dhara.realtime.domain.bytes.ByteWriter;

/**
 * A partial aggregate: what is kept of some events so that more can be added and two can be merged.
 * Which events it holds decides what it says, not the order in which they came or how they were
 * grouped (sketches: within their stated error). Mutable; one thread.
 */
public interface Partial {

    /** Whether nothing was added. */
    boolean isEmpty();

    /**
     * Adds one value.
     *
     * @param value of the class its {@link PartialType} takes; never null, NaN or infinite
     * @param eventTimeMillis when it happened
     */
    void add(Object value, long eventTimeMillis);

    /**
     * Adds what another one holds, which stays as it is.
     *
     * @param other of an equal {@link PartialType}
     */
    void merge(Partial other);

    /** Appends the form that {@link PartialType#read} reads. */
    void write(ByteWriter out);
}
