package io.dhara.realtime.domain.aggregate;

import io.dhara.realtime.domain.bytes.ByteReader;
import io.dhara.realtime.domain.bytes.ByteWriter;
import org.jspecify.annotations.Nullable;

/** Values of event columns: their order and their bytes. */
final class Values {
    private static final int NONE = 0;
    private static final int LONG = 1;
    private static final int DOUBLE = 2;
    private static final int TEXT = 3;
    private static final int FALSE = 4;
    private static final int TRUE = 5;

    private Values() {}

    /** A total order over the values of one column. */
    static int compare(Object a, Object b) {
        if (a instanceof Long left && b instanceof Long right) {
            return Long.compare(left, right);
        }
        if (a instanceof Double left && b instanceof Double right) {
            return Double.compare(left, right);
        }
        if (a instanceof String left && b instanceof String right) {
            return left.compareTo(right);
        }
        if (a instanceof Boolean left && b instanceof Boolean right) {
            return Boolean.compare(left, right);
        }
        throw new IllegalArgumentException(
                "values of one column must be of one type: got "
                        + a.getClass().getSimpleName()
                        + " and "
                        + b.getClass().getSimpleName());
    }

    static void write(@Nullable Object value, ByteWriter out) {
        if (value == null) {
            out.writeByte(NONE);
        } else if (value instanceof Long whole) {
            out.writeByte(LONG);
            out.writeSigned(whole);
        } else if (value instanceof Double number) {
            out.writeByte(DOUBLE);
            out.writeDouble(number);
        } else if (value instanceof String text) {
            out.writeByte(TEXT);
            out.writeText(text);
        } else {
            out.writeByte((Boolean) value ? TRUE : FALSE);
        }
    }

    static @Nullable Object read(ByteReader in) {
        int kind = in.readByte();
        switch (kind) {
            case NONE:
                return null;
            case LONG:
                return in.readSigned();
            case DOUBLE:
                return in.readDouble();
            case TEXT:
                return in.readText();
            case FALSE:
                return Boolean.FALSE;
            case TRUE:
                return Boolean.TRUE;
            default:
                throw in.malformed("value of unknown kind " + kind);
        }
    }

    /**
     * @throws io.dhara.realtime.domain.bytes.MalformedStateException also if it is null
     */
    static Object readPresent(ByteReader in) {
        Object value = read(in);
        if (value == null) {
            throw in.malformed("a value that must be there is null");
        }
        return value;
    }
}
