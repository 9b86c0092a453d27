package io.dhara.ingest.domain;

import static io.dhara.ingest.Messages.bools;
import static io.dhara.ingest.Messages.fp32;
import static io.dhara.ingest.Messages.fp64;
import static io.dhara.ingest.Messages.group;
import static io.dhara.ingest.Messages.int32;
import static io.dhara.ingest.Messages.int64;
import static io.dhara.ingest.Messages.query;
import static io.dhara.ingest.Messages.record;
import static io.dhara.ingest.Messages.row;
import static io.dhara.ingest.Messages.strings;
import static io.dhara.ingest.Messages.uint32;
import static io.dhara.ingest.Messages.vectors;
import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.model.DataType;
import io.dhara.core.model.FeatureSpec;
import io.dhara.core.model.SchemaVersion;
import io.dhara.flink.sink.Rejection;
import io.dhara.flink.sink.WaitUnit;
import io.dhara.flink.source.RawRecord;
import io.dhara.ingest.FixedRegistry;
import io.dhara.ingest.TestSchemas;
import io.dhara.ingest.domain.IngestRules.IntegerOverflow;
import io.dhara.ingest.domain.IngestRules.NotANumber;
import io.dhara.proto.persist.Query;
import io.dhara.proto.persist.Values;
import io.dhara.stores.write.BlockWrite;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every reason for which a message, a row or a unit is rejected. */
class RejectionTest {
    private static final long NOW = 1_767_225_600_000L;

    private static final FixedRegistry REGISTRY = new FixedRegistry(schemas().build());

    private static TestSchemas schemas() {
        TestSchemas schemas = new TestSchemas().maxColumnSize(64).entity("user", "user_id");
        for (DataType type : DataType.values()) {
            schemas.group(
                    "user",
                    type.wireName(),
                    type,
                    TestSchemas.REDIS,
                    Duration.ZERO,
                    type.kind() == DataType.Kind.BOOL ? "true" : "1",
                    "x",
                    "y");
        }
        FeatureSpec wide = new FeatureSpec("w", 0, new byte[0], 65_535, 0);
        FeatureSpec wider = new FeatureSpec("z", 1, new byte[0], 65_535, 0);
        SchemaVersion wideVersion = new SchemaVersion(1, List.of(wide, wider));
        return schemas.group(
                        "user",
                        "wide",
                        DataType.STRING,
                        TestSchemas.REDIS,
                        Duration.ZERO,
                        1,
                        List.of(wideVersion))
                .group(
                        "user",
                        "narrow",
                        DataType.STRING,
                        TestSchemas.SCYLLA,
                        Duration.ZERO,
                        1,
                        List.of(new SchemaVersion(1, List.of(wide))))
                .group(
                        "user",
                        "nodefault",
                        DataType.INT32,
                        TestSchemas.REDIS,
                        Duration.ZERO,
                        1,
                        List.of(
                                new SchemaVersion(
                                        1,
                                        List.of(
                                                new FeatureSpec("p", 0, new byte[0], 0, 0),
                                                new FeatureSpec("q", 1, new byte[4], 0, 0)))))
                .entity("pair", "user_id", "category_id")
                .group(
                        "pair",
                        "flag",
                        DataType.BOOL,
                        TestSchemas.REDIS,
                        Duration.ZERO,
                        "true",
                        "a");
    }

    private static ReadResult read(IngestRules rules, RawRecord record) {
        return new FeatureMessageReader(rules, REGISTRY, () -> NOW).read(record);
    }

    private static RawRecord message(Query query, String... headers) {
        return record(query.toByteArray(), NOW, 1, headers);
    }

    private static Query one(DataType type, Values values, String... labels) {
        return query("user", "user_id", type.wireName(), labels).addData(row("u", values)).build();
    }

    private static Rejection rejection(RawRecord record) {
        return rejection(IngestRules.DEFAULT, record);
    }

    /** The one rejection of a message of one unit, whose accounts must be right. */
    private static Rejection rejection(IngestRules rules, RawRecord record) {
        ReadResult result = read(rules, record);
        assertThat(result.writes()).isEmpty();
        assertThat(result.rejected()).isNotNull();
        assertThat(result.rejectedUnits()).isEqualTo(result.unitsIn());
        assertThat(result.rejected().record()).isSameAs(record);
        assertThat(result.rejected().rejections()).hasSize(1);
        return result.rejected().rejections().get(0);
    }

    private static void assertRejected(Rejection rejection, RejectReason reason, String... words) {
        assertThat(rejection.reason()).as(rejection.detail()).isEqualTo(reason.code());
        assertThat(rejection.detail()).contains(words);
    }

    @Test
    void noValue_isUnparsable() {
        assertRejected(rejection(record(null, NOW, 1)), RejectReason.UNPARSABLE, "no value");
    }

    @Test
    void randomBytes_areUnparsable() {
        byte[] value = {(byte) 0xff, 1, 2, 3};
        assertRejected(rejection(record(value, NOW, 1)), RejectReason.UNPARSABLE, "persist.Query");
    }

    @Test
    void deeplyNestedVectors_areUnparsable() {
        Values values = fp32(1);
        for (int i = 0; i < 200; i++) {
            values = vectors(values);
        }
        byte[] bytes = one(DataType.FP32_VECTOR, values, "x").toByteArray();
        assertRejected(rejection(record(bytes, NOW, 1)), RejectReason.UNPARSABLE, "nesting");
    }

    @Test
    void tooManyBytes_isOversized() {
        byte[] value = new byte[IngestRules.DEFAULT.maxMessageBytes() + 1];
        assertRejected(
                rejection(record(value, NOW, 1)),
                RejectReason.OVERSIZED_MESSAGE,
                "4194304",
                "4194305",
                "ingest.max-message-bytes");
    }

    @Test
    void b43_noRows_isEmptyMessage() {
        Query noRows = query("user", "user_id", "DataTypeInt32", "x").build();
        assertRejected(rejection(message(noRows)), RejectReason.EMPTY_MESSAGE, "0 in data");
        assertRejected(
                rejection(record(new byte[0], NOW, 1)),
                RejectReason.EMPTY_MESSAGE,
                "0 in feature_group_schema");
    }

    @Test
    void moreUnitsThanAllowed_isTooManyRows() {
        Query.Builder query = query("user", "user_id", "DataTypeInt32", "x");
        for (int i = 0; i < IngestRules.DEFAULT.maxUnitsPerMessage() + 1; i++) {
            query.addDataBuilder();
        }
        ReadResult result = read(IngestRules.DEFAULT, message(query.build()));
        assertThat(result.rejectedUnits()).isEqualTo(100_001);
        assertRejected(
                result.rejected().rejections().get(0),
                RejectReason.TOO_MANY_ROWS,
                "100001",
                "100000");
    }

    @Test
    void wholeMessageRejected_senderThatWaitsIsToldOfEveryUnitAtOnce() {
        byte[] twoUnits =
                query("user", "user_id", "DataTypeInt32", "x")
                        .addData(row("u", int32(1)))
                        .addData(row("w", int32(2)))
                        .build()
                        .toByteArray();
        IngestRules byDefault = IngestRules.DEFAULT;
        IngestRules shorter = rules(twoUnits.length - 1, byDefault.maxUnitsPerMessage());
        IngestRules fewer = rules(byDefault.maxMessageBytes(), 1);
        RawRecord waiting = record(twoUnits, NOW, 1, "dhara-request-id", "r");
        RawRecord cut =
                record(
                        Arrays.copyOf(twoUnits, twoUnits.length - 1),
                        NOW,
                        1,
                        "dhara-request-id",
                        "r");

        assertTold(read(shorter, waiting), RejectReason.OVERSIZED_MESSAGE);
        assertTold(read(fewer, waiting), RejectReason.TOO_MANY_ROWS);
        assertTold(read(byDefault, cut), RejectReason.UNPARSABLE);
        assertTold(FeatureMessageReader.failed(waiting, "defect"), RejectReason.INTERNAL_ERROR);
    }

    private static void assertTold(ReadResult result, RejectReason reason) {
        assertThat(result.notices())
                .singleElement()
                .satisfies(
                        notice -> {
                            assertThat(notice.reason()).isEqualTo(reason);
                            assertThat(notice.waits()).containsExactly(WaitUnit.all("r"));
                        });
    }

    private static IngestRules rules(int maxMessageBytes, int maxUnits) {
        IngestRules byDefault = IngestRules.DEFAULT;
        return new IngestRules(
                maxMessageBytes,
                maxUnits,
                byDefault.maxFuture(),
                byDefault.notANumber(),
                byDefault.integerOverflow());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "12x", "1.5", "99999999999999999999"})
    void eventTimeThatIsNoNumber_isBadHeader(String text) {
        RawRecord record = message(one(DataType.INT32, int32(1), "x"), "dhara-event-time-ms", text);
        assertRejected(rejection(record), RejectReason.BAD_HEADER, "dhara-event-time-ms");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "65536", "-1", "x", "=1", "a=", "a=1,", "a=1,a=2", "a=1,b"})
    void schemaVersionThatCannotBeRead_isBadHeader(String text) {
        RawRecord record =
                message(one(DataType.INT32, int32(1), "x"), "dhara-schema-version", text);
        assertRejected(rejection(record), RejectReason.BAD_HEADER, "dhara-schema-version");
    }

    @Test
    void overlongRequestId_isBadHeader() {
        RawRecord record =
                message(one(DataType.INT32, int32(1), "x"), "dhara-request-id", "r".repeat(257));
        assertRejected(rejection(record), RejectReason.BAD_HEADER, "257", "256");
    }

    @Test
    void noTimestamp_isNoEventTime() {
        byte[] value = one(DataType.INT32, int32(1), "x").toByteArray();
        assertRejected(rejection(record(value, -1, 1)), RejectReason.NO_EVENT_TIME, "-1");
        assertRejected(
                rejection(record(value, NOW, 1, "dhara-event-time-ms", "-5")),
                RejectReason.NO_EVENT_TIME,
                "-5",
                "dhara-event-time-ms");
    }

    @Test
    void farFutureEventTime_isRejected_nearFutureIsNot() {
        byte[] value = one(DataType.INT32, int32(1), "x").toByteArray();
        long limit = NOW + 600_000;
        assertThat(read(IngestRules.DEFAULT, record(value, limit, 1)).rejected()).isNull();
        assertRejected(
                rejection(record(value, limit + 1, 1)),
                RejectReason.FUTURE_EVENT_TIME,
                "600 s",
                Long.toString(limit));
        assertRejected(
                rejection(record(value, NOW, 1, "dhara-event-time-ms", "9223372036854775807")),
                RejectReason.FUTURE_EVENT_TIME,
                "ingest.max-future");
    }

    @Test
    void b38_unknownEntity_isRejectedOnce() {
        Query query = query("nobody", "user_id", "g", "x").addData(row("u", int32(1))).build();
        assertRejected(rejection(message(query)), RejectReason.UNKNOWN_ENTITY, "nobody");
    }

    @Test
    void unknownGroup_isRejected() {
        Query query = query("user", "user_id", "nosuch", "x").addData(row("u", int32(1))).build();
        assertRejected(rejection(message(query)), RejectReason.UNKNOWN_GROUP, "nosuch", "user");
    }

    @Test
    void unknownVersion_isRejected() {
        RawRecord record = message(one(DataType.INT32, int32(1), "x"), "dhara-schema-version", "7");
        assertRejected(rejection(record), RejectReason.UNKNOWN_VERSION, "[1]", "7");
    }

    @Test
    void b8_unknownFeature_isRejectedAndOverwritesNothing() {
        Query query = one(DataType.INT32, int32(1), "nosuch");
        assertRejected(
                rejection(message(query)), RejectReason.UNKNOWN_FEATURE, "nosuch", "version 1");
    }

    @Test
    void featureNamedTwice_isRejected() {
        Query query = one(DataType.INT32, int32(1, 2), "x", "x");
        assertRejected(rejection(message(query)), RejectReason.DUPLICATE_FEATURE, "x");
    }

    @Test
    void groupNamedTwice_isRejectedTheSecondTime() {
        Query query =
                query("user", "user_id", "DataTypeInt32", "x")
                        .addFeatureGroupSchema(group("DataTypeInt32", "y"))
                        .addData(row("u", int32(1), int32(2)))
                        .build();
        ReadResult result = read(IngestRules.DEFAULT, message(query));
        assertThat(result.writes()).hasSize(1);
        assertRejected(
                result.rejected().rejections().get(0),
                RejectReason.DUPLICATE_GROUP,
                "DataTypeInt32");
    }

    @Test
    void b23_wrongKeyNames_areRejected() {
        Query query =
                query("user", "userid", "DataTypeInt32", "x").addData(row("u", int32(1))).build();
        assertRejected(rejection(message(query)), RejectReason.KEY_MISMATCH, "[user_id]", "userid");
    }

    @Test
    void keyColumnMissingOrTwice_isRejected() {
        Query missing =
                query("pair", "user_id", "flag", "a").addData(row("u", bools(true))).build();
        assertRejected(rejection(message(missing)), RejectReason.KEY_MISMATCH, "category_id");
        Query twice = missing.toBuilder().addKeysSchema("user_id").build();
        assertRejected(rejection(message(twice)), RejectReason.KEY_MISMATCH, "any order");
    }

    @Test
    void b39_moreKeyValuesThanColumns_areRejected() {
        Query query =
                query("user", "user_id", "DataTypeInt32", "x")
                        .addData(row(List.of("u", "v"), int32(1)))
                        .build();
        assertRejected(rejection(message(query)), RejectReason.KEY_MISMATCH, "1", "2");
    }

    @Test
    void emptyKeyValue_isRejected() {
        Query query =
                query("user", "user_id", "DataTypeInt32", "x").addData(row("", int32(1))).build();
        assertRejected(rejection(message(query)), RejectReason.KEY_MISMATCH, "empty");
    }

    @Test
    void b39_fewerFeatureValuesThanGroups_areRejected() {
        Query query = query("user", "user_id", "DataTypeInt32", "x").addData(row("u")).build();
        assertRejected(rejection(message(query)), RejectReason.MISSING_VALUES, "1", "0");
    }

    @Test
    void moreFeatureValuesThanGroups_areRejected() {
        Query query =
                query("user", "user_id", "DataTypeInt32", "x")
                        .addData(row("u", int32(1), int32(2)))
                        .build();
        assertRejected(rejection(message(query)), RejectReason.WRONG_COUNT, "1", "2");
    }

    @Test
    void noValues_areMissing() {
        Query query = one(DataType.INT32, Values.getDefaultInstance(), "x");
        assertRejected(rejection(message(query)), RejectReason.MISSING_VALUES, "int32_values");
    }

    @Test
    void noFeaturesNamed_isWrongCount() {
        Query query = one(DataType.INT32, int32());
        assertRejected(rejection(message(query)), RejectReason.WRONG_COUNT, "feature_labels");
    }

    @Test
    void otherList_isWrongType() {
        assertRejected(
                rejection(message(one(DataType.INT32, int64(1), "x"))),
                RejectReason.WRONG_TYPE,
                "int32_values",
                "int64_values");
        assertRejected(
                rejection(message(one(DataType.FP64, fp32(1), "x"))),
                RejectReason.WRONG_TYPE,
                "fp64_values");
        assertRejected(
                rejection(message(one(DataType.FP32_VECTOR, fp32(1, 2, 3), "x"))),
                RejectReason.WRONG_TYPE,
                "vector",
                "fp32_values");
        assertRejected(
                rejection(message(one(DataType.FP32_VECTOR, vectors(int32(1, 2, 3)), "x"))),
                RejectReason.WRONG_TYPE,
                "fp32_values",
                "int32_values");
    }

    @Test
    void b62_integersAndFloatsOfPythonClients_areWrongTypeForOtherWidths() {
        assertRejected(
                rejection(message(one(DataType.UINT32, int32(1), "x"))),
                RejectReason.WRONG_TYPE,
                "uint32_values",
                "int32_values");
        assertRejected(
                rejection(message(one(DataType.FP64, fp32(1), "x"))),
                RejectReason.WRONG_TYPE,
                "fp64_values",
                "fp32_values");
    }

    @Test
    void otherNumberOfValues_isWrongCount() {
        assertRejected(
                rejection(message(one(DataType.INT32, int32(1, 2, 3), "x", "y"))),
                RejectReason.WRONG_COUNT,
                "2",
                "3");
        assertRejected(
                rejection(message(one(DataType.FP32_VECTOR, vectors(fp32(1, 2, 3)), "x", "y"))),
                RejectReason.WRONG_COUNT,
                "vector",
                "2",
                "1");
    }

    @Test
    void b2_wrongVectorLength_isRejected() {
        assertRejected(
                rejection(message(one(DataType.FP32_VECTOR, vectors(fp32(1, 2)), "x"))),
                RejectReason.WRONG_VECTOR_LENGTH,
                "feature x",
                "3",
                "2");
    }

    @Test
    void b39_vectorWithoutValues_isRejected() {
        Values values = vectors(Values.getDefaultInstance());
        assertRejected(
                rejection(message(one(DataType.FP32_VECTOR, values, "x"))),
                RejectReason.MISSING_VALUES,
                "fp32_values");
    }

    @Test
    void b2_tooLongString_isRejected() {
        assertRejected(
                rejection(message(one(DataType.STRING, strings("123456789"), "x"))),
                RejectReason.STRING_TOO_LONG,
                "feature x",
                "9",
                "8");
        assertThat(
                        read(
                                        IngestRules.DEFAULT,
                                        message(one(DataType.STRING, strings("12345678"), "x")))
                                .rejected())
                .isNull();
        assertRejected(
                rejection(message(one(DataType.STRING, strings("ééééé"), "x"))),
                RejectReason.STRING_TOO_LONG,
                "10");
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void notANumber_isRejectedUnlessAccepted(double value) {
        for (DataType type : List.of(DataType.FP64, DataType.FP32, DataType.FP8_E4M3)) {
            Query query = one(type, type == DataType.FP64 ? fp64(value) : fp32(value), "x");
            assertRejected(rejection(message(query)), RejectReason.NOT_A_NUMBER, "feature x");
            IngestRules accepting = rules(NotANumber.ACCEPT, IntegerOverflow.REJECT);
            assertThat(read(accepting, message(query)).writes()).hasSize(1);
        }
    }

    @Test
    void floatsThatRoundToInfinity_areOutOfRange() {
        assertFloatRange(DataType.FP32, Float.MAX_VALUE, 3.5e38);
        assertFloatRange(DataType.FP16, 65_519, 65_520);
        assertFloatRange(DataType.FP8_E5M2, 61_439, 61_440);
        assertFloatRange(DataType.FP8_E4M3, 464, 464.1);
    }

    private static void assertFloatRange(DataType type, double last, double first) {
        for (int sign : new int[] {1, -1}) {
            assertThat(
                            read(IngestRules.DEFAULT, message(one(type, fp32(sign * last), "x")))
                                    .writes())
                    .hasSize(1);
            assertRejected(
                    rejection(message(one(type, fp32(sign * first), "x"))),
                    RejectReason.OUT_OF_RANGE,
                    type.wireName());
        }
    }

    @Test
    void narrowIntegers_areRejectedOutsideTheirRange() {
        assertRange(DataType.INT8, -128, 127);
        assertRange(DataType.INT16, -32_768, 32_767);
        assertRange(DataType.UINT8, 0, 255);
        assertRange(DataType.UINT16, 0, 65_535);
    }

    private static void assertRange(DataType type, int least, int greatest) {
        boolean signed = type.kind() == DataType.Kind.INT;
        for (int value : new int[] {least, greatest}) {
            Values values = signed ? int32(value) : uint32(value);
            assertThat(read(IngestRules.DEFAULT, message(one(type, values, "x"))).writes())
                    .hasSize(1);
        }
        for (int value : new int[] {least - 1, greatest + 1}) {
            Query query = one(type, signed ? int32(value) : uint32(value), "x");
            assertRejected(
                    rejection(message(query)),
                    RejectReason.OUT_OF_RANGE,
                    type.wireName(),
                    "ingest.integer-overflow");
            IngestRules wrapping = rules(NotANumber.REJECT, IntegerOverflow.WRAP);
            assertThat(read(wrapping, message(query)).writes()).hasSize(1);
        }
    }

    @Test
    void vectorElements_areCheckedToo() {
        assertRejected(
                rejection(message(one(DataType.INT8_VECTOR, vectors(int32(1, 300, 2)), "x"))),
                RejectReason.OUT_OF_RANGE,
                "300");
        assertRejected(
                rejection(message(one(DataType.FP16_VECTOR, vectors(fp32(1, 2, Double.NaN)), "x"))),
                RejectReason.NOT_A_NUMBER,
                "NaN");
    }

    @Test
    void missingDefault_isRejected() {
        Query query =
                query("user", "user_id", "nodefault", "q").addData(row("u", int32(1))).build();
        assertRejected(rejection(message(query)), RejectReason.NO_DEFAULT, "feature p");
        Query given =
                query("user", "user_id", "nodefault", "p").addData(row("u", int32(1))).build();
        assertThat(read(IngestRules.DEFAULT, message(given)).writes()).hasSize(1);
    }

    @Test
    void b13_blockOver65535Bytes_isRejected() {
        Query query =
                query("user", "user_id", "wide", "w", "z")
                        .addData(row("u", strings("a".repeat(40_000), "b".repeat(40_000))))
                        .build();
        assertRejected(rejection(message(query)), RejectReason.BLOCK_TOO_LARGE, "65535");
    }

    @Test
    void b3_blockOverItsSegments_isRejected() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 200; i++) {
            text.append((char) ('!' + i * 31 % 90));
        }
        Query query =
                query("user", "user_id", "narrow", "w")
                        .addData(row("u", strings(text.toString())))
                        .build();
        assertRejected(
                rejection(message(query)),
                RejectReason.BLOCK_TOO_LARGE,
                "hold 64",
                "segment column");
    }

    @Test
    void b16_b17_b18_b19_b20_b21_missingFeaturesOfEveryType_takeTheirDefault() {
        for (DataType type : DataType.values()) {
            Values value = valuesOf(type);
            ReadResult result = read(IngestRules.DEFAULT, message(one(type, value, "x")));
            assertThat(result.rejected()).as(type.wireName()).isNull();
            BlockWrite partial = result.writes().get(0).write();
            Values both = value.toBuilder().mergeFrom(value).build();
            BlockWrite whole =
                    read(IngestRules.DEFAULT, message(one(type, both, "x", "y")))
                            .writes()
                            .get(0)
                            .write();
            assertThat(partial.block()).as(type.wireName()).isEqualTo(whole.block());
        }
    }

    /** The default of every group, as a sent value. */
    private static Values valuesOf(DataType type) {
        Values one =
                switch (type.scalar().kind()) {
                    case FLOAT -> type.scalar() == DataType.FP64 ? fp64(1) : fp32(1);
                    case INT -> type.scalar() == DataType.INT64 ? int64(1) : int32(1);
                    case UINT ->
                            type.scalar() == DataType.UINT64
                                    ? Values.newBuilder().addUint64Values(1).build()
                                    : uint32(1);
                    case STRING -> strings("1");
                    case BOOL -> bools(true);
                };
        if (!type.isVector()) {
            return one;
        }
        Values.Builder three = one.toBuilder();
        three.mergeFrom(one).mergeFrom(one);
        return vectors(three.build());
    }

    private static IngestRules rules(NotANumber notANumber, IntegerOverflow overflow) {
        return new IngestRules(1 << 20, 1000, Duration.ofMinutes(10), notANumber, overflow);
    }
}
