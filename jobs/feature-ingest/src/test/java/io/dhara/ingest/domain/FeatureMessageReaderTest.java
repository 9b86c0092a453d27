package io.dhara.ingest.domain;

import static io.dhara.ingest.Messages.bools;
import static io.dhara.ingest.Messages.bytes;
import static io.dhara.ingest.Messages.fp32;
import static io.dhara.ingest.Messages.fp64;
import static io.dhara.ingest.Messages.group;
import static io.dhara.ingest.Messages.hex;
import static io.dhara.ingest.Messages.int32;
import static io.dhara.ingest.Messages.query;
import static io.dhara.ingest.Messages.record;
import static io.dhara.ingest.Messages.row;
import static io.dhara.ingest.Messages.vectors;
import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.model.DataType;
import io.dhara.core.model.EntityKey;
import io.dhara.core.psdb.PsdbBlock;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.flink.sink.PendingWrite;
import io.dhara.flink.sink.RejectedRecord;
import io.dhara.flink.sink.WaitUnit;
import io.dhara.flink.source.SourcePosition;
import io.dhara.ingest.FixedRegistry;
import io.dhara.ingest.TestSchemas;
import io.dhara.proto.persist.Query;
import io.dhara.stores.write.BlockWrite;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of right messages; {@link RejectionTest} has the wrong ones. */
class FeatureMessageReaderTest {
    private static final long NOW = 1_767_225_600_000L; // 2026-01-01T00:00:00Z
    private static final long EVENT = NOW - 5_000;
    private static final long OFFSET = 1_807;

    private static TestSchemas schemas() {
        return new TestSchemas()
                .entity("user", "user_id")
                .group(
                        "user",
                        "fp",
                        DataType.FP32,
                        TestSchemas.SCYLLA,
                        Duration.ZERO,
                        1,
                        List.of(
                                TestSchemas.version(1, DataType.FP32, "0.25", "f1", "f2"),
                                TestSchemas.version(2, DataType.FP32, "0.5", "f1", "f2", "f3")))
                .group(
                        "user",
                        "short",
                        DataType.INT32,
                        TestSchemas.REDIS,
                        Duration.ofSeconds(60),
                        "7",
                        "n")
                .group(
                        "user",
                        "vec",
                        DataType.FP32_VECTOR,
                        TestSchemas.REDIS,
                        Duration.ZERO,
                        "1",
                        "v")
                .entity("pair", "user_id", "category_id")
                .group(
                        "pair",
                        "flag",
                        DataType.BOOL,
                        TestSchemas.REDIS,
                        Duration.ZERO,
                        "true",
                        "a",
                        "b");
    }

    private final FixedRegistry registry = new FixedRegistry(schemas().build());
    private final FeatureMessageReader reader =
            new FeatureMessageReader(IngestRules.DEFAULT, registry, () -> NOW);

    private ReadResult read(Query query, String... headers) {
        return read(query, EVENT, headers);
    }

    private ReadResult read(Query query, long timestamp, String... headers) {
        return reader.read(record(query.toByteArray(), timestamp, OFFSET, headers));
    }

    private static BlockWrite only(ReadResult result) {
        assertThat(result.rejected()).isNull();
        assertThat(result.writes()).hasSize(1);
        return result.writes().get(0).write();
    }

    private static PsdbBlock block(SchemaSnapshot snapshot, BlockWrite write) {
        PsdbBlock block = new PsdbBlock().wrap(write.block(), 0, write.block().length);
        return block.open(
                snapshot.entity(write.key().entity())
                        .group(write.group())
                        .version(block.schemaVersion()));
    }

    @Test
    void workedMessage_isWrittenAsWorkedBlock() {
        byte[] message =
                bytes(
                        "0a 04 75 73 65 72 12 07 75 73 65 72 5f 69 64 1a 0c 0a 02 66 70 12 02 66 31 12 02"
                                + " 66 32 22 1a 0a 02 75 31 12 14 0a 12 0a 10 00 00 00 00 00 00 f8 3f 00 00"
                                + " 00 00 00 00 00 c0");
        assertThat(message).hasSize(57);
        ReadResult result = reader.read(record(message, EVENT, OFFSET));
        BlockWrite write = only(result);
        assertThat(write.key()).isEqualTo(new EntityKey("user", List.of("u1")));
        assertThat(hex(write.block()))
                .isEqualTo("01 00 00 00 00 00 00 10 40 00 00 c0 3f 00 00 00 c0");
        assertThat(write.group()).isEqualTo("fp");
        assertThat(write.groupId()).isZero();
        assertThat(write.storeId()).isEqualTo(TestSchemas.SCYLLA);
        assertThat(write.expiryEpochSeconds()).isZero();
        assertThat(write.writeTimeMicros()).isEqualTo(EVENT * 1000 + 7);
        assertThat(result.writes().get(0).source())
                .isEqualTo(new SourcePosition("features", 0, OFFSET));
        assertThat(result.unitsIn()).isEqualTo(1);
    }

    @Test
    void workedVector_isReadFromNestedValues() {
        byte[] values = bytes("4a 14 0a 12 0a 10 00 00 00 00 00 00 e0 3f 00 00 00 00 00 00 f0 3f");
        assertThat(vectors(fp32(0.5, 1.0)).toByteArray()).isEqualTo(values);
        Query query =
                query("user", "user_id", "vec", "v")
                        .addData(row("u", vectors(fp32(0.5, 1.0, 2.0))))
                        .build();
        BlockWrite write = only(read(query));
        assertThat(hex(write.block())).endsWith("00 00 00 3f 00 00 80 3f 00 00 00 40");
    }

    @Test
    void eventTimeHeader_winsOverKafkaTimestamp() {
        Query query = query("user", "user_id", "short", "n").addData(row("u", int32(1))).build();
        BlockWrite write = only(read(query, NOW, "dhara-event-time-ms", Long.toString(EVENT)));
        assertThat(write.writeTimeMicros()).isEqualTo(EVENT * 1000 + 7);
        assertThat(write.expiryEpochSeconds()).isEqualTo(EVENT / 1000 + 60);
        PsdbBlock block = block(registry.current(), write);
        assertThat(block.expiryEpochSeconds()).isEqualTo(EVENT / 1000 + 60);
    }

    @Test
    void sameRecordLater_givesSameBytes() {
        Query query = query("user", "user_id", "short", "n").addData(row("u", int32(1))).build();
        FeatureMessageReader later =
                new FeatureMessageReader(IngestRules.DEFAULT, registry, () -> NOW + 20_000);
        PendingWrite first = read(query).writes().get(0);
        PendingWrite second =
                later.read(record(query.toByteArray(), EVENT, OFFSET)).writes().get(0);
        assertThat(second.write().block()).isEqualTo(first.write().block());
        assertThat(second.write().writeTimeMicros()).isEqualTo(first.write().writeTimeMicros());
    }

    @Test
    void expiry_isStrictlyAfterTheSecond() {
        Query query = query("user", "user_id", "short", "n").addData(row("u", int32(1))).build();
        long atExpiry = NOW - 60_000;
        assertThat(read(query, atExpiry).writes()).hasSize(1);
        ReadResult after = read(query, atExpiry - 1_000, "dhara-request-id", "r");
        assertThat(after.writes()).isEmpty();
        assertThat(after.expired()).isEqualTo(1);
        assertThat(after.rejected()).isNull();
        assertThat(after.notices())
                .singleElement()
                .satisfies(
                        notice -> {
                            assertThat(notice.reason()).isNull();
                            assertThat(notice.waits()).containsExactly(new WaitUnit("r", 0, 1));
                        });
    }

    @Test
    void b9_featuresNotSent_takeTheirDefaults() {
        Query query = query("user", "user_id", "fp", "f2").addData(row("u", fp32(-2))).build();
        PsdbBlock block = block(registry.current(), only(read(query)));
        assertThat(block.getDouble(0)).isEqualTo(0.25);
        assertThat(block.getDouble(1)).isEqualTo(-2);
    }

    @Test
    void schemaVersionHeader_choosesVersion() {
        Query query = query("user", "user_id", "fp", "f3").addData(row("u", fp32(9))).build();
        for (String header : List.of("2", "fp=2,short=1", "fp=2")) {
            PsdbBlock block =
                    block(registry.current(), only(read(query, "dhara-schema-version", header)));
            assertThat(block.schemaVersion()).isEqualTo(2);
            assertThat(block.getDouble(0)).isEqualTo(0.5);
            assertThat(block.getDouble(2)).isEqualTo(9);
        }
        Query old = query("user", "user_id", "fp", "f1").addData(row("u", fp32(9))).build();
        assertThat(
                        block(
                                        registry.current(),
                                        only(read(old, "dhara-schema-version", "short=1")))
                                .schemaVersion())
                .isEqualTo(1);
    }

    @Test
    void b23_keyColumns_areMatchedByName() {
        Query query =
                Query.newBuilder()
                        .setEntityLabel("pair")
                        .addKeysSchema("category_id")
                        .addKeysSchema("user_id")
                        .addFeatureGroupSchema(group("flag", "a"))
                        .addData(row(List.of("c7", "u1"), bools(false)))
                        .build();
        assertThat(only(read(query)).key()).isEqualTo(new EntityKey("pair", List.of("u1", "c7")));
    }

    @Test
    void b64_doublesForFp32_areAcceptedAndCounted() {
        Query query = query("user", "user_id", "fp", "f1").addData(row("u", fp64(1.5))).build();
        ReadResult result = read(query);
        assertThat(block(registry.current(), only(result)).getDouble(0)).isEqualTo(1.5);
        assertThat(result.lenientFp64()).isEqualTo(1);
        Query vector =
                query("user", "user_id", "vec", "v")
                        .addData(row("u", vectors(fp64(1, 2, 3))))
                        .build();
        assertThat(read(vector).lenientFp64()).isEqualTo(1);
        Query right = query("user", "user_id", "fp", "f1").addData(row("u", fp32(1.5))).build();
        assertThat(read(right).lenientFp64()).isZero();
    }

    @Test
    void laterRowOfOneKey_supersedesEarlier() {
        Query query =
                query("user", "user_id", "fp", "f1", "f2")
                        .addData(row("u", fp32(1, 1)))
                        .addData(row("w", fp32(5, 5)))
                        .addData(row("u", fp32(2, 2)))
                        .addData(row("u", fp32(3)))
                        .build();
        ReadResult result = read(query, "dhara-request-id", "r");
        assertThat(result.unitsIn()).isEqualTo(4);
        assertThat(result.combined()).isEqualTo(1);
        assertThat(result.rejectedUnits()).isEqualTo(1);
        assertThat(result.writes()).hasSize(2);
        PendingWrite survivor = result.writes().get(0);
        assertThat(block(registry.current(), survivor.write()).getDouble(0)).isEqualTo(2);
        assertThat(survivor.waits())
                .containsExactly(new WaitUnit("r", 0, 4), new WaitUnit("r", 2, 4));
    }

    @Test
    void goodRows_areWrittenBesideBadOnes() {
        Query query =
                Query.newBuilder()
                        .setEntityLabel("user")
                        .addKeysSchema("user_id")
                        .addFeatureGroupSchema(group("fp", "f1", "f2"))
                        .addFeatureGroupSchema(group("nosuch", "x"))
                        .addFeatureGroupSchema(group("short", "n"))
                        .addData(row("u1", fp32(1, 2), int32(1), int32(3)))
                        .addData(row("u2", fp32(1), int32(1), int32(4)))
                        .addData(row("", fp32(1, 2), int32(1), int32(5)))
                        .build();
        ReadResult result = read(query, "dhara-request-id", "r-1");
        assertThat(result.writes())
                .extracting(w -> w.write().key().values().get(0) + "/" + w.write().group())
                .containsExactly("u1/fp", "u1/short", "u2/short");
        assertThat(result.writes())
                .flatExtracting(PendingWrite::waits)
                .containsExactly(
                        new WaitUnit("r-1", 0, 9),
                        new WaitUnit("r-1", 2, 9),
                        new WaitUnit("r-1", 5, 9));
        RejectedRecord rejected = result.rejected();
        assertThat(rejected.rejected()).isEqualTo(6);
        assertThat(rejected.rejections())
                .extracting(r -> r.row() + "/" + r.group() + "/" + r.reason())
                .containsExactly(
                        "0/nosuch/unknown-group",
                        "1/fp/wrong-count",
                        "1/nosuch/unknown-group",
                        "2//key-mismatch");
        assertThat(rejected.eventTimeMillis()).isEqualTo(EVENT);
        assertThat(result.notices())
                .flatExtracting(Notice::waits)
                .extracting(WaitUnit::unit)
                .containsExactly(1, 3, 4, 6, 7, 8);
    }

    @Test
    void unknownFeature_afterRefreshKnown_isWritten() {
        SchemaSnapshot newer =
                schemas()
                        .revision(2)
                        .group(
                                "user",
                                "late",
                                DataType.INT32,
                                TestSchemas.REDIS,
                                Duration.ZERO,
                                "0",
                                "x")
                        .build();
        FixedRegistry ahead = new FixedRegistry(schemas().build(), newer);
        FeatureMessageReader reads =
                new FeatureMessageReader(IngestRules.DEFAULT, ahead, () -> NOW);
        Query query = query("user", "user_id", "late", "x").addData(row("u", int32(3))).build();
        BlockWrite write = only(reads.read(record(query.toByteArray(), EVENT, OFFSET)));
        assertThat(write.group()).isEqualTo("late");
        assertThat(ahead.refreshes()).isEqualTo(1);
    }

    @Test
    void knownMessage_doesNotRefresh() {
        read(query("user", "user_id", "short", "n").addData(row("u", int32(3))).build());
        assertThat(registry.refreshes()).isZero();
    }

    @Test
    void layout2_carriesEventTime() {
        SchemaSnapshot snapshot =
                new TestSchemas()
                        .entity("user", "user_id")
                        .group(
                                "user",
                                "g",
                                DataType.INT32,
                                TestSchemas.REDIS,
                                Duration.ZERO,
                                2,
                                List.of(TestSchemas.version(1, DataType.INT32, "0", "n")))
                        .build();
        FeatureMessageReader reads =
                new FeatureMessageReader(
                        IngestRules.DEFAULT, new FixedRegistry(snapshot), () -> NOW);
        Query query = query("user", "user_id", "g", "n").addData(row("u", int32(3))).build();
        BlockWrite write = only(reads.read(record(query.toByteArray(), EVENT, OFFSET)));
        PsdbBlock block = block(snapshot, write);
        assertThat(block.layoutVersion()).isEqualTo(2);
        assertThat(block.eventTimeMicros()).isEqualTo(EVENT * 1000);
    }

    @Test
    void b4_longestTtl_isStoredExactly_andLateMessagesNeverBecomeEternal() {
        SchemaSnapshot snapshot =
                new TestSchemas()
                        .entity("user", "user_id")
                        .group(
                                "user",
                                "g",
                                DataType.INT32,
                                TestSchemas.REDIS,
                                Duration.ofDays(513),
                                "0",
                                "n")
                        .build();
        FeatureMessageReader reads =
                new FeatureMessageReader(
                        IngestRules.DEFAULT, new FixedRegistry(snapshot), () -> NOW);
        Query query = query("user", "user_id", "g", "n").addData(row("u", int32(3))).build();
        BlockWrite write = only(reads.read(record(query.toByteArray(), EVENT, OFFSET)));
        assertThat(block(snapshot, write).expiryEpochSeconds())
                .isEqualTo(EVENT / 1000 + 44_323_200)
                .isEqualTo(write.expiryEpochSeconds());
        ReadResult late =
                reads.read(record(query.toByteArray(), NOW - 44_323_200_000L - 1000, OFFSET));
        assertThat(late.expired()).isEqualTo(1);
        assertThat(late.writes()).isEmpty();
    }

    @Test
    void b47_schemaChangesDuringAMessage_oneSnapshotIsUsed() {
        SchemaSnapshot one = schemas().build();
        SchemaSnapshot two =
                new TestSchemas()
                        .revision(2)
                        .entity("user", "user_id")
                        .group(
                                "user",
                                "fp",
                                DataType.FP32,
                                TestSchemas.SCYLLA,
                                Duration.ZERO,
                                1,
                                List.of(TestSchemas.version(2, DataType.FP32, "0", "f2", "f1")))
                        .build();
        FixedRegistry changing =
                new FixedRegistry(one) {
                    private int looks;

                    @Override
                    public SchemaSnapshot current() {
                        return looks++ % 2 == 0 ? one : two;
                    }
                };
        FeatureMessageReader reads =
                new FeatureMessageReader(IngestRules.DEFAULT, changing, () -> NOW);
        Query.Builder query = query("user", "user_id", "fp", "f1", "f2");
        for (int i = 0; i < 50; i++) {
            query.addData(row("u" + i, fp32(1, 2)));
        }
        for (int round = 0; round < 2; round++) {
            ReadResult result =
                    reads.read(record(query.build().toByteArray(), EVENT, OFFSET + round));
            assertThat(result.writes()).hasSize(50);
            assertThat(result.writes())
                    .extracting(w -> hex(w.write().block()))
                    .containsOnly(hex(result.writes().get(0).write().block()));
        }
    }
}
