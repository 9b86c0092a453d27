package io.dhara.flink.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dhara.core.model.EntityKey;
import io.dhara.flink.sink.PendingWrite;
import io.dhara.flink.sink.RejectedRecord;
import io.dhara.flink.sink.Rejection;
import io.dhara.flink.sink.WaitUnit;
import io.dhara.flink.source.RawRecord;
import io.dhara.flink.source.RecordHeader;
import io.dhara.flink.source.SourcePosition;
import io.dhara.stores.write.BlockWrite;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ValueSerializersTest {
    /** A value, its type and the file with its bytes in layout 1, which no release may change. */
    record Sample<T>(TypeInformation<T> type, T value, String golden) {
        @Override
        public String toString() {
            return golden;
        }
    }

    private static final RawRecord RAW =
            new RawRecord(
                    "features",
                    3,
                    5_000_000_000L,
                    1_700_000_000_123L,
                    null,
                    new byte[] {0, -1, 127},
                    List.of(
                            new RecordHeader("dhara-schema-version", new byte[] {'2'}),
                            new RecordHeader("größe", null),
                            new RecordHeader("dhara-schema-version", new byte[0])));

    private static final PendingWrite PENDING =
            new PendingWrite(
                    new BlockWrite(
                            new EntityKey("user", List.of("u|1", "", "日本")),
                            "fp",
                            65_534,
                            "2",
                            1_700_000_000_123_899L,
                            1_700_003_600L,
                            new byte[] {1, 2, 3}),
                    new SourcePosition("features", 3, 5_000_000_000L),
                    List.of(new WaitUnit("req-1", 0, 2), new WaitUnit("req-2", 1, 2)));

    static Stream<Sample<?>> samples() {
        return Stream.of(
                new Sample<>(RawRecord.TYPE, RAW, "raw-record-v1.hex"),
                new Sample<>(PendingWrite.TYPE, PENDING, "pending-write-v1.hex"),
                new Sample<>(
                        RejectedRecord.TYPE,
                        new RejectedRecord(
                                RAW,
                                1_700_000_000_000L,
                                7,
                                List.of(new Rejection(-1, "", "unparsable", "at byte 3"))),
                        "rejected-record-v1.hex"));
    }

    private static <T> TypeSerializer<T> serializer(Sample<T> sample) {
        return sample.type().createSerializer(new SerializerConfigImpl());
    }

    private static <T> byte[] write(Sample<T> sample) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(64);
        serializer(sample).serialize(sample.value(), out);
        return out.getCopyOfBuffer();
    }

    private static byte[] golden(String name) throws IOException {
        try (InputStream in =
                ValueSerializersTest.class.getResourceAsStream("/golden/flink/" + name)) {
            String hex = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
            return HexFormat.of().parseHex(hex.replaceAll("\\s", ""));
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void write_sample_matchesGoldenBytes(Sample<?> sample) throws Exception {
        assertThat(HexFormat.of().formatHex(write(sample)))
                .isEqualTo(HexFormat.of().formatHex(golden(sample.golden())));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void read_goldenBytes_isTheSample(Sample<?> sample) throws Exception {
        DataInputDeserializer in = new DataInputDeserializer(golden(sample.golden()));
        Object read = serializer(sample).deserialize(in);

        assertThat(read).usingRecursiveComparison().isEqualTo(sample.value());
        assertThat(in.available()).isZero();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void copy_bytes_areTheSame(Sample<?> sample) throws Exception {
        DataOutputSerializer out = new DataOutputSerializer(64);
        serializer(sample).copy(new DataInputDeserializer(write(sample)), out);
        assertThat(out.getCopyOfBuffer()).isEqualTo(write(sample));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void read_everyTruncation_fails(Sample<?> sample) throws Exception {
        byte[] whole = write(sample);
        for (int length = 0; length < whole.length; length++) {
            DataInputDeserializer in = new DataInputDeserializer(whole, 0, length);
            assertThatThrownBy(() -> serializer(sample).deserialize(in))
                    .as("first %d bytes", length)
                    .isInstanceOf(IOException.class);
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void snapshot_writtenAndRead_restoresAnEqualSerializer(Sample<?> sample) throws Exception {
        TypeSerializer<?> serializer = serializer(sample);
        DataOutputSerializer out = new DataOutputSerializer(64);
        TypeSerializerSnapshot.writeVersionedSnapshot(out, serializer.snapshotConfiguration());
        TypeSerializerSnapshot<?> restored =
                TypeSerializerSnapshot.readVersionedSnapshot(
                        new DataInputDeserializer(out.getCopyOfBuffer()),
                        getClass().getClassLoader());

        assertThat(restored.getCurrentVersion()).isEqualTo(1);
        assertThat(restored.restoreSerializer()).isEqualTo(serializer);
        assertCompatible(serializer, restored);
    }

    @SuppressWarnings("unchecked")
    private static <T> void assertCompatible(
            TypeSerializer<T> serializer, TypeSerializerSnapshot<?> restored) {
        assertThat(
                        serializer
                                .snapshotConfiguration()
                                .resolveSchemaCompatibility((TypeSerializerSnapshot<T>) restored)
                                .isCompatibleAsIs())
                .isTrue();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void snapshot_ofANewerRelease_isRefused(Sample<?> sample) {
        assertThatThrownBy(
                        () ->
                                serializer(sample)
                                        .snapshotConfiguration()
                                        .readSnapshot(
                                                2,
                                                new DataInputDeserializer(new byte[0]),
                                                getClass().getClassLoader()))
                .isInstanceOf(IOException.class)
                .hasMessageEndingWith(
                        "in the state must be 1 to 1: got 2; restore it with the release that"
                                + " wrote it, or a newer one");
    }

    @ParameterizedTest
    @MethodSource("samples")
    void type_ofTheClass_isFoundByFlink(Sample<?> sample) throws Exception {
        assertThat(TypeInformation.of(sample.value().getClass())).isEqualTo(sample.type());
        byte[] shipped = InstantiationUtil.serializeObject(serializer(sample));
        Object arrived = InstantiationUtil.deserializeObject(shipped, getClass().getClassLoader());
        assertThat(arrived).isEqualTo(serializer(sample));
    }

    @Test
    void rejectedRecord_moreRejectionsThanExplained_areCutButCounted() {
        List<Rejection> many = java.util.Collections.nCopies(150, new Rejection(0, "", "r", "d"));
        RejectedRecord rejected = new RejectedRecord(RAW, 0, 150, many);

        assertThat(rejected.rejections()).hasSize(RejectedRecord.MAX_REJECTIONS);
        assertThat(rejected.rejected()).isEqualTo(150);
    }
}
