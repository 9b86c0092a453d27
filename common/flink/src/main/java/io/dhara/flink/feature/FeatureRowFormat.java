package io.dhara.flink.feature;

import io.dhara.flink.serde.BinaryFields;
import io.dhara.flink.serde.CompactFields;
import io.dhara.flink.serde.ValueFormat;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of a {@link FeatureRow}, layout 1: varint count and texts of the key, signed varint event
 * time, varint count of values; each value is a byte that says its class and then the value. A
 * value comes back as the class it went in.
 */
public final class FeatureRowFormat implements ValueFormat<FeatureRow> {
    public static final FeatureRowFormat INSTANCE = new FeatureRowFormat();
    private static final int VERSION = 1;

    private static final int NULL = 0;
    private static final int FALSE = 1;
    private static final int TRUE = 2;
    private static final int BYTE = 3;
    private static final int SHORT = 4;
    private static final int INT = 5;
    private static final int LONG = 6;
    private static final int FLOAT = 7;
    private static final int DOUBLE = 8;
    private static final int BIG_INTEGER = 9;
    private static final int BIG_DECIMAL = 10;
    private static final int STRING = 11;
    private static final int LIST = 12;

    private FeatureRowFormat() {}

    @Override
    public int version() {
        return VERSION;
    }

    /**
     * @throws IOException also for a value of a class that a row may not hold
     */
    @Override
    public void write(FeatureRow row, DataOutput out) throws IOException {
        CompactFields.writeVarint(row.key().size(), out);
        for (String part : row.key()) {
            CompactFields.writeText(part, out);
        }
        CompactFields.writeSigned(row.eventTimeMillis(), out);
        writeList(row.values(), out);
    }

    @Override
    public FeatureRow read(int version, DataInput in) throws IOException {
        int parts = CompactFields.readCount(in);
        List<String> key = new ArrayList<>();
        for (int i = 0; i < parts; i++) {
            key.add(CompactFields.readText(in));
        }
        return new FeatureRow(key, CompactFields.readSigned(in), readList(in));
    }

    private static void writeList(List<?> values, DataOutput out) throws IOException {
        CompactFields.writeVarint(values.size(), out);
        for (Object value : values) {
            writeValue(value, out);
        }
    }

    private static List<@Nullable Object> readList(DataInput in) throws IOException {
        int count = CompactFields.readCount(in);
        List<@Nullable Object> values = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            values.add(readValue(in));
        }
        return values;
    }

    private static void writeValue(@Nullable Object value, DataOutput out) throws IOException {
        if (value == null) {
            out.writeByte(NULL);
        } else if (value instanceof Boolean bool) {
            out.writeByte(bool ? TRUE : FALSE);
        } else if (value instanceof String text) {
            out.writeByte(STRING);
            CompactFields.writeText(text, out);
        } else if (value instanceof List<?> list) {
            out.writeByte(LIST);
            writeList(list, out);
        } else {
            writeNumber(value, out);
        }
    }

    private static void writeNumber(Object value, DataOutput out) throws IOException {
        if (value instanceof Long number) {
            out.writeByte(LONG);
            CompactFields.writeSigned(number, out);
        } else if (value instanceof Double number) {
            out.writeByte(DOUBLE);
            out.writeDouble(number);
        } else if (value instanceof Integer number) {
            out.writeByte(INT);
            CompactFields.writeSigned(number, out);
        } else if (value instanceof Float number) {
            out.writeByte(FLOAT);
            out.writeFloat(number);
        } else if (value instanceof Short number) {
            out.writeByte(SHORT);
            out.writeShort(number);
        } else if (value instanceof Byte number) {
            out.writeByte(BYTE);
            out.writeByte(number);
        } else if (value instanceof BigInteger number) {
            out.writeByte(BIG_INTEGER);
            BinaryFields.writeBytes(number.toByteArray(), out);
        } else if (value instanceof BigDecimal number) {
            out.writeByte(BIG_DECIMAL);
            out.writeInt(number.scale());
            BinaryFields.writeBytes(number.unscaledValue().toByteArray(), out);
        } else {
            throw new IOException(
                    "a value of a feature row must be a Boolean, String, List, or a number of"
                            + " java.lang or java.math: got "
                            + value.getClass().getName());
        }
    }

    private static @Nullable Object readValue(DataInput in) throws IOException {
        int kind = in.readByte();
        return switch (kind) {
            case NULL -> null;
            case FALSE -> false;
            case TRUE -> true;
            case BYTE -> in.readByte();
            case SHORT -> in.readShort();
            case INT -> (int) CompactFields.readSigned(in);
            case LONG -> CompactFields.readSigned(in);
            case FLOAT -> in.readFloat();
            case DOUBLE -> in.readDouble();
            case BIG_INTEGER -> new BigInteger(BinaryFields.readBytes(in));
            case BIG_DECIMAL -> decimal(in);
            case STRING -> CompactFields.readText(in);
            case LIST -> readList(in);
            default -> throw new IOException("class of a value must be 0 to 12: got " + kind);
        };
    }

    private static BigDecimal decimal(DataInput in) throws IOException {
        int scale = in.readInt();
        return new BigDecimal(new BigInteger(BinaryFields.readBytes(in)), scale);
    }

    private Object readResolve() {
        return INSTANCE;
    }
}
