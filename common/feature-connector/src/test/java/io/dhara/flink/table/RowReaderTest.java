package io.dhara.flink.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.flink.feature.FeatureRow;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.catalog.UniqueConstraint;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.DataType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RowReaderTest {
    private static RowReader reader(DataType feature, DataType eventTime) {
        ResolvedSchema schema =
                new ResolvedSchema(
                        List.of(
                                Column.physical("b", DataTypes.BIGINT().notNull()),
                                Column.physical("f", feature),
                                Column.physical("event_time", eventTime),
                                Column.physical("a", DataTypes.STRING().notNull())),
                        List.of(),
                        UniqueConstraint.primaryKey("pk", List.of("b", "a")),
                        List.of());
        return new RowReader(FeatureColumns.of(schema, "event_time"), List.of("a", "b"));
    }

    private static FeatureRow read(DataType feature, @Nullable Object value) {
        return reader(feature, DataTypes.TIMESTAMP_LTZ(9))
                .read(
                        GenericRowData.of(
                                7L,
                                value,
                                TimestampData.fromEpochMillis(1_700, 999_999),
                                StringData.fromString("x")));
    }

    static List<Arguments> values() {
        return List.of(
                Arguments.of(DataTypes.BOOLEAN(), true, true),
                Arguments.of(DataTypes.TINYINT(), (byte) 1, (byte) 1),
                Arguments.of(DataTypes.SMALLINT(), (short) 2, (short) 2),
                Arguments.of(DataTypes.INT(), 3, 3),
                Arguments.of(DataTypes.BIGINT(), 4L, 4L),
                Arguments.of(DataTypes.FLOAT(), 0.5f, 0.5f),
                Arguments.of(DataTypes.DOUBLE(), 0.5, 0.5),
                Arguments.of(
                        DataTypes.DECIMAL(5, 2),
                        DecimalData.fromBigDecimal(new BigDecimal("1.25"), 5, 2),
                        new BigDecimal("1.25")),
                Arguments.of(DataTypes.STRING(), StringData.fromString("жя"), "жя"),
                Arguments.of(
                        DataTypes.ARRAY(DataTypes.FLOAT().notNull()),
                        new GenericArrayData(new float[] {0.5f, 1}),
                        List.of(0.5f, 1f)),
                Arguments.of(
                        DataTypes.ARRAY(DataTypes.STRING()),
                        new GenericArrayData(new Object[] {StringData.fromString("a"), null}),
                        Arrays.asList("a", null)));
    }

    @ParameterizedTest
    @MethodSource("values")
    void value_becomesThatOfAFeatureRow(DataType type, Object value, Object expected) {
        assertThat(read(type, value))
                .isEqualTo(new FeatureRow(List.of("x", "7"), 1_700, List.of(expected)));
    }

    @Test
    void null_staysNull() {
        assertThat(read(DataTypes.INT(), null).values()).containsOnlyNulls();
        assertThat(read(DataTypes.ARRAY(DataTypes.INT()), null).values()).containsOnlyNulls();
    }

    @Test
    void eventTime_asEpochMillis_isTaken_andNullIsNone() {
        RowReader reader = reader(DataTypes.INT(), DataTypes.BIGINT());
        StringData part = StringData.fromString("x");

        assertThat(reader.read(GenericRowData.of(7L, 1, 1_700L, part)).eventTimeMillis())
                .isEqualTo(1_700);
        assertThat(reader.read(GenericRowData.of(7L, 1, null, part)).eventTimeMillis())
                .isEqualTo(-1);
    }
}
