package io.dhara.flink.serde;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.io.Serializable;

/**
 * How one immutable type is laid out in bytes. The one description serves records between operators
 * (through {@link ValueSerializer}), keyed or list state, and sink state. Stateless;
 * implementations are singletons.
 */
public interface ValueFormat<T> extends Serializable {

    /**
     * The layout {@link #write} writes; grows by one with every change, older ones stay readable.
     */
    int version();

    void write(T value, DataOutput out) throws IOException;

    /**
     * @param version layout the bytes were written in, 1 to {@link #version()}
     */
    T read(int version, DataInput in) throws IOException;
}
