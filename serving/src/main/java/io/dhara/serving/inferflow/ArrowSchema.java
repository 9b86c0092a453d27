package io.dhara.serving.inferflow;

import com.google.flatbuffers.FlatBufferBuilder;
import io.dhara.core.model.DataType;
import io.dhara.graph.PlanColumn;
import org.apache.arrow.flatbuf.Bool;
import org.apache.arrow.flatbuf.Endianness;
import org.apache.arrow.flatbuf.Field;
import org.apache.arrow.flatbuf.FixedSizeList;
import org.apache.arrow.flatbuf.FloatingPoint;
import org.apache.arrow.flatbuf.Int;
import org.apache.arrow.flatbuf.KeyValue;
import org.apache.arrow.flatbuf.Precision;
import org.apache.arrow.flatbuf.Schema;
import org.apache.arrow.flatbuf.Type;
import org.apache.arrow.flatbuf.Utf8;

/**
 * Columns of a matrix as fields of an Arrow schema: numbers, booleans and strings as themselves,
 * vectors as lists of a fixed size, FP8, which Arrow does not have, as unsigned bytes. The own type
 * name stands in each field's metadata under {@code dhara.type}.
 */
final class ArrowSchema {
    static final String STATUS_SUFFIX = "#status";
    private static final String TYPE_KEY = "dhara.type";

    private final FlatBufferBuilder builder;

    ArrowSchema(FlatBufferBuilder builder) {
        this.builder = builder;
    }

    /**
     * Writes the schema: a field per column, and then one of statuses for each.
     *
     * @return offset of the schema in the builder
     */
    int write(FeatureMatrix matrix, int[] columns) {
        int[] fields = new int[columns.length * 2];
        for (int i = 0; i < columns.length; i++) {
            PlanColumn column = matrix.columns().get(columns[i]);
            fields[i] = field(column);
            fields[columns.length + i] =
                    leaf(column.name() + STATUS_SUFFIX, DataType.UINT8, new int[0]);
        }
        return Schema.createSchema(
                builder, Endianness.Little, Schema.createFieldsVector(builder, fields), 0, 0);
    }

    private int field(PlanColumn column) {
        DataType type = column.type();
        int[] metadata = {
            KeyValue.createKeyValue(
                    builder, builder.createString(TYPE_KEY), builder.createString(type.wireName()))
        };
        if (!type.isVector()) {
            return leaf(column.name(), type, metadata);
        }
        int[] children = {leaf("item", type.scalar(), new int[0])};
        return Field.createField(
                builder,
                builder.createString(column.name()),
                false,
                Type.FixedSizeList,
                FixedSizeList.createFixedSizeList(builder, column.vectorLength()),
                0,
                Field.createChildrenVector(builder, children),
                Field.createCustomMetadataVector(builder, metadata));
    }

    private int leaf(String name, DataType type, int[] metadata) {
        int nameAt = builder.createString(name);
        int typeAt = typeOf(type);
        return Field.createField(
                builder,
                nameAt,
                false,
                kindOf(type),
                typeAt,
                0,
                Field.createChildrenVector(builder, new int[0]),
                Field.createCustomMetadataVector(builder, metadata));
    }

    private static boolean isFp8(DataType type) {
        return type == DataType.FP8_E4M3 || type == DataType.FP8_E5M2;
    }

    private static byte kindOf(DataType scalar) {
        return switch (scalar.kind()) {
            case BOOL -> Type.Bool;
            case STRING -> Type.Utf8;
            case INT, UINT -> Type.Int;
            case FLOAT -> isFp8(scalar) ? Type.Int : Type.FloatingPoint;
        };
    }

    private int typeOf(DataType scalar) {
        return switch (scalar.kind()) {
            case BOOL -> {
                Bool.startBool(builder);
                yield Bool.endBool(builder);
            }
            case STRING -> {
                Utf8.startUtf8(builder);
                yield Utf8.endUtf8(builder);
            }
            case INT -> Int.createInt(builder, scalar.elementBytes() * Byte.SIZE, true);
            case UINT -> Int.createInt(builder, scalar.elementBytes() * Byte.SIZE, false);
            case FLOAT ->
                    isFp8(scalar)
                            ? Int.createInt(builder, Byte.SIZE, false)
                            : FloatingPoint.createFloatingPoint(builder, precision(scalar));
        };
    }

    private static short precision(DataType scalar) {
        return switch (scalar.elementBytes()) {
            case 2 -> Precision.HALF;
            case 4 -> Precision.SINGLE;
            default -> Precision.DOUBLE;
        };
    }
}
