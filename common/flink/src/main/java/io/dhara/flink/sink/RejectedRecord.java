package io.dhara.flink.sink;

import static java.util.Objects.requireNonNull;

import io.dhara.flink.serde.ValueTypeInfo;
import io.dhara.flink.source.RawRecord;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInfoFactory;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/**
 * A message of which at least one row was rejected, on its way to the dead-letter topic.
 *
 * @param record the message as it came
 * @param eventTimeMillis its event time, so that a requeue keeps it
 * @param rejected how many rows were rejected, at least 1
 * @param rejections why, first first; at most {@link #MAX_REJECTIONS}, the rest is cut off
 */
@TypeInfo(RejectedRecord.TypeFactory.class)
public record RejectedRecord(
        RawRecord record, long eventTimeMillis, int rejected, List<Rejection> rejections) {

    /** Rows a dead letter explains; more are only counted. */
    public static final int MAX_REJECTIONS = 100;

    public static final TypeInformation<RejectedRecord> TYPE =
            new ValueTypeInfo<>(RejectedRecord.class, new RejectedRecordSerializer());

    public RejectedRecord {
        requireNonNull(record, "record is null");
        if (rejections.isEmpty()) {
            throw new IllegalArgumentException(
                    "rejections of " + record.position() + " must not be empty");
        }
        if (rejected < rejections.size()) {
            throw new IllegalArgumentException(
                    "rejected must be at least the number of rejections, "
                            + rejections.size()
                            + ": got "
                            + rejected);
        }
        rejections =
                List.copyOf(rejections.subList(0, Math.min(MAX_REJECTIONS, rejections.size())));
    }

    /** Lets Flink find {@link #TYPE}. */
    public static final class TypeFactory extends TypeInfoFactory<RejectedRecord> {
        @Override
        public TypeInformation<RejectedRecord> createTypeInfo(
                Type type, Map<String, TypeInformation<?>> parameters) {
            return TYPE;
        }
    }
}
