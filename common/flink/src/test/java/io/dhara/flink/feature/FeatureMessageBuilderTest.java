package io.dhara.flink.feature;

import static io.dhara.flink.feature.FeatureRefusedException.Reason.KEY_MISMATCH;
import static io.dhara.flink.feature.FeatureRefusedException.Reason.NOT_A_NUMBER;
import static io.dhara.flink.feature.FeatureRefusedException.Reason.NO_DEFAULT;
import static io.dhara.flink.feature.FeatureRefusedException.Reason.OUT_OF_RANGE;
import static io.dhara.flink.feature.FeatureRefusedException.Reason.STRING_TOO_LONG;
import static io.dhara.flink.feature.FeatureRefusedException.Reason.WRONG_COUNT;
import static io.dhara.flink.feature.FeatureRefusedException.Reason.WRONG_TYPE;
import static io.dhara.flink.feature.FeatureRefusedException.Reason.WRONG_VECTOR_LENGTH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dhara.core.model.DataType;
import io.dhara.flink.feature.FeatureRefusedException.Reason;
import io.dhara.proto.persist.Query;
import io.dhara.proto.persist.Values;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FeatureMessageBuilderTest {
    private static final BigInteger LAST_UINT64 = new BigInteger("18446744073709551615");

    private static GroupShape shape(DataType type, String... labels) {
        return new GroupShape(
                "user",
                List.of("user_id"),
                "g",
                type,
                Stream.of(labels)
                        .map(
                                label ->
                                        new GroupShape.Feature(
                                                label, 4, type.isVector() ? 2 : 0, null))
                        .toList());
    }

    private static Query build(GroupShape shape, boolean acceptNotANumber, Object... values) {
        return new FeatureMessageBuilder(
                        "user", List.of("user_id"), List.of("u1"), acceptNotANumber)
                .add(shape, Arrays.asList(values))
                .build();
    }

    private static Values one(DataType type, Object value) {
        return build(shape(type, "f"), false, value).getData(0).getFeatureValues(0).getValues();
    }

    private static FeatureRefusedException refused(DataType type, Object value) {
        return catchThrowableOfType(FeatureRefusedException.class, () -> one(type, value));
    }

    static Stream<Arguments> values() {
        return Stream.of(
                Arguments.of(DataType.FP8_E5M2, 57_344, Values.newBuilder().addFp32Values(57_344)),
                Arguments.of(DataType.FP8_E4M3, -448L, Values.newBuilder().addFp32Values(-448)),
                Arguments.of(DataType.FP16, 65_504f, Values.newBuilder().addFp32Values(65_504)),
                Arguments.of(DataType.FP32, 0.1, Values.newBuilder().addFp32Values(0.1)),
                Arguments.of(DataType.FP64, 1e300, Values.newBuilder().addFp64Values(1e300)),
                Arguments.of(
                        DataType.FP64,
                        new BigDecimal("2.5"),
                        Values.newBuilder().addFp64Values(2.5)),
                Arguments.of(DataType.INT8, -128L, Values.newBuilder().addInt32Values(-128)),
                Arguments.of(DataType.INT16, 32_767, Values.newBuilder().addInt32Values(32_767)),
                Arguments.of(
                        DataType.INT32,
                        (long) Integer.MIN_VALUE,
                        Values.newBuilder().addInt32Values(Integer.MIN_VALUE)),
                Arguments.of(DataType.INT32, 3.0, Values.newBuilder().addInt32Values(3)),
                Arguments.of(
                        DataType.INT32,
                        new BigDecimal("0E+999999999"),
                        Values.newBuilder().addInt32Values(0)),
                Arguments.of(
                        DataType.INT64,
                        Long.MIN_VALUE,
                        Values.newBuilder().addInt64Values(Long.MIN_VALUE)),
                Arguments.of(
                        DataType.INT64,
                        new BigDecimal("9E+18"),
                        Values.newBuilder().addInt64Values(9_000_000_000_000_000_000L)),
                Arguments.of(DataType.UINT8, (short) 255, Values.newBuilder().addUint32Values(255)),
                Arguments.of(DataType.UINT16, 65_535, Values.newBuilder().addUint32Values(65_535)),
                Arguments.of(
                        DataType.UINT32, 4_294_967_295L, Values.newBuilder().addUint32Values(-1)),
                Arguments.of(DataType.UINT64, LAST_UINT64, Values.newBuilder().addUint64Values(-1)),
                Arguments.of(DataType.STRING, "жя", Values.newBuilder().addStringValues("жя")),
                Arguments.of(DataType.STRING, "😀", Values.newBuilder().addStringValues("😀")),
                Arguments.of(DataType.BOOL, true, Values.newBuilder().addBoolValues(true)));
    }

    @ParameterizedTest
    @MethodSource("values")
    void value_thatFits_goesIntoTheListOfItsType(
            DataType type, Object value, Values.Builder expected) {
        assertThat(one(type, value)).isEqualTo(expected.build());
    }

    @ParameterizedTest
    @MethodSource("values")
    void vector_ofValuesThatFit_goesIntoTheListOfItsType(
            DataType type, Object value, Values.Builder expected) {
        DataType vector = DataType.ofId(type.id() + 15).orElseThrow();

        Values written = one(vector, List.of(value, value));

        assertThat(written.getVectorCount()).isEqualTo(1);
        assertThat(written.getVector(0).getValues())
                .isEqualTo(expected.build().toBuilder().mergeFrom(expected.build()).build());
    }

    static Stream<Arguments> misfits() {
        return Stream.of(
                Arguments.of(DataType.FP8_E5M2, 61_440, OUT_OF_RANGE, "cannot hold 61440"),
                Arguments.of(DataType.FP8_E4M3, 465, OUT_OF_RANGE, "DataTypeFP8E4M3"),
                Arguments.of(DataType.FP16, -65_520.0, OUT_OF_RANGE, "cannot hold -65520.0"),
                Arguments.of(DataType.FP32, 1e39, OUT_OF_RANGE, "choose a wider type"),
                Arguments.of(DataType.FP64, new BigDecimal("1e400"), OUT_OF_RANGE, "1E+400"),
                Arguments.of(DataType.FP32, Double.NaN, NOT_A_NUMBER, "got NaN"),
                Arguments.of(DataType.FP64, Float.NEGATIVE_INFINITY, NOT_A_NUMBER, "got -Infinity"),
                Arguments.of(DataType.INT32, Double.NaN, NOT_A_NUMBER, "got NaN"),
                Arguments.of(DataType.INT8, 128, OUT_OF_RANGE, "cannot hold 128"),
                Arguments.of(DataType.INT16, -32_769, OUT_OF_RANGE, "cannot hold -32769"),
                Arguments.of(DataType.INT32, 2_147_483_648L, OUT_OF_RANGE, "2147483648"),
                Arguments.of(DataType.INT32, 3.5, OUT_OF_RANGE, "round it before"),
                Arguments.of(DataType.INT64, 0.1f, OUT_OF_RANGE, "cannot hold 0.1"),
                Arguments.of(DataType.INT64, 9.3e18, OUT_OF_RANGE, "cannot hold 9.3E18"),
                Arguments.of(
                        DataType.INT64, new BigDecimal("1E+999999999"), OUT_OF_RANGE, "999999999"),
                Arguments.of(
                        DataType.INT64, new BigDecimal("1E-999999999"), OUT_OF_RANGE, "999999999"),
                Arguments.of(DataType.UINT8, -1, OUT_OF_RANGE, "cannot hold -1"),
                Arguments.of(DataType.UINT16, 65_536, OUT_OF_RANGE, "cannot hold 65536"),
                Arguments.of(DataType.UINT32, 4_294_967_296L, OUT_OF_RANGE, "4294967296"),
                Arguments.of(DataType.UINT64, -1L, OUT_OF_RANGE, "cannot hold -1"),
                Arguments.of(
                        DataType.UINT64, LAST_UINT64.add(BigInteger.ONE), OUT_OF_RANGE, "551616"),
                Arguments.of(DataType.INT64, new AtomicLong(), WRONG_TYPE, "java.math"),
                Arguments.of(DataType.INT32, "3", WRONG_TYPE, "a whole number: got String 3"),
                Arguments.of(DataType.FP32, true, WRONG_TYPE, "a number: got Boolean"),
                Arguments.of(DataType.FP32, List.of(1.0), WRONG_TYPE, "a number: got"),
                Arguments.of(DataType.BOOL, 1, WRONG_TYPE, "a boolean: got Integer 1"),
                Arguments.of(DataType.STRING, 1, WRONG_TYPE, "a string: got Integer 1"),
                Arguments.of(DataType.STRING, "\ud83d", WRONG_TYPE, "half a surrogate pair"),
                Arguments.of(DataType.STRING, "жяж", STRING_TOO_LONG, "at most 4 bytes"),
                Arguments.of(DataType.FP32_VECTOR, 1.0, WRONG_TYPE, "a list of DataTypeFP32"),
                Arguments.of(DataType.FP32_VECTOR, List.of(1.0), WRONG_VECTOR_LENGTH, "2 elements"),
                Arguments.of(
                        DataType.FP32_VECTOR, Arrays.asList(1.0, null), WRONG_TYPE, "got null"),
                Arguments.of(
                        DataType.INT8_VECTOR, List.of(1, 200), OUT_OF_RANGE, "cannot hold 200"));
    }

    @ParameterizedTest
    @MethodSource("misfits")
    void value_thatDoesNotFit_isRefusedNamingFeatureAndValue(
            DataType type, Object value, Reason reason, String words) {
        FeatureRefusedException thrown = refused(type, value);

        assertThat(thrown.reason()).isEqualTo(reason);
        assertThat(thrown).hasMessageContaining("feature f ").hasMessageContaining(words);
    }

    @Test
    void notANumber_ifAccepted_goesThrough() {
        Query query = build(shape(DataType.FP16, "a", "b"), true, Double.NaN, 1e9);

        assertThat(query.getData(0).getFeatureValues(0).getValues().getFp32ValuesList())
                .containsExactly(Double.NaN, 1e9);
    }

    @Test
    void null_leavesItsFeatureOut() {
        Query query = build(shape(DataType.INT64, "a", "b", "c"), false, 1, null, 3L);

        assertThat(query.getEntityLabel()).isEqualTo("user");
        assertThat(query.getKeysSchemaList()).containsExactly("user_id");
        assertThat(query.getData(0).getKeyValuesList()).containsExactly("u1");
        assertThat(query.getFeatureGroupSchema(0).getLabel()).isEqualTo("g");
        assertThat(query.getFeatureGroupSchema(0).getFeatureLabelsList()).containsExactly("a", "c");
        assertThat(query.getData(0).getFeatureValues(0).getValues().getInt64ValuesList())
                .containsExactly(1L, 3L);
    }

    @Test
    void nothingButNulls_oneDefaultStandsForThem() {
        GroupShape shape =
                new GroupShape(
                        "user",
                        List.of("user_id"),
                        "g",
                        DataType.INT32,
                        List.of(
                                new GroupShape.Feature("a", 0, 0, null),
                                new GroupShape.Feature("b", 0, 0, List.of("-7"))));

        Query query = build(shape, false, null, null);

        assertThat(query.getFeatureGroupSchema(0).getFeatureLabelsList()).containsExactly("b");
        assertThat(query.getData(0).getFeatureValues(0).getValues().getInt32ValuesList())
                .containsExactly(-7);
    }

    @Test
    void nothingButNulls_withoutADefault_isRefused() {
        assertThat(
                        catchThrowableOfType(
                                        FeatureRefusedException.class,
                                        () ->
                                                build(
                                                        shape(DataType.INT32, "a"),
                                                        false,
                                                        Collections.nCopies(1, null).toArray()))
                                .reason())
                .isEqualTo(NO_DEFAULT);
    }

    @Test
    void values_fewerThanFeatures_areRefused() {
        assertThat(
                        catchThrowableOfType(
                                        FeatureRefusedException.class,
                                        () -> build(shape(DataType.INT32, "a", "b"), false, 1))
                                .reason())
                .isEqualTo(WRONG_COUNT);
    }

    static Stream<Arguments> wrongKeys() {
        return Stream.of(
                Arguments.of(List.of(), "the 1 parts [user_id]: got 0"),
                Arguments.of(List.of("a", "b"), "got 2"),
                Arguments.of(List.of(""), "user_id of entity user must not be empty"),
                Arguments.of(List.of("\udc00x"), "half a surrogate pair"));
    }

    @ParameterizedTest
    @MethodSource("wrongKeys")
    void key_thatIsNone_isRefused(List<String> key, String words) {
        FeatureRefusedException thrown =
                catchThrowableOfType(
                        FeatureRefusedException.class,
                        () -> new FeatureMessageBuilder("user", List.of("user_id"), key, false));

        assertThat(thrown.reason()).isEqualTo(KEY_MISMATCH);
        assertThat(thrown).hasMessageContaining(words);
    }
}
