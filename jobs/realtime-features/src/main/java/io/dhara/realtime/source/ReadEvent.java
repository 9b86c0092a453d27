package io.dhara.realtime.source;

import io.dhara.flink.serde.ValueTypeInfo;
import io.dhara.flink.sink.RejectedRecord;
import io.dhara.flink.source.PartitionWatermarks;
import io.dhara.realtime.domain.event.FeatureEvent;
import java.lang.reflect.Type;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInfoFactory;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.jspecify.annotations.Nullable;

/**
 * What became of one record: an event with all fields of its source, or a rejected record. Exactly
 * one of them is there.
 */
@TypeInfo(ReadEvent.TypeFactory.class)
public record ReadEvent(@Nullable FeatureEvent event, @Nullable RejectedRecord rejected) {
    public static final TypeInformation<ReadEvent> TYPE =
            new ValueTypeInfo<>(ReadEvent.class, new ReadEventSerializer());

    public ReadEvent {
        if ((event == null) == (rejected == null)) {
            throw new IllegalArgumentException("a record must be an event or rejected, not both");
        }
    }

    static ReadEvent good(FeatureEvent event) {
        return new ReadEvent(event, null);
    }

    static ReadEvent rejected(RejectedRecord rejected) {
        return new ReadEvent(null, rejected);
    }

    /** Event time, epoch milliseconds, or {@link PartitionWatermarks#NO_TIME} if rejected. */
    public long eventTimeMillis() {
        return event == null ? PartitionWatermarks.NO_TIME : event.eventTimeMillis();
    }

    /** Lets Flink find {@link #TYPE}. */
    public static final class TypeFactory extends TypeInfoFactory<ReadEvent> {
        @Override
        public TypeInformation<ReadEvent> createTypeInfo(
                Type type, Map<String, TypeInformation<?>> parameters) {
            return TYPE;
        }
    }
}
