package io.dhara.serving.feature;

import static io.dhara.serving.feature.TestSchemas.block;
import static io.dhara.serving.feature.TestSchemas.hex;
import static io.dhara.serving.feature.TestSchemas.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dhara.core.model.DataType;
import io.dhara.core.model.FeatureSpec;
import io.dhara.proto.v1.Column;
import io.dhara.proto.v1.EntityKey;
import io.dhara.proto.v1.FeatureStatus;
import io.dhara.proto.v1.GroupRows;
import io.dhara.proto.v1.GroupSelector;
import io.dhara.proto.v1.RetrieveRequest;
import io.dhara.proto.v1.RetrieveResponse;
import io.dhara.stores.read.StoreReadException;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FeaturesServiceTest {
    private static final long EVENT_MS = ReadHarness.START.toEpochMilli() - 5_000;

    private ReadHarness harness = new ReadHarness(TestSchemas.user().withAllShapes().snapshot());

    @AfterEach
    void close() {
        harness.close();
    }

    @Test
    void statuses_haveTheNumbersOfTheWireEnum() {
        for (ValueStatus status : ValueStatus.values()) {
            assertThat(FeatureStatus.forNumber(status.code()).name())
                    .isEqualTo("FEATURE_STATUS_" + status.name());
        }
    }

    @Test
    void retrieve_mixedKeys_packsRowsWithAStatusPerValue() {
        putFp("u1", EVENT_MS * 1000 + 17, 1.5, -2.0);
        putFp("u3", EVENT_MS * 1000, 3, 4);
        harness.stores.failKey(key("u3"), StoreReadException.Kind.UNAVAILABLE);

        RetrieveResponse response = retrieve(users("u1", "u2", "u1", "u3"), group("fp"));

        assertThat(response.getRows()).isEqualTo(4);
        assertThat(response.getColumnsList())
                .containsExactly(
                        column("fp", "f1", "DataTypeFP32", 4, 0),
                        column("fp", "f2", "DataTypeFP32", 4, 0));
        assertThat(floats(response)).containsExactly(1.5f, -2f, 0.5f, -1f, 1.5f, -2f, 0.5f, -1f);
        assertThat(statuses(response)).containsExactly(1, 1, 4, 4, 1, 1, 5, 5);
        GroupRows rows = response.getGroups(0);
        assertThat(rows.getGroup()).isEqualTo("fp");
        assertThat(rows.getEventTimeMsList()).containsExactly(EVENT_MS, 0L, EVENT_MS, 0L);
        assertThat(rows.getSchemaVersionList()).containsExactly(2, 0, 2, 0);
        assertThat(rows.getExpiryMsList()).containsExactly(0L, 0L, 0L, 0L);
    }

    @Test
    void retrieve_stringsAndVectors_arePackedAsDocumented() {
        harness.put("profile", key("u1"), 1, e -> e.putString(0, "köln"));
        harness.put("tags", key("u1"), 1, e -> e.putStrings(0, List.of("xyz", "")));
        harness.put(
                "bits", key("u1"), 1, e -> e.putBools(0, new boolean[] {true, false, true}, 0, 3));
        harness.put("flags", key("u1"), 1, e -> e.putBool(0, true));

        RetrieveResponse response =
                retrieve(
                        users("u1", "u2"),
                        group("profile"),
                        group("tags"),
                        group("bits"),
                        group("flags"));

        assertThat(response.getColumnsList())
                .containsExactly(
                        column("profile", "city", "DataTypeString", 0, 0),
                        column("tags", "t", "DataTypeStringVector", 0, 2),
                        column("bits", "b", "DataTypeBoolVector", 3, 3),
                        column("flags", "on", "DataTypeBool", 1, 0),
                        column("flags", "off", "DataTypeBool", 1, 0));
        assertThat(response.getValues().toByteArray())
                .isEqualTo(
                        hex(
                                "05000000 6bc3b66c6e"
                                        + "07000000 0300 0000 78797a"
                                        + "010001 01 00"
                                        + "07000000 756e6b6e6f776e"
                                        + "07000000 0100 0200 616262"
                                        + "010001 01 00"));
        assertThat(statuses(response)).containsExactly(1, 1, 1, 1, 1, 4, 4, 4, 4, 4);
    }

    @Test
    void retrieve_quantised_answersTheNarrowTypeAndWidth() {
        putFp("u1", 1, 1.5, -2.0);

        RetrieveResponse response =
                retrieve(users("u1", "u2"), group("fp", "f1@DataTypeFP16", "f2"));

        assertThat(response.getColumns(0)).isEqualTo(column("fp", "f1", "DataTypeFP16", 2, 0));
        assertThat(response.getValues().toByteArray())
                .isEqualTo(hex("003e 000000c0" + "0038 000080bf"));
    }

    @Test
    void retrieve_featureThatTheStoredVersionLacks_isDefaultBesidePresent() {
        harness.stores.put(
                "1",
                key("u1"),
                "fp",
                block(harness.snapshot(), "fp", 1, 0, false, e -> e.putDouble(0, 9)),
                1_000);

        RetrieveResponse response = retrieve(users("u1"), group("fp", "f2", "f1"));

        assertThat(floats(response)).containsExactly(-1f, 9f);
        assertThat(statuses(response)).containsExactly(2, 1);
        assertThat(response.getGroups(0).getSchemaVersionList()).containsExactly(1);
        assertThat(response.getGroups(0).getEventTimeMsList()).containsExactly(1L);
    }

    @Test
    void retrieve_pinnedVersion_readsBlocksOfAnotherByLabel() {
        putFp("u1", 1, 1.5, -2.0);

        RetrieveResponse response = retrieve(users("u1"), group("fp@v1"), group("fp"));

        assertThat(response.getColumnsList())
                .extracting(column -> column.getGroup() + "." + column.getFeature())
                .containsExactly("fp@v1.f1", "fp.f1", "fp.f2");
        assertThat(floats(response)).containsExactly(1.5f, 1.5f, -2f);
        assertThat(response.getGroupsList()).hasSize(1);
        assertThat(harness.stores.reads()).hasSize(1);
    }

    @Test
    void retrieve_vectorOfAnotherLength_isDefaultSoThatCellsKeepTheirWidth() {
        harness.close();
        harness =
                new ReadHarness(
                        TestSchemas.user()
                                .group(
                                        "emb",
                                        5,
                                        TestSchemas.REDIS,
                                        DataType.FP32_VECTOR,
                                        Duration.ZERO,
                                        false)
                                .version(1, new FeatureSpec("e", 0, new byte[8], 0, 2))
                                .version(2, new FeatureSpec("e", 0, new byte[12], 0, 3))
                                .done()
                                .snapshot());
        harness.stores.put(
                "2",
                key("u1"),
                "emb",
                block(
                        harness.snapshot(),
                        "emb",
                        1,
                        0,
                        false,
                        e -> e.putDoubles(0, new double[] {1, 2}, 0, 2)),
                1);

        RetrieveResponse response = retrieve(users("u1"), group("emb"));

        assertThat(response.getValues().size()).isEqualTo(12);
        assertThat(statuses(response)).containsExactly(2);
        assertThat(statuses(retrieve(users("u1"), group("emb@v1")))).containsExactly(1);
    }

    @Test
    void retrieve_expiredGroup_isDefaultWithItsTimes() {
        long written = ReadHarness.START.toEpochMilli() * 1000;
        harness.put("n", key("u1"), written, e -> e.putLong(0, 42));
        harness.clock.advance(Duration.ofMillis(60_000));
        assertThat(statuses(retrieve(users("u1"), group("n")))).containsExactly(1);
        harness.clock.advance(Duration.ofMillis(1));

        RetrieveResponse response = retrieve(users("u1"), group("n"));

        assertThat(statuses(response)).containsExactly(3);
        assertThat(response.getValues().toByteArray()).isEqualTo(hex("0700000000000000"));
        assertThat(response.getGroups(0).getExpiryMsList())
                .containsExactly(ReadHarness.START.toEpochMilli() + 60_000);
        assertThat(response.getGroups(0).getEventTimeMsList())
                .containsExactly(ReadHarness.START.toEpochMilli());
    }

    @Test
    void retrieve_corruptBlock_isDefaultWithStatusCorrupt() {
        harness.stores.put("1", key("u1"), "fp", new byte[] {1, 2, 3}, 1);

        RetrieveResponse response = retrieve(users("u1", "u2"), group("fp", "f1"));

        assertThat(statuses(response)).containsExactly(6, 4);
    }

    @Test
    void retrieve_oneOfTwoStoresDown_answersTheOther() {
        putFp("u1", 1, 1.5, -2.0);
        harness.stores.failStore("2", StoreReadException.Kind.DEADLINE);

        RetrieveResponse response = retrieve(users("u1"), group("fp"), group("flags", "on"));

        assertThat(statuses(response)).containsExactly(1, 1, 5);
    }

    @Test
    void retrieve_allStoresDown_isAnError() {
        harness.stores.failStore("1", StoreReadException.Kind.UNAVAILABLE);
        assertStatus(request(users("u1"), group("fp")), Status.Code.UNAVAILABLE, "no store");

        harness.stores.recover();
        harness.stores.failStore("1", StoreReadException.Kind.DEADLINE);
        assertStatus(request(users("u1"), group("fp")), Status.Code.DEADLINE_EXCEEDED, "in time");
    }

    @Test
    void retrieve_wrongRequests_haveProperCodes() {
        assertStatus(request(users("u1"), group("nope")), Status.Code.NOT_FOUND, "nope");
        assertStatus(request(users("u1"), group("fp@v9")), Status.Code.NOT_FOUND, "version 9");
        assertStatus(request(users("u1"), group("fp", "x")), Status.Code.NOT_FOUND, "feature x");
        assertStatus(
                request(users("u1"), group("fp", "f1@Half")),
                Status.Code.INVALID_ARGUMENT,
                "unknown data type Half");
        assertStatus(
                request(users("u1"), group("fp", "f1@DataTypeInt8")),
                Status.Code.FAILED_PRECONDITION,
                "cannot quantise");
        assertStatus(
                request(List.of(keyOf("a", "b")), group("fp")),
                Status.Code.INVALID_ARGUMENT,
                "keys[0]: expected 1 values as in key_columns, got 2");
        assertStatus(
                request(users("u1"), group("fp")).toBuilder()
                        .addKeyColumns("user_id")
                        .addKeyColumns("x")
                        .build(),
                Status.Code.INVALID_ARGUMENT,
                "x is no key column");
        assertStatus(
                request(users(new String[10_001]), group("fp")),
                Status.Code.INVALID_ARGUMENT,
                "keys: at most 10000 in one request, got 10001");
    }

    @Test
    void retrieve_unknownSchemaVersion_asksTheRegistryOnceAndReadsOn() {
        var newer =
                TestSchemas.user()
                        .group("fp", 0, TestSchemas.SCYLLA, DataType.FP32, Duration.ZERO, false)
                        .version(
                                2,
                                TestSchemas.feature("f1", 0, "0000003f"),
                                TestSchemas.feature("f2", 1, "000080bf"))
                        .version(
                                3,
                                TestSchemas.feature("f2", 0, "000080bf"),
                                TestSchemas.feature("f1", 1, "0000003f"))
                        .done()
                        .revision(2)
                        .snapshot();
        harness.stores.put(
                "1",
                key("u1"),
                "fp",
                block(
                        newer,
                        "fp",
                        3,
                        0,
                        false,
                        e -> {
                            e.putDouble(0, -2);
                            e.putDouble(1, 1.5);
                        }),
                1);
        assertThat(statuses(retrieve(users("u1"), group("fp")))).containsExactly(6, 6);
        assertThat(statuses(retrieve(users("u1"), group("fp")))).containsExactly(6, 6);
        assertThat(harness.registry.refreshes()).isEqualTo(1);

        harness.registry.behind(newer);
        harness.clock.advance(Duration.ofSeconds(1));
        RetrieveResponse response = retrieve(users("u1"), group("fp"));

        assertThat(floats(response)).containsExactly(1.5f, -2f);
        assertThat(statuses(response)).containsExactly(1, 1);
        assertThat(response.getGroups(0).getSchemaVersionList()).containsExactly(3);
        assertThat(harness.registry.refreshes()).isEqualTo(2);
    }

    @Test
    void retrieve_noGroupsOrNoKeys_isAnEmptyAnswer() {
        assertThat(retrieve(users("u1")).getRows()).isEqualTo(1);
        assertThat(retrieve(List.of(), group("fp")).getColumnsCount()).isEqualTo(2);
    }

    private void putFp(String user, long writeMicros, double f1, double f2) {
        harness.put(
                "fp",
                key(user),
                writeMicros,
                e -> {
                    e.putDouble(0, f1);
                    e.putDouble(1, f2);
                });
    }

    private RetrieveResponse retrieve(List<EntityKey> keys, GroupSelector... groups) {
        return harness.dhara().retrieve(request(keys, groups));
    }

    private static RetrieveRequest request(List<EntityKey> keys, GroupSelector... groups) {
        return RetrieveRequest.newBuilder()
                .setEntity("user")
                .addAllKeys(keys)
                .addAllGroups(List.of(groups))
                .build();
    }

    private static List<EntityKey> users(String... ids) {
        return IntStream.range(0, ids.length)
                .mapToObj(i -> keyOf(ids[i] == null ? "n" + i : ids[i]))
                .toList();
    }

    private static EntityKey keyOf(String... values) {
        return EntityKey.newBuilder().addAllValues(List.of(values)).build();
    }

    private static GroupSelector group(String label, String... features) {
        return GroupSelector.newBuilder().setGroup(label).addAllFeatures(List.of(features)).build();
    }

    private static Column column(
            String group, String feature, String type, int width, int vectorLength) {
        return Column.newBuilder()
                .setGroup(group)
                .setFeature(feature)
                .setDataType(type)
                .setWidth(width)
                .setVectorLength(vectorLength)
                .build();
    }

    private static float[] floats(RetrieveResponse response) {
        ByteBuffer bytes =
                response.getValues().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        float[] floats = new float[bytes.remaining() / Float.BYTES];
        bytes.asFloatBuffer().get(floats);
        return floats;
    }

    private static byte[] statuses(RetrieveResponse response) {
        return response.getStatuses().toByteArray();
    }

    private void assertStatus(RetrieveRequest request, Status.Code code, String messagePart) {
        assertThatThrownBy(() -> harness.dhara().retrieve(request))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(code))
                .hasMessageContaining(messagePart);
    }
}
