package io.dhara.flink.serde;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.function.IntFunction;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * What a checkpoint keeps of a {@link ValueSerializer}: the layout version, which is the snapshot's
 * own version. State of an older layout is read by it and rewritten in the newest; state of a newer
 * layout is refused.
 */
public abstract class ValueSerializerSnapshot<T> implements TypeSerializerSnapshot<T> {
    private final String type;
    private final int currentVersion;
    private final IntFunction<TypeSerializer<T>> serializers;
    private int writtenVersion;

    /**
     * @param type name of the type, for errors
     * @param serializers the serializer that reads the given layout version
     */
    protected ValueSerializerSnapshot(
            String type, ValueFormat<T> format, IntFunction<TypeSerializer<T>> serializers) {
        this.type = requireNonNull(type, "type is null");
        this.currentVersion = format.version();
        this.serializers = requireNonNull(serializers, "serializers is null");
        this.writtenVersion = currentVersion;
    }

    @Override
    public final int getCurrentVersion() {
        return currentVersion;
    }

    /** Nothing: Flink writes the version itself. */
    @Override
    public final void writeSnapshot(DataOutputView out) {}

    @Override
    public final void readSnapshot(int readVersion, DataInputView in, ClassLoader classLoader)
            throws IOException {
        writtenVersion = ValueFormats.checkReadable(type, readVersion, currentVersion);
    }

    @Override
    public final TypeSerializer<T> restoreSerializer() {
        return serializers.apply(writtenVersion);
    }

    @Override
    public final TypeSerializerSchemaCompatibility<T> resolveSchemaCompatibility(
            TypeSerializerSnapshot<T> old) {
        if (old.getClass() != getClass()) {
            return TypeSerializerSchemaCompatibility.incompatible();
        }
        int oldVersion = ((ValueSerializerSnapshot<T>) old).writtenVersion;
        return oldVersion == currentVersion
                ? TypeSerializerSchemaCompatibility.compatibleAsIs()
                : TypeSerializerSchemaCompatibility.compatibleAfterMigration();
    }
}
