package io.dhara.flink.table;

import io.dhara.flink.feature.FeatureRow;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.LogicalType;
import org.jspecify.annotations.Nullable;

/** Turns rows of Flink SQL into feature rows. Keeps nothing of the row it was given. */
final class RowReader implements Serializable {
    private static final long serialVersionUID = 1L;

    /** Of a row without one: the sink refuses it by name. */
    private static final long NO_EVENT_TIME = -1;

    private final List<Field> key;
    private final Field eventTime;
    private final List<Field> features;

    /** Reads one column as a value of a {@link FeatureRow}. */
    private record Field(RowData.FieldGetter getter, ArrayData.@Nullable ElementGetter elements)
            implements Serializable {

        static Field of(FeatureColumns columns, String name) {
            LogicalType type = columns.typeOf(name);
            return new Field(
                    RowData.createFieldGetter(type, columns.indexOf(name)),
                    type instanceof ArrayType array
                            ? ArrayData.createElementGetter(array.getElementType())
                            : null);
        }

        @Nullable Object read(RowData row) {
            Object value = getter.getFieldOrNull(row);
            if (elements == null || value == null) {
                return plain(value);
            }
            ArrayData array = (ArrayData) value;
            List<@Nullable Object> list = new ArrayList<>(array.size());
            for (int i = 0; i < array.size(); i++) {
                list.add(plain(elements.getElementOrNull(array, i)));
            }
            return list;
        }

        private static @Nullable Object plain(@Nullable Object value) {
            if (value instanceof StringData text) {
                return text.toString();
            }
            if (value instanceof DecimalData decimal) {
                return decimal.toBigDecimal();
            }
            if (value instanceof TimestampData time) {
                return time.getMillisecond();
            }
            return value;
        }
    }

    /**
     * @param key names, in the entity's order
     */
    RowReader(FeatureColumns columns, List<String> key) {
        this.key = fields(columns, key);
        this.eventTime = Field.of(columns, columns.eventTime());
        this.features = fields(columns, columns.features());
    }

    private static List<Field> fields(FeatureColumns columns, List<String> names) {
        return names.stream().map(name -> Field.of(columns, name)).toList();
    }

    FeatureRow read(RowData row) {
        List<String> parts = new ArrayList<>(key.size());
        for (Field part : key) {
            parts.add(Objects.toString(part.read(row), ""));
        }
        List<@Nullable Object> values = new ArrayList<>(features.size());
        for (Field feature : features) {
            values.add(feature.read(row));
        }
        Object time = eventTime.read(row);
        return new FeatureRow(parts, time == null ? NO_EVENT_TIME : (Long) time, values);
    }
}
