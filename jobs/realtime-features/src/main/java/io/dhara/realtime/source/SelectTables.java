package io.dhara.realtime.source;

import static org.apache.flink.table.api.Expressions.$;

import io.dhara.realtime.domain.definition.GroupPlan;
import io.dhara.realtime.domain.definition.SourceSpec;
import io.dhara.realtime.domain.event.FeatureEvent;
import io.dhara.realtime.domain.event.FieldType;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.dag.Transformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.api.SqlParserException;
import org.apache.flink.table.api.Table;
import org.apache.flink.table.api.TableException;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.table.expressions.Expression;
import org.apache.flink.types.Row;

/**
 * Sources as tables of Flink SQL, and what groups select from them. A table has the fields of its
 * source and {@code event_time}, the rowtime; its watermarks are the source's. Session time zone is
 * UTC.
 */
final class SelectTables {
    static final String EVENT_TIME = "event_time";

    private static final String ROWTIME_METADATA = "rowtime";

    private final StreamTableEnvironment tables;
    private final Set<Transformation<?>> views = Collections.newSetFromMap(new IdentityHashMap<>());

    /** The largest of the sources. */
    private Duration maxAhead = Duration.ZERO;

    SelectTables(StreamExecutionEnvironment env) {
        tables = StreamTableEnvironment.create(env);
        tables.getConfig().setLocalTimeZone(ZoneOffset.UTC);
    }

    /** Makes a source's events a table of its name. */
    void add(SourceSpec source, DataStream<FeatureEvent> events) {
        maxAhead = maxAhead.compareTo(source.maxAhead()) < 0 ? source.maxAhead() : maxAhead;
        List<String> fields = List.copyOf(source.fields().keySet());
        int[] columns =
                IntStream.range(0, fields.size())
                        .filter(column -> !fields.get(column).equals(EVENT_TIME))
                        .toArray();
        String[] names = new String[columns.length];
        TypeInformation<?>[] types = new TypeInformation<?>[columns.length];
        for (int i = 0; i < columns.length; i++) {
            names[i] = fields.get(columns[i]);
            types[i] = type(List.copyOf(source.fields().values()).get(columns[i]));
        }
        DataStream<Row> rows =
                events.map(new EventToRow(columns), Types.ROW_NAMED(names, types))
                        .name("table-" + source.name())
                        .uid("table-" + source.name());
        views.add(rows.getTransformation());
        tables.createTemporaryView(
                "`" + source.name() + "`",
                rows,
                Schema.newBuilder()
                        .columnByMetadata(EVENT_TIME, DataTypes.TIMESTAMP_LTZ(3), ROWTIME_METADATA)
                        .watermark(EVENT_TIME, "SOURCE_WATERMARK()")
                        .build());
    }

    private static TypeInformation<?> type(FieldType type) {
        return switch (type) {
            case STRING -> Types.STRING;
            case INT64 -> Types.LONG;
            case DOUBLE -> Types.DOUBLE;
            case BOOLEAN -> Types.BOOLEAN;
        };
    }

    /**
     * The events a group selects, {@link RowToEvent#UNTIMELY} at the side.
     *
     * @throws InvalidSourceException if the select is no SQL over the tables, changes rows it gave
     *     before, or gives other columns than declared
     */
    SingleOutputStreamOperator<FeatureEvent> select(GroupPlan group) throws InvalidSourceException {
        Table result;
        DataStream<Row> rows;
        try {
            result = tables.sqlQuery(withoutSemicolon(group.select()));
            List<String> problems =
                    SelectColumns.problems(result.getResolvedSchema(), group.columns());
            if (!problems.isEmpty()) {
                throw new InvalidSourceException(problems);
            }
            rows = tables.toDataStream(result.select(columns(group)));
        } catch (ValidationException | TableException | SqlParserException e) {
            throw new InvalidSourceException(List.of(SelectErrors.problem(e)));
        }
        String uid = "select-" + group.entity() + "-" + group.group();
        name(rows.getTransformation(), uid);
        return rows.process(
                        new RowToEvent(
                                List.copyOf(group.columns().values()),
                                maxAhead,
                                System::currentTimeMillis),
                        FeatureEventSerializer.TYPE)
                .name(uid)
                .uid(uid);
    }

    private static String withoutSemicolon(String select) {
        String text = select.strip();
        return text.endsWith(";") ? text.substring(0, text.length() - 1) : text;
    }

    private static Expression[] columns(GroupPlan group) {
        return Stream.concat(group.columns().keySet().stream(), Stream.of(EVENT_TIME))
                .map(name -> $(name))
                .toArray(Expression[]::new);
    }

    /**
     * Gives the operators of a select uids of their own. The planner's come from a counter of the
     * whole JVM, so that the same definition would get others in another process, and its state
     * would be lost.
     */
    private void name(Transformation<?> last, String prefix) {
        List<Transformation<?>> operators = new ArrayList<>();
        collect(last, Collections.newSetFromMap(new IdentityHashMap<>()), operators);
        for (int i = 0; i < operators.size(); i++) {
            operators.get(i).setUid(prefix + "-" + i);
        }
    }

    private void collect(
            Transformation<?> at, Set<Transformation<?>> seen, List<Transformation<?>> operators) {
        if (!views.contains(at) && seen.add(at)) {
            operators.add(at);
            at.getInputs().forEach(input -> collect(input, seen, operators));
        }
    }
}
