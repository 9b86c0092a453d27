package io.dhara.flink.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.catalog.CatalogTable;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.catalog.ObjectIdentifier;
import org.apache.flink.table.catalog.ResolvedCatalogTable;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.catalog.UniqueConstraint;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.factories.DynamicTableSinkFactory;
import org.apache.flink.table.factories.FactoryUtil;
import org.apache.flink.table.types.DataType;
import org.apache.flink.types.RowKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FeatureTableFactoryTest {
    private static final String SCHEMAS = "../../examples/schemas";
    private static final DataType INSTANT = DataTypes.TIMESTAMP_LTZ(3);

    private static Map<String, String> declared(String... changes) {
        Map<String, String> options = new HashMap<>();
        options.put("connector", "dhara-features");
        options.put("properties.bootstrap.servers", "kafka:9092");
        options.put("entity", "user");
        options.put("group", "activity");
        options.put("data-type", "Int32");
        for (int i = 0; i < changes.length; i += 2) {
            options.put(changes[i], changes[i + 1]);
        }
        return options;
    }

    private static Map<String, String> registered(String... changes) {
        Map<String, String> options = declared(changes);
        options.remove("data-type");
        options.put("registry.folder", SCHEMAS);
        return options;
    }

    private static List<Column> columns(DataType feature) {
        return List.of(
                Column.physical("user_id", DataTypes.STRING().notNull()),
                Column.physical("views_1d", feature),
                Column.physical("event_time", INSTANT));
    }

    private static DynamicTableSink create(
            List<Column> columns, List<String> key, Map<String, String> options) {
        ResolvedSchema schema =
                new ResolvedSchema(
                        columns,
                        List.of(),
                        key.isEmpty() ? null : UniqueConstraint.primaryKey("pk", key),
                        List.of());
        CatalogTable table =
                CatalogTable.newBuilder()
                        .schema(Schema.newBuilder().fromResolvedSchema(schema).build())
                        .options(options)
                        .build();
        return FactoryUtil.createDynamicTableSink(
                null,
                ObjectIdentifier.of("c", "d", "t"),
                new ResolvedCatalogTable(table, schema),
                Map.of(),
                new Configuration(),
                FeatureTableFactoryTest.class.getClassLoader(),
                true);
    }

    @Test
    void factory_isFoundByItsName() {
        assertThat(
                        FactoryUtil.discoverFactory(
                                getClass().getClassLoader(),
                                DynamicTableSinkFactory.class,
                                "dhara-features"))
                .isInstanceOf(FeatureTableFactory.class);
    }

    @Test
    void table_thatKnowsDefaults_takesDeletesOfWholeRows() {
        DynamicTableSink sink = create(columns(DataTypes.INT()), List.of("user_id"), registered());

        ChangelogMode mode = sink.getChangelogMode(ChangelogMode.all());
        assertThat(mode.getContainedKinds())
                .containsExactlyInAnyOrder(RowKind.INSERT, RowKind.UPDATE_AFTER, RowKind.DELETE);
        assertThat(mode.keyOnlyDeletes()).isFalse();
        assertThat(sink.asSummaryString()).isEqualTo("Dhara feature group user/activity");
    }

    @Test
    void table_thatKnowsNoDefaults_takesNoDeletes() {
        DynamicTableSink sink = create(columns(DataTypes.INT()), List.of("user_id"), declared());

        assertThat(sink.getChangelogMode(ChangelogMode.all()).getContainedKinds())
                .containsExactlyInAnyOrder(RowKind.INSERT, RowKind.UPDATE_AFTER);
    }

    static Stream<Arguments> goodTypes() {
        return Stream.of(
                Arguments.of("Int8", DataTypes.BIGINT()),
                Arguments.of("DataTypeUint64", DataTypes.DECIMAL(20, 0)),
                Arguments.of("FP16", DataTypes.DECIMAL(10, 2)),
                Arguments.of("FP64", DataTypes.TINYINT()),
                Arguments.of("FP8E4M3", DataTypes.FLOAT()),
                Arguments.of("String", DataTypes.VARCHAR(9)),
                Arguments.of("Bool", DataTypes.BOOLEAN()),
                Arguments.of("FP32Vector", DataTypes.ARRAY(DataTypes.DOUBLE())),
                Arguments.of("StringVector", DataTypes.ARRAY(DataTypes.STRING())));
    }

    @ParameterizedTest
    @MethodSource("goodTypes")
    void column_ofATypeThatFits_isTaken(String type, DataType column) {
        assertThat(create(columns(column), List.of("user_id"), declared("data-type", type)))
                .isInstanceOf(FeatureTable.class);
    }

    static Stream<Arguments> badTypes() {
        return Stream.of(
                Arguments.of("Int32", DataTypes.DOUBLE(), "INT, BIGINT or another integer"),
                Arguments.of("Int32", DataTypes.DECIMAL(5, 1), "Feature views_1d is DECIMAL(5, 1)"),
                Arguments.of("FP32", DataTypes.STRING(), "takes FLOAT, DOUBLE"),
                Arguments.of("String", DataTypes.BYTES(), "takes STRING"),
                Arguments.of("Bool", DataTypes.INT(), "takes BOOLEAN"),
                Arguments.of("FP32Vector", DataTypes.FLOAT(), "takes ARRAY of FLOAT"),
                Arguments.of("FP32", DataTypes.ARRAY(DataTypes.FLOAT()), "is ARRAY<FLOAT>"),
                Arguments.of("FP32", DataTypes.DATE(), "CAST what is written"),
                Arguments.of("Int31", DataTypes.INT(), "must be one of [FP8E5M2, FP8E4M3"));
    }

    @ParameterizedTest
    @MethodSource("badTypes")
    void column_ofATypeThatDoesNotFit_isRefusedWithARemedy(
            String type, DataType column, String words) {
        assertThat(refusal(columns(column), List.of("user_id"), declared("data-type", type)))
                .contains(words);
    }

    private static String refusal(
            List<Column> columns, List<String> key, Map<String, String> options) {
        Throwable thrown = catchThrowable(() -> create(columns, key, options));
        assertThat(thrown).isInstanceOf(ValidationException.class);
        StringBuilder messages = new StringBuilder();
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            messages.append(cause.getMessage()).append('\n');
        }
        return messages.toString();
    }

    static Stream<Arguments> badTables() {
        Column key = Column.physical("user_id", DataTypes.STRING().notNull());
        Column views = Column.physical("views_1d", DataTypes.INT());
        Column time = Column.physical("event_time", INSTANT);
        List<Column> good = List.of(key, views, time);
        List<String> user = List.of("user_id");
        Column local = Column.physical("event_time", DataTypes.TIMESTAMP(3));
        Column day = Column.physical("event_time", DataTypes.DATE());
        Column real = Column.physical("user_id", DataTypes.DOUBLE().notNull());
        Column id = Column.physical("id", DataTypes.INT().notNull());
        Column clicks = Column.physical("clicks", DataTypes.INT());
        return Stream.of(
                Arguments.of(good, List.of(), declared(), "Add PRIMARY KEY"),
                Arguments.of(List.of(key, time), user, declared(), "needs a feature"),
                Arguments.of(List.of(key, views), user, declared(), "no column event_time"),
                Arguments.of(List.of(key, views, local), user, declared(), "CAST(... AS TIMESTAMP"),
                Arguments.of(List.of(key, views, day), user, declared(), "or BIGINT of epoch"),
                Arguments.of(good, user, declared("event-time", "user_id"), "no column user_id"),
                Arguments.of(List.of(real, views, time), user, declared(), "CAST(... AS STRING)"),
                Arguments.of(good, user, declared("registry.folder", SCHEMAS), "got both"),
                Arguments.of(good, user, declared("data-type", ""), "got neither"),
                Arguments.of(good, user, registered("entity", "nobody"), "unknown entity nobody"),
                Arguments.of(good, user, registered("group", "nothing"), "unknown group nothing"),
                Arguments.of(good, user, registered("schema-version", "99"), "unknown version 99"),
                Arguments.of(good, user, registered("registry.colour", "red"), "registry.colour"),
                Arguments.of(
                        List.of(key, clicks, time), user, registered(), "unknown feature clicks"),
                Arguments.of(
                        good,
                        user,
                        declared("schema-version", "70000"),
                        "schema version must be 1..65535"),
                Arguments.of(
                        List.of(views, id, time),
                        List.of("id"),
                        registered(),
                        "must name these columns, got [id]"),
                Arguments.of(good, user, declared("colour", "red"), "Unsupported options"));
    }

    @ParameterizedTest
    @MethodSource("badTables")
    void table_thatCannotBeWritten_isRefusedWithARemedy(
            List<Column> columns, List<String> key, Map<String, String> options, String words) {
        assertThat(refusal(columns, key, options)).contains(words);
    }

    @Test
    void key_inAnotherOrderThanTheEntitys_isTaken() {
        List<Column> columns =
                List.of(
                        Column.physical("category_id", DataTypes.STRING().notNull()),
                        Column.physical("user_id", DataTypes.BIGINT().notNull()),
                        Column.physical("score", DataTypes.DOUBLE()),
                        Column.physical("at_ms", DataTypes.BIGINT()));

        assertThat(
                        create(
                                columns,
                                List.of("category_id", "user_id"),
                                registered(
                                        "entity", "user_category",
                                        "group", "affinity",
                                        "event-time", "at_ms")))
                .isInstanceOf(FeatureTable.class);
    }
}
