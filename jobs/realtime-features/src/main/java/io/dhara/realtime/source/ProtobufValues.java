package io.dhara.realtime.source;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.dhara.realtime.domain.event.FieldType;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Fields of a Protobuf message known by its descriptor. A field that can be told to be absent is
 * null then, others (proto3 scalars without {@code optional}) are their default. An enum is its
 * value's name; one that the descriptor does not know, its number.
 */
final class ProtobufValues implements ValueParser {
    private final Descriptor message;
    private final List<List<FieldDescriptor>> paths;
    private final List<FieldType> types;
    private final List<String> names;

    /**
     * @param paths of the fields, as {@link ProtobufFields#paths} gives them without a problem
     */
    ProtobufValues(
            Descriptor message, List<List<FieldDescriptor>> paths, Map<String, FieldType> fields) {
        this.message = message;
        this.paths = List.copyOf(paths);
        this.types = List.copyOf(fields.values());
        this.names = List.copyOf(fields.keySet());
    }

    @Override
    public @Nullable Object[] parse(byte[] value) {
        Message record;
        try {
            record = DynamicMessage.parseFrom(message, value);
        } catch (InvalidProtocolBufferException e) {
            throw RejectedException.malformed(
                    "no " + message.getFullName() + ": " + e.getMessage());
        }
        @Nullable Object[] row = new @Nullable Object[paths.size()];
        for (int i = 0; i < row.length; i++) {
            row[i] = value(record, i);
        }
        return row;
    }

    private @Nullable Object value(Message record, int column) {
        List<FieldDescriptor> path = paths.get(column);
        Message in = record;
        for (int i = 0; i < path.size() - 1; i++) {
            if (!in.hasField(path.get(i))) {
                return null;
            }
            in = (Message) in.getField(path.get(i));
        }
        FieldDescriptor field = path.get(path.size() - 1);
        if (field.hasPresence() && !in.hasField(field)) {
            return null;
        }
        Object value = in.getField(field);
        return switch (types.get(column)) {
            case STRING -> text(value, names.get(column));
            case INT64 -> whole(field, (Number) value, names.get(column));
            case DOUBLE -> number(field, (Number) value);
            case BOOLEAN -> value;
        };
    }

    private static String text(Object value, String name) {
        if (value instanceof EnumValueDescriptor constant) {
            boolean known = constant.getIndex() >= 0;
            return known ? constant.getName() : Integer.toString(constant.getNumber());
        }
        return Texts.checked(name, (String) value);
    }

    private static Long whole(FieldDescriptor field, Number value, String name) {
        if (isUnsigned32(field)) {
            return Integer.toUnsignedLong(value.intValue());
        }
        if (isUnsigned64(field) && value.longValue() < 0) {
            throw RejectedException.badField(
                    name,
                    "a whole number of 64 bits with sign",
                    Long.toUnsignedString(value.longValue()));
        }
        return value.longValue();
    }

    private static Double number(FieldDescriptor field, Number value) {
        if (isUnsigned32(field)) {
            return (double) Integer.toUnsignedLong(value.intValue());
        }
        if (isUnsigned64(field) && value.longValue() < 0) {
            return Double.valueOf(Long.toUnsignedString(value.longValue()));
        }
        return value.doubleValue();
    }

    private static boolean isUnsigned32(FieldDescriptor field) {
        return field.getType() == FieldDescriptor.Type.UINT32
                || field.getType() == FieldDescriptor.Type.FIXED32;
    }

    private static boolean isUnsigned64(FieldDescriptor field) {
        return field.getType() == FieldDescriptor.Type.UINT64
                || field.getType() == FieldDescriptor.Type.FIXED64;
    }
}
