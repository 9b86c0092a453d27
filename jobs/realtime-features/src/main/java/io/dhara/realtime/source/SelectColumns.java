package io.dhara.realtime.source;

import io.dhara.realtime.domain.event.FieldType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeFamily;
import org.apache.flink.table.types.logical.LogicalTypeRoot;

/** Whether a select gives the columns that its group declares. */
final class SelectColumns {
    private SelectColumns() {}

    /** What is wrong, each with the remedy; empty if nothing. The order of columns is free. */
    static List<String> problems(ResolvedSchema given, Map<String, FieldType> declared) {
        List<String> problems = new ArrayList<>();
        declared.forEach(
                (name, type) ->
                        given.getColumn(name)
                                .ifPresentOrElse(
                                        column -> checkType(column, type, problems),
                                        () ->
                                                problems.add(
                                                        "the select does not give column "
                                                                + name
                                                                + ", it gives "
                                                                + given.getColumnNames()
                                                                + ": name it by AS, or take it out"
                                                                + " of columns")));
        for (Column column : given.getColumns()) {
            String name = column.getName();
            if (!name.equals(SelectTables.EVENT_TIME) && !declared.containsKey(name)) {
                problems.add(
                        "the select gives column "
                                + name
                                + " ("
                                + shown(column)
                                + "), which is not under columns: list it, or do not select it");
            }
        }
        checkTime(given, problems);
        return problems;
    }

    private static void checkType(Column column, FieldType type, List<String> problems) {
        LogicalType sql = column.getDataType().getLogicalType();
        boolean fits =
                switch (type) {
                    case STRING -> sql.is(LogicalTypeFamily.CHARACTER_STRING);
                    case INT64 -> sql.is(LogicalTypeFamily.INTEGER_NUMERIC);
                    case DOUBLE -> sql.is(LogicalTypeFamily.NUMERIC);
                    case BOOLEAN -> sql.is(LogicalTypeRoot.BOOLEAN);
                };
        if (!fits) {
            problems.add(
                    "column "
                            + column.getName()
                            + " is declared "
                            + type.text()
                            + ", but the select gives "
                            + shown(column)
                            + ": declare another type, or CAST("
                            + column.getName()
                            + " AS "
                            + sqlName(type)
                            + ")");
        }
    }

    private static void checkTime(ResolvedSchema given, List<String> problems) {
        String remedy =
                ": select event_time of a source, or CAST a time AS TIMESTAMP_LTZ(3) and name it so";
        given.getColumn(SelectTables.EVENT_TIME)
                .ifPresentOrElse(
                        column -> {
                            if (!column.getDataType()
                                    .getLogicalType()
                                    .is(LogicalTypeRoot.TIMESTAMP_WITH_LOCAL_TIME_ZONE)) {
                                problems.add(
                                        "event_time must be a TIMESTAMP_LTZ, but the select gives "
                                                + shown(column)
                                                + remedy);
                            }
                        },
                        () -> problems.add("the select does not give event_time" + remedy));
    }

    private static String sqlName(FieldType type) {
        return switch (type) {
            case STRING -> "STRING";
            case INT64 -> "BIGINT";
            case DOUBLE -> "DOUBLE";
            case BOOLEAN -> "BOOLEAN";
        };
    }

    private static String shown(Column column) {
        return column.getDataType().getLogicalType().asSummaryString();
    }
}
