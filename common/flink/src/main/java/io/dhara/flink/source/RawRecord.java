package io.dhara.flink.source;

import static java.util.Objects.requireNonNull;

import io.dhara.flink.serde.ValueTypeInfo;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInfoFactory;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.jspecify.annotations.Nullable;

/**
 * A Kafka record as it came, with nothing read into it. The arrays are not copied and never
 * changed.
 *
 * @param timestampMillis the record's Kafka timestamp, epoch milliseconds; -1 if it has none
 * @param headers in the record's order, names may repeat
 */
@TypeInfo(RawRecord.TypeFactory.class)
public record RawRecord(
        String topic,
        int partition,
        long offset,
        long timestampMillis,
        byte @Nullable [] key,
        byte @Nullable [] value,
        List<RecordHeader> headers) {

    public static final TypeInformation<RawRecord> TYPE =
            new ValueTypeInfo<>(RawRecord.class, new RawRecordSerializer());

    public RawRecord {
        requireNonNull(topic, "topic is null");
        headers = List.copyOf(headers);
    }

    public SourcePosition position() {
        return new SourcePosition(topic, partition, offset);
    }

    /** The last header of this name as text, as Kafka's own {@code lastHeader}; null if absent. */
    public @Nullable String headerText(String name) {
        for (int i = headers.size() - 1; i >= 0; i--) {
            RecordHeader header = headers.get(i);
            if (header.name().equals(name)) {
                byte[] text = header.value();
                return text == null ? null : new String(text, StandardCharsets.UTF_8);
            }
        }
        return null;
    }

    /** Lets Flink find {@link #TYPE}. */
    public static final class TypeFactory extends TypeInfoFactory<RawRecord> {
        @Override
        public TypeInformation<RawRecord> createTypeInfo(
                Type type, Map<String, TypeInformation<?>> parameters) {
            return TYPE;
        }
    }
}
