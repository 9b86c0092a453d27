package io.dhara.sessionizer.event;

import io.dhara.flink.serde.ValueTypeInfo;
import io.dhara.flink.sink.RejectedRecord;
import io.dhara.flink.source.PartitionWatermarks;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInfoFactory;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.jspecify.annotations.Nullable;

/**
 * What became of one Kafka record: every event in it is among the events or rejected.
 *
 * @param events good ones, all of one user, type and event time
 * @param rejected the record for the dead-letter topic; null if every event was good
 */
@TypeInfo(ReadRecord.TypeFactory.class)
public record ReadRecord(List<UserEvent> events, @Nullable RejectedRecord rejected) {

    /** Result of {@link #eventTimeMillis()} if no event was good. */
    public static final long NO_TIME = PartitionWatermarks.NO_TIME;

    public static final TypeInformation<ReadRecord> TYPE =
            new ValueTypeInfo<>(ReadRecord.class, new ReadRecordSerializer());

    public ReadRecord {
        events = List.copyOf(events);
    }

    /** Event time of the good events, epoch milliseconds, or {@link #NO_TIME}. */
    public long eventTimeMillis() {
        return events.isEmpty() ? NO_TIME : events.get(0).interaction().eventTimeMillis();
    }

    /** Events in the record; one that cannot be read counts as one. */
    public int size() {
        return events.size() + (rejected == null ? 0 : rejected.rejected());
    }

    /** Lets Flink find {@link #TYPE}. */
    public static final class TypeFactory extends TypeInfoFactory<ReadRecord> {
        @Override
        public TypeInformation<ReadRecord> createTypeInfo(
                Type type, Map<String, TypeInformation<?>> parameters) {
            return TYPE;
        }
    }
}
