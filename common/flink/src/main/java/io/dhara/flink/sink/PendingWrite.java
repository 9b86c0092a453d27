package io.dhara.flink.sink;

import static java.util.Objects.requireNonNull;

import io.dhara.flink.serde.ValueTypeInfo;
import io.dhara.flink.source.SourcePosition;
import io.dhara.stores.write.BlockWrite;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInfoFactory;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/**
 * A block on its way to a store: what a {@link FeatureStoreSink} takes, keeps while the store is
 * away and hands to the {@link WriteListener} when it is settled.
 *
 * @param source the record the block came from; {@link SourcePosition#NONE} if from none
 * @param waits units to be told when this write is settled: its own, and those it superseded
 */
@TypeInfo(PendingWrite.TypeFactory.class)
public record PendingWrite(BlockWrite write, SourcePosition source, List<WaitUnit> waits) {

    public static final TypeInformation<PendingWrite> TYPE =
            new ValueTypeInfo<>(PendingWrite.class, new PendingWriteSerializer());

    public PendingWrite {
        requireNonNull(write, "write is null");
        requireNonNull(source, "source is null");
        waits = List.copyOf(waits);
    }

    /** Lets Flink find {@link #TYPE}. */
    public static final class TypeFactory extends TypeInfoFactory<PendingWrite> {
        @Override
        public TypeInformation<PendingWrite> createTypeInfo(
                Type type, Map<String, TypeInformation<?>> parameters) {
            return TYPE;
        }
    }
}
