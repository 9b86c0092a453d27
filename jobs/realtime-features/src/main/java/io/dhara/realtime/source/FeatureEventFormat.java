package io.dhara.realtime.source;

import io.dhara.flink.serde.CompactFields;
import io.dhara.flink.serde.ValueFormat;
import io.dhara.realtime.domain.event.FeatureEvent;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of a {@link FeatureEvent}, layout 1: signed varint event time, varint count, then of each
 * value a byte that says what it is and, if that is not all, a signed varint (int64), eight bytes
 * (double) or a text.
 */
public final class FeatureEventFormat implements ValueFormat<FeatureEvent> {
    public static final FeatureEventFormat INSTANCE = new FeatureEventFormat();
    private static final long serialVersionUID = 1L;
    private static final int VERSION = 1;

    private static final byte NULL = 0;
    private static final byte FALSE = 1;
    private static final byte TRUE = 2;
    private static final byte INT64 = 3;
    private static final byte DOUBLE = 4;
    private static final byte STRING = 5;

    private FeatureEventFormat() {}

    @Override
    public int version() {
        return VERSION;
    }

    @Override
    public void write(FeatureEvent event, DataOutput out) throws IOException {
        CompactFields.writeSigned(event.eventTimeMillis(), out);
        List<@Nullable Object> values = event.values();
        CompactFields.writeVarint(values.size(), out);
        for (int i = 0; i < values.size(); i++) {
            writeValue(values.get(i), out);
        }
    }

    private static void writeValue(@Nullable Object value, DataOutput out) throws IOException {
        if (value == null) {
            out.writeByte(NULL);
        } else if (value instanceof String text) {
            out.writeByte(STRING);
            CompactFields.writeText(text, out);
        } else if (value instanceof Long whole) {
            out.writeByte(INT64);
            CompactFields.writeSigned(whole, out);
        } else if (value instanceof Double number) {
            out.writeByte(DOUBLE);
            out.writeDouble(number);
        } else if (value instanceof Boolean bool) {
            out.writeByte(bool ? TRUE : FALSE);
        } else {
            throw new IOException(
                    "a value must be a Long, Double, String or Boolean: got "
                            + value.getClass().getName());
        }
    }

    @Override
    public FeatureEvent read(int version, DataInput in) throws IOException {
        long eventTimeMillis = CompactFields.readSigned(in);
        int count = CompactFields.readCount(in);
        List<@Nullable Object> values = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            values.add(readValue(in));
        }
        return new FeatureEvent(eventTimeMillis, values);
    }

    private static @Nullable Object readValue(DataInput in) throws IOException {
        byte kind = in.readByte();
        return switch (kind) {
            case NULL -> null;
            case FALSE -> Boolean.FALSE;
            case TRUE -> Boolean.TRUE;
            case INT64 -> (Object) CompactFields.readSigned(in);
            case DOUBLE -> (Object) in.readDouble();
            case STRING -> CompactFields.readText(in);
            default ->
                    throw new IOException("kind of a value must be 0.." + STRING + ": got " + kind);
        };
    }

    private Object readResolve() {
        return INSTANCE;
    }
}
