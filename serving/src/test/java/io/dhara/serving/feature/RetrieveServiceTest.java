package io.dhara.serving.feature;

import static io.dhara.serving.feature.ReadHarness.group;
import static io.dhara.serving.feature.ReadHarness.keys;
import static io.dhara.serving.feature.ReadHarness.query;
import static io.dhara.serving.feature.ReadHarness.users;
import static io.dhara.serving.feature.TestSchemas.block;
import static io.dhara.serving.feature.TestSchemas.feature;
import static io.dhara.serving.feature.TestSchemas.hex;
import static io.dhara.serving.feature.TestSchemas.key;
import static io.dhara.serving.feature.TestSchemas.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.dhara.core.model.DataType;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.proto.retrieve.DecodedResult;
import io.dhara.proto.retrieve.Feature;
import io.dhara.proto.retrieve.FeatureGroup;
import io.dhara.proto.retrieve.FeatureSchema;
import io.dhara.proto.retrieve.FeatureServiceGrpc;
import io.dhara.proto.retrieve.Keys;
import io.dhara.proto.retrieve.Query;
import io.dhara.proto.retrieve.Result;
import io.dhara.proto.retrieve.Row;
import io.dhara.serving.feature.FeatureReadSettings.CompatDefaults;
import io.dhara.serving.feature.FeatureReadSettings.CompatErrors;
import io.dhara.stores.read.StoreReadException;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RetrieveServiceTest {
    private static final FeatureGroup FP = group("fp", "f1", "f2");

    private ReadHarness harness = new ReadHarness(TestSchemas.user().withAllShapes().snapshot());

    @AfterEach
    void close() {
        harness.close();
    }

    @Test
    void retrieveFeatures_workedExample_isByteForByteThePeersAnswer() {
        putFp("u1", 1.5, -2.0);
        byte[] query =
                hex(
                        "0a 04 75 73 65 72 12 19 0a 02 66 70 12 02 66 31 12 0f 66 32 40 44 61 74"
                                + "61 54 79 70 65 46 50 31 36 1a 07 75 73 65 72 5f 69 64 22 04 0a"
                                + "02 75 31");

        byte[] answer =
                ClientCalls.blockingUnaryCall(
                        harness.channel(),
                        FeatureServiceGrpc.getRetrieveFeaturesMethod().toBuilder(RAW, RAW).build(),
                        CallOptions.DEFAULT,
                        query);

        assertThat(answer)
                .isEqualTo(
                        hex(
                                "0a 04 75 73 65 72 12 07 75 73 65 72 5f 69 64 1a 12 0a 02 66 70 12"
                                        + "04 0a 02 66 31 12 06 0a 02 66 32 10 01 22 0e 0a 02 75 31"
                                        + "12 04 00 00 c0 3f 12 02 00 c0"));
    }

    @Test
    void retrieveDecodedResult_workedExample_isText() {
        putFp("u1", 1.5, -2.0);

        DecodedResult result =
                harness.compatible()
                        .retrieveDecodedResult(
                                users(List.of(group("fp", "f1", "f2@DataTypeFP16")), "u1"));

        assertThat(result.getKeysSchemaList()).containsExactly("user_id");
        assertThat(result.getFeatureSchemas(0).getFeatures(1).getLabel()).isEqualTo("f2");
        assertThat(result.getRows(0).getKeysList()).containsExactly("u1");
        assertThat(result.getRows(0).getColumnsList()).containsExactly("1.5", "-2");
    }

    @Test
    void retrieveFeatures_anyAnswer_isWhatTheGeneratedClassesWouldWrite() {
        putFp("u1", 1.5, -2.0);

        Result result = retrieve(users(List.of(FP, group("profile", "city")), "u1", "u2"));

        Result same =
                Result.newBuilder()
                        .setEntityLabel("user")
                        .addKeysSchema("user_id")
                        .addFeatureSchemas(
                                FeatureSchema.newBuilder()
                                        .setFeatureGroupLabel("fp")
                                        .addFeatures(Feature.newBuilder().setLabel("f1"))
                                        .addFeatures(
                                                Feature.newBuilder()
                                                        .setLabel("f2")
                                                        .setColumnIdx(1)))
                        .addFeatureSchemas(
                                FeatureSchema.newBuilder()
                                        .setFeatureGroupLabel("profile")
                                        .addFeatures(
                                                Feature.newBuilder()
                                                        .setLabel("city")
                                                        .setColumnIdx(2)))
                        .addRows(row("u1", hex("0000c03f"), hex("000000c0"), utf8("unknown")))
                        .addRows(row("u2", hex("0000003f"), hex("000080bf"), utf8("unknown")))
                        .build();
        assertThat(result).isEqualTo(same);
        assertThat(result.toByteArray()).isEqualTo(same.toByteArray());
    }

    @Test
    void retrieveFeatures_duplicateKeys_answersEveryOneInOrderAndReadsOnce() {
        putFp("u1", 1.0, 0);
        putFp("u2", 2.0, 0);

        Result result = retrieve(users(List.of(group("fp", "f1")), "u2", "u1", "u2", "u2"));

        assertThat(result.getRowsList().stream().map(row -> row.getKeys(0)))
                .containsExactly("u2", "u1", "u2", "u2");
        assertThat(columns(result, 0)).containsExactly(f32(2.0f), f32(1.0f), f32(2.0f), f32(2.0f));
        assertThat(harness.stores.reads()).hasSize(1);
        assertThat(harness.stores.reads().get(0).keys()).containsExactly(key("u2"), key("u1"));
    }

    @Test
    void b24_keysWithTheSeparator_areAnsweredApart() {
        harness.close();
        harness = new ReadHarness(TestSchemas.user().keys("a", "b").snapshot());
        harness.put("fp", key("x|y", "z"), 1, e -> e.putDouble(0, 1));
        harness.put("fp", key("x", "y|z"), 1, e -> e.putDouble(0, 2));

        Result result =
                retrieve(
                        query(
                                List.of("a", "b"),
                                List.of(group("fp", "f1")),
                                keys("x|y", "z"),
                                keys("x", "y|z")));

        assertThat(columns(result, 0)).containsExactly(f32(1), f32(2));
    }

    @Test
    void b23_wrongKeysSchema_isInvalidArgumentAndNotDefaults() {
        assertStatus(
                query(List.of("usr_id"), List.of(FP), keys("u1")),
                Status.Code.INVALID_ARGUMENT,
                "keys_schema [usr_id] does not name the key of entity user: user_id is missing");
        assertStatus(
                query(List.of("user_id"), List.of(FP), keys("u1", "x")),
                Status.Code.INVALID_ARGUMENT,
                "keys[0]: expected 1 values");
    }

    @Test
    void retrieveFeatures_keyColumnsInAnotherOrder_findTheSameKey() {
        harness.close();
        harness = new ReadHarness(TestSchemas.user().keys("a", "b").snapshot());
        harness.put("fp", key("x", "y"), 1, e -> e.putDouble(0, 1));

        Result result =
                retrieve(query(List.of("b", "a"), List.of(group("fp", "f1")), keys("y", "x")));

        assertThat(columns(result, 0)).containsExactly(f32(1));
        assertThat(result.getRows(0).getKeysList()).containsExactly("y", "x");
        assertThat(result.getKeysSchemaList()).containsExactly("b", "a");
    }

    @Test
    void retrieveFeatures_unknownNames_areUnknownWithText() {
        assertStatus(
                users(List.of(group("nope", "f1")), "u1"),
                Status.Code.UNKNOWN,
                "feature group nope not found for entity : user");
        assertStatus(
                users(List.of(group("fp", "f9")), "u1"), Status.Code.UNKNOWN, "feature f9 not");
        assertStatus(
                users(List.of(group("fp", "f1@DataTypeInt8")), "u1"),
                Status.Code.UNKNOWN,
                "cannot quantise");
        assertStatus(
                users(List.of(FP), "u1").toBuilder().setEntityLabel("item").build(),
                Status.Code.UNKNOWN,
                "entity item not found");
    }

    @Test
    void retrieveFeatures_noKeys_fillsSchemasOnly() {
        Result result = retrieve(users(List.of(FP)));

        assertThat(result.getFeatureSchemasList()).hasSize(1);
        assertThat(result.getRowsList()).isEmpty();
        assertThat(harness.stores.reads()).isEmpty();
    }

    @Test
    void b29_missingStringsAndOtherShapes_areDefaultsExactlyAsInEtcd() {
        Result result = retrieve(users(ALL_SHAPES, "u1"));

        assertThat(result.getRows(0).getColumnsList())
                .containsExactly(
                        bytes(utf8("unknown")),
                        bytes(hex("80")),
                        bytes(hex("00")),
                        bytes(hex("000000000000000000000161026262")),
                        bytes(hex("a0")),
                        bytes(hex("0000003f000080bf")));
        assertThat(harness.degraded()).isNull();
    }

    @Test
    void retrieveFeatures_storedDefaultsAskedFor_answersThemLikeStoredValues() {
        reopen(CompatErrors.HIDE, CompatDefaults.STORED);

        Result result = retrieve(users(ALL_SHAPES, "u1"));

        assertThat(result.getRows(0).getColumnsList())
                .containsExactly(
                        bytes(utf8("unknown")),
                        bytes(hex("01")),
                        bytes(hex("00")),
                        bytes(hex("01000200616262")),
                        bytes(hex("010001")),
                        bytes(hex("0000003f000080bf")));
    }

    @Test
    void b27_decodedDefaultsAndValuesOfAllShapes_areTheRightText() {
        assertThat(decoded(users(ALL_SHAPES, "u1")))
                .containsExactly("unknown", "true", "false", "a:bb", "1:0:1", "0.5:-1");

        harness.put("tags", key("u1"), 1, e -> e.putStrings(0, List.of("xyz", "é")));
        harness.put("bits", key("u1"), 1, e -> e.putBools(0, new boolean[3], 0, 3));
        harness.put("profile", key("u1"), 1, e -> e.putString(0, "köln"));

        assertThat(decoded(users(ALL_SHAPES, "u1")))
                .containsExactly("köln", "true", "false", "xyz:é", "0:0:0", "0.5:-1");
    }

    @Test
    void b25_missingQuantisedValue_isTheQuantisedDefaultAlsoAsText() {
        Query query = users(List.of(group("fp", "f1@DataTypeFP16")), "u1");

        assertThat(columns(retrieve(query), 0)).containsExactly(bytes(hex("0038")));
        assertThat(decoded(query)).containsExactly("0.5");
    }

    @Test
    void b26_featureThatTheStoredVersionLacks_doesNotHideTheOthers() {
        SchemaSnapshot snapshot = harness.snapshot();
        harness.stores.put(
                "1",
                key("u1"),
                "fp",
                block(snapshot, "fp", 1, 0, false, e -> e.putDouble(0, 9)),
                1);

        Result result = retrieve(users(List.of(group("fp", "f2", "f1")), "u1"));

        assertThat(result.getRows(0).getColumnsList()).containsExactly(f32(-1), f32(9));
    }

    @Test
    void b28_labelsAndGroupsAskedTwice_areAllFilled() {
        putFp("u1", 1.5, -2.0);

        Result result =
                retrieve(
                        users(
                                List.of(
                                        group("fp", "f1", "f1@DataTypeFP16", "f1"),
                                        group("fp", "f2")),
                                "u1"));

        assertThat(result.getRows(0).getColumnsList())
                .containsExactly(f32(1.5f), bytes(hex("003e")), f32(1.5f), f32(-2));
        assertThat(result.getFeatureSchemasList()).hasSize(2);
    }

    @Test
    void b7_storeFailure_keepsItsShapeAndSaysSo() {
        putFp("u1", 1.5, -2.0);
        harness.stores.failStore("2", StoreReadException.Kind.UNAVAILABLE);

        Result result = retrieve(users(List.of(FP, group("flags", "on")), "u1", "u2", "u1"));

        assertThat(result.getRows(0).getColumnsList())
                .containsExactly(f32(1.5f), f32(-2), bytes(hex("80")));
        assertThat(harness.degraded()).isEqualTo("store-error;rows=3");
        assertThat(count("dhara.serving.degraded.rows", "cause", "store-error")).isEqualTo(3);
        assertThat(count("dhara.serving.group.reads", "status", "store-error")).isEqualTo(2);
    }

    @Test
    void b5_oneKeyFailing_leavesTheOthersPresent() {
        putFp("u1", 1.5, -2.0);
        putFp("u2", 2.5, -2.0);
        harness.stores.failKey(key("u1"), StoreReadException.Kind.UNAVAILABLE);

        Result result = retrieve(users(List.of(group("fp", "f1")), "u1", "u2"));

        assertThat(columns(result, 0)).containsExactly(f32(0.5f), f32(2.5f));
        assertThat(harness.degraded()).isEqualTo("store-error;rows=1");
    }

    @Test
    void storeFailure_withCompatErrorsFail_isAnError() {
        reopen(CompatErrors.FAIL, CompatDefaults.ETCD);
        harness.stores.failStore("1", StoreReadException.Kind.UNAVAILABLE);
        assertStatus(users(List.of(FP), "u1"), Status.Code.UNAVAILABLE, "a store failed");

        harness.stores.recover();
        harness.stores.failStore("1", StoreReadException.Kind.DEADLINE);
        assertStatus(users(List.of(FP), "u1"), Status.Code.DEADLINE_EXCEEDED, "in time");
    }

    @Test
    void b60_blocksThatDoNotDecode_areDefaultsAndCounted() {
        byte[] good = block(harness.snapshot(), "fp", 2, 0, false, e -> e.putDouble(0, 1));
        byte[][] broken = {
            Arrays.copyOf(good, 7), // b60: the peer indexes past its end
            Arrays.copyOf(good, 12),
            {1, 2, 3},
            block(harness.snapshot(), "n", 1, 0, false, e -> e.putLong(0, 1))
        };
        for (int i = 0; i < broken.length; i++) {
            harness.stores.put("1", key("u" + i), "fp", broken[i], 1);
        }

        Result result = retrieve(users(List.of(group("fp", "f1")), "u0", "u1", "u2", "u3"));

        assertThat(columns(result, 0)).containsOnly(f32(0.5f));
        assertThat(harness.degraded()).isEqualTo("corrupt;rows=4");
        assertThat(count("dhara.serving.group.reads", "status", "corrupt")).isEqualTo(4);
    }

    @Test
    void expiry_isKeptToTheMillisecond() {
        long written = ReadHarness.START.toEpochMilli() * 1000;
        harness.put("n", key("u1"), written + 899, e -> e.putLong(0, 42));
        Query query = users(List.of(group("n", "i")), "u1");

        harness.clock.set(ReadHarness.START.plusSeconds(60));
        assertThat(decoded(query)).containsExactly("42");
        harness.clock.advance(Duration.ofMillis(1));
        assertThat(decoded(query)).containsExactly("7");
        assertThat(harness.degraded()).isNull();
    }

    @Test
    void expiry_ttlEdit_appliesToOldBlocks() {
        long written = ReadHarness.START.toEpochMilli() * 1000;
        long headerExpiry = ReadHarness.START.getEpochSecond() + 60;
        harness.put("n", key("u1"), written, headerExpiry, e -> e.putLong(0, 42));
        harness.put("n", key("u2"), 0, headerExpiry, e -> e.putLong(0, 43));
        Query query = users(List.of(group("n", "i")), "u1", "u2");
        harness.clock.set(ReadHarness.START.plusSeconds(100));
        assertThat(decoded(query)).containsExactly("7", "7");

        harness.registry.show(withTtlOfN(Duration.ofSeconds(120)));
        assertThat(decoded(query)).containsExactly("42", "7");
        harness.registry.show(withTtlOfN(Duration.ofSeconds(10)));
        harness.clock.set(ReadHarness.START.plusSeconds(11));
        assertThat(decoded(query)).containsExactly("7", "43");
        harness.registry.show(withTtlOfN(Duration.ZERO));
        harness.clock.set(ReadHarness.START.plusSeconds(1_000_000));
        assertThat(decoded(query)).containsExactly("42", "7");
    }

    @Test
    void callerGone_answerIsDroppedAndCounted() {
        harness.stores.hold();

        assertThatThrownBy(
                        () ->
                                harness.compatible()
                                        .withDeadlineAfter(50, TimeUnit.MILLISECONDS)
                                        .retrieveFeatures(users(List.of(FP), "u1")))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e ->
                                assertThat(e.getStatus().getCode())
                                        .isEqualTo(Status.Code.DEADLINE_EXCEEDED));
        harness.stores.release();

        assertThat(harness.meters.counter("dhara.serving.answers.late").count()).isEqualTo(1);
    }

    @Test
    void answer_overTheLimit_isResourceExhausted() {
        harness.close();
        harness = new ReadHarness(TestSchemas.user().snapshot(), withLimits(10, 60));
        assertThat(retrieve(users(List.of(FP), "u1")).getRowsCount()).isEqualTo(1);
        assertStatus(
                users(List.of(FP), "u1", "u2", "u3"),
                Status.Code.RESOURCE_EXHAUSTED,
                "larger than 60 bytes");
    }

    @Test
    void unknownFieldsInKeys_areNotEchoed() throws IOException {
        putFp("u1", 1.5, -2.0);
        Query query = users(List.of(FP), "u1");
        byte[] withExtra = new byte[query.getKeys(0).getSerializedSize() + 2];
        System.arraycopy(query.getKeys(0).toByteArray(), 0, withExtra, 0, withExtra.length - 2);
        withExtra[withExtra.length - 2] = 0x78; // field 15, varint
        withExtra[withExtra.length - 1] = 1;

        Result result = retrieve(query.toBuilder().setKeys(0, Keys.parseFrom(withExtra)).build());

        assertThat(result.getRows(0)).isEqualTo(row("u1", hex("0000c03f"), hex("000000c0")));
    }

    private static final List<FeatureGroup> ALL_SHAPES =
            List.of(
                    group("profile", "city"),
                    group("flags", "on", "off"),
                    group("tags", "t"),
                    group("bits", "b"),
                    group("emb", "e"));

    private static SchemaSnapshot withTtlOfN(Duration ttl) {
        return TestSchemas.user()
                .withAllShapes()
                .group("n", 6, TestSchemas.SCYLLA, DataType.INT64, ttl, false)
                .version(1, feature("i", 0, "0700000000000000"))
                .done()
                .snapshot();
    }

    private void reopen(CompatErrors errors, CompatDefaults defaults) {
        harness.close();
        FeatureReadSettings d = FeatureReadSettings.DEFAULTS;
        harness =
                new ReadHarness(
                        TestSchemas.user().withAllShapes().snapshot(),
                        new FeatureReadSettings(
                                d.maxKeys(),
                                d.maxResponseBytes(),
                                d.answerReserve(),
                                errors,
                                defaults,
                                d.cacheBytes(),
                                d.maxPlans()));
    }

    private static FeatureReadSettings withLimits(int maxKeys, int maxResponseBytes) {
        FeatureReadSettings d = FeatureReadSettings.DEFAULTS;
        return new FeatureReadSettings(
                maxKeys,
                maxResponseBytes,
                d.answerReserve(),
                d.compatErrors(),
                d.compatDefaults(),
                d.cacheBytes(),
                d.maxPlans());
    }

    private void putFp(String user, double f1, double f2) {
        harness.put(
                "fp",
                key(user),
                1,
                e -> {
                    e.putDouble(0, f1);
                    e.putDouble(1, f2);
                });
    }

    private Result retrieve(Query query) {
        return harness.compatible().retrieveFeatures(query);
    }

    /** Columns of all rows, row after row. */
    private List<String> decoded(Query query) {
        return harness.compatible().retrieveDecodedResult(query).getRowsList().stream()
                .flatMap(row -> row.getColumnsList().stream())
                .toList();
    }

    private static Stream<ByteString> columns(Result result, int column) {
        return result.getRowsList().stream().map(row -> row.getColumns(column));
    }

    private double count(String name, String tag, String value) {
        return harness.meters.get(name).tag(tag, value).counters().stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }

    private void assertStatus(Query query, Status.Code code, String messagePart) {
        assertThatThrownBy(() -> retrieve(query))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(code))
                .hasMessageContaining(messagePart);
    }

    private static Row row(String key, byte[]... columns) {
        Row.Builder row = Row.newBuilder().addKeys(key);
        for (byte[] column : columns) {
            row.addColumns(ByteString.copyFrom(column));
        }
        return row.build();
    }

    private static ByteString bytes(byte[] bytes) {
        return ByteString.copyFrom(bytes);
    }

    private static ByteString f32(float value) {
        return bytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(value).array());
    }

    private static final MethodDescriptor.Marshaller<byte[]> RAW =
            new MethodDescriptor.Marshaller<>() {
                @Override
                public InputStream stream(byte[] message) {
                    return new ByteArrayInputStream(message);
                }

                @Override
                public byte[] parse(InputStream stream) {
                    try {
                        return stream.readAllBytes();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }
            };
}
