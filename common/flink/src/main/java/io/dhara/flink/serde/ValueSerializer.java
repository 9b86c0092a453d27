package io.dhara.flink.serde;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/**
 * Serializer of an immutable type by its {@link ValueFormat}. Values are never copied: operators
 * may share them, so nobody changes an array inside one. Concrete types extend it with a public
 * no-arg constructor and a {@link ValueSerializerSnapshot} of their own.
 */
public abstract class ValueSerializer<T> extends TypeSerializer<T> {
    private final ValueFormat<T> format;
    private final int readVersion;

    /**
     * @param readVersion layout of the bytes to be read; what is written is always the newest
     */
    protected ValueSerializer(ValueFormat<T> format, int readVersion) {
        this.format = requireNonNull(format, "format is null");
        this.readVersion = readVersion;
    }

    @Override
    public abstract TypeSerializerSnapshot<T> snapshotConfiguration();

    @Override
    public final boolean isImmutableType() {
        return true;
    }

    @Override
    public final TypeSerializer<T> duplicate() {
        return this;
    }

    /** Null: no value of these types is ever filled in place, and a format has no empty value. */
    @Override
    @SuppressWarnings("NullAway")
    public final @Nullable T createInstance() {
        return null;
    }

    @Override
    public final T copy(T from) {
        return from;
    }

    @Override
    public final T copy(T from, T reuse) {
        return from;
    }

    @Override
    public final int getLength() {
        return -1;
    }

    @Override
    public final void serialize(T value, DataOutputView target) throws IOException {
        format.write(value, target);
    }

    @Override
    public final T deserialize(DataInputView source) throws IOException {
        return format.read(readVersion, source);
    }

    @Override
    public final T deserialize(T reuse, DataInputView source) throws IOException {
        return deserialize(source);
    }

    @Override
    public final void copy(DataInputView source, DataOutputView target) throws IOException {
        serialize(deserialize(source), target);
    }

    @Override
    public final boolean equals(@Nullable Object other) {
        return other != null
                && other.getClass() == getClass()
                && ((ValueSerializer<?>) other).readVersion == readVersion;
    }

    @Override
    public final int hashCode() {
        return 31 * getClass().hashCode() + readVersion;
    }
}
