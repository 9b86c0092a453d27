package io.dhara.realtime.domain.aggregate;

import io.dhara.realtime.domain.bytes.ByteReader;
import java.util.function.Function;
import java.util.function.Supplier;

/** A type made of two functions; equal to every type of the same spec. */
record SimpleType(String spec, Supplier<Partial> creator, Function<ByteReader, Partial> reader)
        implements PartialType {

    @Override
    public Partial create() {
        return creator.get();
    }

    @Override
    public Partial read(ByteReader in) {
        return reader.apply(in);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SimpleType that && spec.equals(that.spec);
    }

    @Override
    public int hashCode() {
        return spec.hashCode();
    }

    @Override
    public String toString() {
        return spec;
    }
}
