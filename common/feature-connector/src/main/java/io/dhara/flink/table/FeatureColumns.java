package io.dhara.flink.table;

import io.dhara.core.model.DataType;
import io.dhara.flink.feature.GroupShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.catalog.UniqueConstraint;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeFamily;
import org.apache.flink.table.types.logical.LogicalTypeRoot;

/**
 * The columns of a table by what they are: the primary key is the entity key, one column the event
 * time, all others are features.
 *
 * @param key names, in the order of the primary key
 * @param eventTime name
 * @param features names, in the table's order
 */
record FeatureColumns(
        ResolvedSchema schema, List<String> key, String eventTime, List<String> features) {

    private static final Set<LogicalTypeRoot> KEY_TYPES =
            Set.of(
                    LogicalTypeRoot.CHAR,
                    LogicalTypeRoot.VARCHAR,
                    LogicalTypeRoot.TINYINT,
                    LogicalTypeRoot.SMALLINT,
                    LogicalTypeRoot.INTEGER,
                    LogicalTypeRoot.BIGINT);

    /**
     * @throws ValidationException naming the column and the remedy
     */
    static FeatureColumns of(ResolvedSchema schema, String eventTime) {
        List<String> key =
                schema.getPrimaryKey()
                        .map(UniqueConstraint::getColumns)
                        .orElseThrow(
                                () ->
                                        new ValidationException(
                                                "A dhara-features table needs a key. Add PRIMARY KEY"
                                                        + " (<key columns of the entity>) NOT ENFORCED."));
        List<String> features = new ArrayList<>();
        for (Column column : schema.getColumns()) {
            if (column.isPhysical()
                    && !key.contains(column.getName())
                    && !column.getName().equals(eventTime)) {
                features.add(column.getName());
            }
        }
        if (features.isEmpty()) {
            throw new ValidationException(
                    "A dhara-features table needs a feature: a column that is neither key nor event time.");
        }
        FeatureColumns columns = new FeatureColumns(schema, key, eventTime, features);
        columns.checkEventTime();
        key.forEach(columns::checkKeyColumn);
        return columns;
    }

    private void checkEventTime() {
        if (key.contains(eventTime) || schema.getColumn(eventTime).isEmpty()) {
            throw new ValidationException(
                    "There is no column %s for the event time. Add %s TIMESTAMP_LTZ(3), or name another column in the option '%s'."
                            .formatted(eventTime, eventTime, FeatureTableOptions.EVENT_TIME.key()));
        }
        LogicalType type = typeOf(eventTime);
        if (type.is(LogicalTypeRoot.TIMESTAMP_WITHOUT_TIME_ZONE)) {
            throw new ValidationException(
                    "Event time %s is %s, which is no instant without a time zone. Make it TIMESTAMP_LTZ(3) and write CAST(... AS TIMESTAMP_LTZ(3)) into it."
                            .formatted(eventTime, type.asSummaryString()));
        }
        if (!type.is(LogicalTypeRoot.TIMESTAMP_WITH_LOCAL_TIME_ZONE)
                && !type.is(LogicalTypeRoot.BIGINT)) {
            throw new ValidationException(
                    "Event time %s must be TIMESTAMP_LTZ, or BIGINT of epoch milliseconds: it is %s."
                            .formatted(eventTime, type.asSummaryString()));
        }
    }

    private void checkKeyColumn(String name) {
        LogicalType type = typeOf(name);
        if (!KEY_TYPES.contains(type.getTypeRoot())) {
            throw new ValidationException(
                    "Key column %s must be STRING or an integer: it is %s. Write CAST(... AS STRING) into it."
                            .formatted(name, type.asSummaryString()));
        }
    }

    /**
     * Whether the columns can be values of this group.
     *
     * @throws ValidationException naming the column, the type it needs and the remedy
     */
    void checkTypes(DataType group) {
        for (String feature : features) {
            LogicalType type = typeOf(feature);
            if (group.isVector() != type.is(LogicalTypeRoot.ARRAY)) {
                throw misfit(feature, type, group);
            }
            LogicalType element = type instanceof ArrayType array ? array.getElementType() : type;
            if (!fits(group.kind(), element)) {
                throw misfit(feature, type, group);
            }
        }
    }

    private static boolean fits(DataType.Kind kind, LogicalType type) {
        return switch (kind) {
            case FLOAT -> type.is(LogicalTypeFamily.NUMERIC);
            case INT, UINT ->
                    type.is(LogicalTypeFamily.INTEGER_NUMERIC)
                            || type instanceof DecimalType decimal && decimal.getScale() == 0;
            case STRING -> type.is(LogicalTypeFamily.CHARACTER_STRING);
            case BOOL -> type.is(LogicalTypeRoot.BOOLEAN);
        };
    }

    private static ValidationException misfit(String feature, LogicalType type, DataType group) {
        String element =
                switch (group.kind()) {
                    case FLOAT -> "FLOAT, DOUBLE or another number";
                    case INT, UINT -> "INT, BIGINT or another integer";
                    case STRING -> "STRING";
                    case BOOL -> "BOOLEAN";
                };
        return new ValidationException(
                "Feature %s is %s, but its group is of %s and takes %s. Change the column and CAST what is written into it."
                        .formatted(
                                feature,
                                type.asSummaryString(),
                                group.wireName(),
                                group.isVector() ? "ARRAY of " + element : element));
    }

    /**
     * The key columns in the entity's order.
     *
     * @throws ValidationException if the primary key is not the entity's key
     */
    List<String> keyOf(GroupShape shape) {
        List<String> wanted = shape.keyLabels();
        if (wanted.size() != key.size() || !key.containsAll(wanted)) {
            throw new ValidationException(
                    "The key of entity %s is %s: PRIMARY KEY must name these columns, got %s."
                            .formatted(shape.entity(), wanted, key));
        }
        return wanted;
    }

    LogicalType typeOf(String column) {
        return schema.getColumn(column).orElseThrow().getDataType().getLogicalType();
    }

    /** Place of a column in the rows that the sink is given. */
    int indexOf(String column) {
        int index = 0;
        for (Column each : schema.getColumns()) {
            if (each.getName().equals(column)) {
                return index;
            }
            if (each.isPersisted()) {
                index++;
            }
        }
        throw new IllegalStateException("column " + column + " must be in the schema");
    }
}
