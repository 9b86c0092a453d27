package io.dhara.modelserver;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Raw contents of the open inference protocol as doubles. */
final class RawTensors {
    private RawTensors() {}

    /**
     * @throws IllegalArgumentException for a type that is no number of 32 or 64 bits or a bool
     */
    static double[] doubles(String datatype, ByteBuffer contents) {
        ByteBuffer raw = contents.order(ByteOrder.LITTLE_ENDIAN);
        int width =
                switch (datatype) {
                    case "FP32", "INT32", "UINT32" -> 4;
                    case "FP64", "INT64" -> 8;
                    case "BOOL" -> 1;
                    default -> throw new IllegalArgumentException("no inputs of type " + datatype);
                };
        if (raw.remaining() % width != 0) {
            throw new IllegalArgumentException(
                    raw.remaining() + " bytes do not end on a " + datatype);
        }
        double[] values = new double[raw.remaining() / width];
        for (int i = 0; i < values.length; i++) {
            values[i] =
                    switch (datatype) {
                        case "FP32" -> raw.getFloat();
                        case "FP64" -> raw.getDouble();
                        case "INT32" -> raw.getInt();
                        case "UINT32" -> Integer.toUnsignedLong(raw.getInt());
                        case "INT64" -> raw.getLong();
                        default -> raw.get();
                    };
        }
        return values;
    }
}
