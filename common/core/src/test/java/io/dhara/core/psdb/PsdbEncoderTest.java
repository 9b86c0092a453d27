package io.dhara.core.psdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dhara.core.model.DataType;
import io.dhara.core.model.FeatureSpec;
import io.dhara.core.model.SchemaVersion;
import io.dhara.core.psdb.BlockRefusedException.Reason;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class PsdbEncoderTest {
    private static final long EVENT_SECONDS = 1_772_368_496L;
    private static final long EVENT_MICROS = EVENT_SECONDS * 1_000_000 + 123_456;

    private final PsdbEncoder encoder = new PsdbEncoder();
    private final PsdbBlock block = new PsdbBlock();

    private static void refused(Reason reason, String text, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        BlockRefusedException.class, e -> assertThat(e.reason()).isEqualTo(reason))
                .hasMessageContaining(text);
    }

    @Test
    void b2_stringOverItsLength_isRefusedAndNothingIsWritten() {
        SchemaVersion version =
                new SchemaVersion(1, List.of(new FeatureSpec("name", 0, new byte[0], 4, 0)));
        encoder.begin(DataType.STRING, version, 1, 0, 0);
        encoder.putString(0, "ümm");
        refused(
                Reason.STRING_TOO_LONG,
                "string of feature name has 5 bytes, its string-length is 4",
                () -> encoder.putString(0, "ümmm"));
        byte[] bytes = encoder.toBlock(false);
        assertThat(block.wrap(bytes, 0, bytes.length).open(version).getString(0)).isEqualTo("ümm");
    }

    @Test
    void b2_vectorOfAnotherLength_isRefused() {
        encoder.begin(DataType.INT32_VECTOR, Schemas.vectors(1, 3), 1, 0, 0);
        refused(
                Reason.WRONG_VECTOR_LENGTH,
                "vector of feature f0 has 2 elements, its vector-length is 3",
                () -> encoder.putLongs(0, new long[3], 0, 2));
        encoder.begin(DataType.STRING_VECTOR, Schemas.vectors(1, 3), 1, 0, 0);
        refused(
                Reason.WRONG_VECTOR_LENGTH,
                "4 elements",
                () -> encoder.putStrings(0, List.of("a", "b", "c", "d")));
    }

    @Test
    void b2_otherLayoutVersion_isRefused() {
        for (int layout : new int[] {0, 3, 15}) {
            refused(
                    Reason.UNSUPPORTED,
                    "layout version must be 1 or 2: got " + layout,
                    () -> encoder.begin(DataType.INT32, Schemas.scalars(1, 1), layout, 0, 0));
        }
    }

    @Test
    void b4_ttlOver513Days_isRefused() {
        SchemaVersion version = Schemas.scalars(1, 1);
        long last = EVENT_SECONDS + 513L * 86_400;
        encoder.begin(DataType.INT32, version, 1, last, EVENT_MICROS);
        encoder.putLong(0, 1);
        byte[] bytes = encoder.toBlock(false);
        assertThat(block.wrap(bytes, 0, bytes.length).expiryEpochSeconds()).isEqualTo(last);
        refused(
                Reason.EXPIRY_OUT_OF_RANGE,
                "513 days",
                () -> encoder.begin(DataType.INT32, version, 1, last + 1, EVENT_MICROS));
        assertThatThrownBy(() -> encoder.toBlock(false)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void b4_expiryNotAfterTheEvent_isRefused() {
        SchemaVersion version = Schemas.scalars(1, 1);
        encoder.begin(DataType.INT32, version, 1, EVENT_SECONDS + 1, EVENT_MICROS);
        for (long expiry : new long[] {EVENT_SECONDS, EVENT_SECONDS - 1, 1, -1}) {
            refused(
                    Reason.EXPIRY_OUT_OF_RANGE,
                    "expiry must be",
                    () -> encoder.begin(DataType.INT32, version, 1, expiry, EVENT_MICROS));
        }
        refused(
                Reason.EXPIRY_OUT_OF_RANGE,
                "" + Expiry.MAX_EPOCH_SECONDS,
                () -> encoder.begin(DataType.INT32, version, 1, Long.MAX_VALUE, 0));
    }

    @Test
    void b8_unknownSequence_isRefusedAndSequenceZeroStays() {
        SchemaVersion version = Schemas.scalars(1, 1);
        encoder.begin(DataType.INT32, version, 1, 0, 0);
        encoder.putLong(0, 5);
        for (int sequence : new int[] {-1, 1, Integer.MAX_VALUE}) {
            refused(
                    Reason.UNKNOWN_SEQUENCE,
                    "sequences 0..0: got " + sequence,
                    () -> encoder.putLong(sequence, 9));
        }
        refused(Reason.UNKNOWN_SEQUENCE, "got 1", () -> encoder.putInts(0, new int[] {1, 2}, 0, 2));
        byte[] bytes = encoder.toBlock(false);
        assertThat(block.wrap(bytes, 0, bytes.length).open(version).getLong(0)).isEqualTo(5);
    }

    @Test
    void b13_blockOver65535Bytes_isRefused() {
        int most = (PsdbFormat.MAX_BLOCK_LENGTH - PsdbFormat.HEADER_LENGTH) / 8;
        encoder.begin(DataType.INT64, Schemas.scalars(1, most), 1, 0, 0);
        for (int i = 0; i < most; i++) {
            encoder.putLong(i, i);
        }
        assertThat(encoder.toBlock(false)).hasSize(PsdbFormat.HEADER_LENGTH + most * 8);
        refused(
                Reason.BLOCK_TOO_LARGE,
                "at most 65535",
                () -> {
                    encoder.begin(DataType.INT64, Schemas.scalars(1, most + 1), 1, 0, 0);
                    for (int i = 0; i <= most; i++) {
                        encoder.putLong(i, i);
                    }
                    encoder.toBlock(true);
                });
    }

    @Test
    void b13_stringsOver65535BytesTogether_areRefused() {
        SchemaVersion version =
                new SchemaVersion(
                        1,
                        List.of(
                                new FeatureSpec("a", 0, new byte[0], 65_535, 0),
                                new FeatureSpec("b", 1, new byte[0], 65_535, 0)));
        encoder.begin(DataType.STRING, version, 1, 0, 0);
        encoder.putStringBytes(0, new byte[65_522]);
        assertThat(encoder.toBlock(false)).hasSize(65_535);
        encoder.begin(DataType.STRING, version, 1, 0, 0);
        encoder.putStringBytes(0, new byte[65_522]);
        encoder.putStringBytes(1, new byte[1]);
        refused(Reason.BLOCK_TOO_LARGE, "has 65536 bytes", () -> encoder.toBlock(false));
    }

    @Test
    void b21_boolVector_isWritten() {
        SchemaVersion version = Schemas.vectors(1, 9);
        encoder.begin(DataType.BOOL_VECTOR, version, 1, 0, 0);
        boolean[] values = {true, false, false, true, true, false, false, false, true};
        encoder.putBools(0, values, 0, 9);
        byte[] bytes = encoder.toBlock(true);
        assertThat(Hex.text(bytes)).isEqualTo("01 00 00 00 00 00 00 11 e7 98 80");
    }

    @Test
    void value_ofAnotherKindOrShape_isRefused() {
        for (DataType type : DataType.values()) {
            encoder.begin(type, Schemas.of(type, 1, 1, 1), 1, 0, 0);
            DataType.Kind kind = type.kind();
            boolean integer = kind == DataType.Kind.INT || kind == DataType.Kind.UINT;
            boolean scalar = !type.isVector();
            accepts(kind == DataType.Kind.FLOAT && scalar, () -> encoder.putDouble(0, 1));
            accepts(integer && scalar, () -> encoder.putLong(0, 1));
            accepts(kind == DataType.Kind.BOOL && scalar, () -> encoder.putBool(0, true));
            accepts(kind == DataType.Kind.STRING && scalar, () -> encoder.putString(0, "a"));
            accepts(
                    integer && scalar && type.elementBytes() == 4,
                    () -> encoder.putInts(0, new int[1], 0, 1));
            accepts(
                    kind == DataType.Kind.FLOAT && !scalar,
                    () -> encoder.putDoubles(0, new double[1], 0, 1));
            accepts(integer && !scalar, () -> encoder.putLongs(0, new long[1], 0, 1));
            accepts(
                    kind == DataType.Kind.BOOL && !scalar,
                    () -> encoder.putBools(0, new boolean[1], 0, 1));
            accepts(
                    kind == DataType.Kind.STRING && !scalar,
                    () -> encoder.putStrings(0, List.of("a")));
        }
    }

    private static void accepts(boolean expected, ThrowingCallable put) {
        if (!expected) {
            refused(Reason.WRONG_TYPE, "was given to a group of DataType", put);
        } else {
            org.assertj.core.api.Assertions.assertThatCode(put).doesNotThrowAnyException();
        }
    }

    @Test
    void group_withoutFeatures_isRefused() {
        refused(
                Reason.UNSUPPORTED,
                "has no features",
                () -> encoder.begin(DataType.INT32, new SchemaVersion(1, List.of()), 1, 0, 0));
    }

    @Test
    void encoder_usedForBoolsBefore_writesZeroInTheLowNibble() {
        encoder.begin(DataType.BOOL, Schemas.scalars(1, 3), 1, 0, 0);
        for (int i = 0; i < 3; i++) {
            encoder.putBool(i, true);
        }
        encoder.toBlock(false);
        encoder.begin(DataType.INT8, Schemas.scalars(1, 1), 1, 0, 0);
        encoder.putLong(0, 1);
        assertThat(encoder.toBlock(false)[8]).isEqualTo((byte) 0x60);
    }

    @Test
    void compression_isTakenOnlyWhenStrictlyShorter() {
        SchemaVersion version = Schemas.scalars(1, 40);
        encoder.begin(DataType.INT32, version, 1, 0, 0);
        for (int i = 0; i < 40; i++) {
            encoder.putLong(i, 1);
        }
        byte[] bytes = encoder.toBlock(true);
        assertThat(bytes.length).isLessThan(9 + 160);
        assertThat(bytes[7] >> 1 & 7).isEqualTo(1);
        // magic number, and the checksum flag of the frame header descriptor
        assertThat(Hex.text(Arrays.copyOfRange(bytes, 9, 13))).isEqualTo("28 b5 2f fd");
        assertThat(bytes[13] & 4).isEqualTo(4);
        block.wrap(bytes, 0, bytes.length).open(version);
        assertThat(block.getLong(39)).isEqualTo(1);

        encoder.begin(DataType.INT32, Schemas.scalars(1, 2), 1, 0, 0);
        encoder.putLong(0, 1);
        encoder.putLong(1, 1);
        assertThat(encoder.toBlock(true)).hasSize(9 + 8);
    }

    @Test
    void finish_writesBetweenItsBoundsOnly() {
        byte[] dst = new byte[40];
        Arrays.fill(dst, (byte) 0x5A);
        encoder.begin(DataType.INT32, Schemas.scalars(1, 2), 2, 0, EVENT_MICROS);
        encoder.putInts(0, new int[] {9, 7, -1, 9}, 1, 2);
        int length = encoder.finish(dst, 5, false);
        assertThat(length).isEqualTo(PsdbFormat.LAYOUT_2_HEADER_LENGTH + 8);
        for (int i = 0; i < dst.length; i++) {
            if (i < 5 || i >= 5 + length) {
                assertThat(dst[i]).isEqualTo((byte) 0x5A);
            }
        }
        block.wrap(dst, 5, length).open(Schemas.scalars(1, 2));
        assertThat(block.getLong(0)).isEqualTo(7);
        assertThat(block.getLong(1)).isEqualTo(-1);
        assertThat(block.eventTimeMicros()).isEqualTo(EVENT_MICROS);
    }

    @Test
    void finish_withoutRoom_writesNothing() {
        byte[] dst = new byte[12];
        encoder.begin(DataType.INT32, Schemas.scalars(1, 1), 1, 0, 0);
        encoder.putLong(0, -1);
        assertThatThrownBy(() -> encoder.finish(dst, 0, false))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(dst).containsOnly(0);
    }

    @Test
    void put_withoutBegin_isRefused() {
        assertThatThrownBy(() -> encoder.putLong(0, 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("call begin first");
    }
}
