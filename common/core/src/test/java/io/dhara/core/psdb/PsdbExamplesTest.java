package io.dhara.core.psdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.model.DataType;
import io.dhara.core.model.SchemaVersion;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The worked bytes of docs/formats/psdb.md, written and read. */
class PsdbExamplesTest {
    private static final long MARCH = 1_772_368_496L; // 2026-03-01T12:34:56Z

    private final PsdbEncoder encoder = new PsdbEncoder();
    private final PsdbBlock block = new PsdbBlock();

    private PsdbBlock example(
            String hex,
            DataType type,
            SchemaVersion version,
            long expiry,
            Consumer<PsdbEncoder> values) {
        encoder.begin(type, version, 1, expiry, 0);
        values.accept(encoder);
        byte[] bytes = encoder.toBlock(true);
        assertThat(Hex.text(bytes)).isEqualTo(hex);
        return block.wrap(bytes, 0, bytes.length).open(version);
    }

    @Test
    void fp32Scalars_areBlockA() {
        PsdbBlock read =
                example(
                        "01 00 00 00 00 00 00 10 40 00 00 c0 3f 00 00 00 c0",
                        DataType.FP32,
                        Schemas.scalars(1, 2),
                        0,
                        values -> {
                            values.putDouble(1, -2.0);
                            values.putDouble(0, 1.5);
                        });
        assertThat(read.getDouble(0)).isEqualTo(1.5);
        assertThat(read.getDouble(1)).isEqualTo(-2.0);
        assertThat(read.expiryEpochSeconds()).isZero();
        assertThat(read.isExpiredAt(Long.MAX_VALUE)).isFalse();
    }

    @Test
    void int32Scalars_withExpiry() {
        PsdbBlock read =
                example(
                        "02 00 b0 76 a8 1f f0 10 80 07 00 00 00 ff ff ff ff",
                        DataType.INT32,
                        Schemas.scalars(2, 2),
                        MARCH,
                        values -> {
                            values.putLong(0, 7);
                            values.putLong(1, -1);
                        });
        assertThat(read.schemaVersion()).isEqualTo(2);
        assertThat(read.expiryEpochSeconds()).isEqualTo(MARCH);
        assertThat(read.isExpiredAt(MARCH * 1000)).isFalse();
        assertThat(read.isExpiredAt(MARCH * 1000 + 1)).isTrue();
        assertThat(read.getLong(1)).isEqualTo(-1);
    }

    @Test
    void int8Scalars() {
        PsdbBlock read =
                example(
                        "01 00 00 00 00 00 00 10 60 01 fe 7f",
                        DataType.INT8,
                        Schemas.scalars(1, 3),
                        0,
                        values -> {
                            values.putLong(0, 1);
                            values.putLong(1, -2);
                            values.putLong(2, 127);
                        });
        assertThat(read.getLong(1)).isEqualTo(-2);
    }

    @Test
    void smallFloatScalars() {
        example(
                "01 00 00 00 00 00 00 10 30 00 3c 66 2e",
                DataType.FP16,
                Schemas.scalars(1, 2),
                0,
                doubles(1.0, 0.1));
        example(
                "01 00 00 00 00 00 00 10 20 38 1d 7e 7f",
                DataType.FP8_E4M3,
                Schemas.scalars(1, 4),
                0,
                doubles(1, 0.1, 464, 465));
        example(
                "01 00 00 00 00 00 00 10 10 3c 2e 7c",
                DataType.FP8_E5M2,
                Schemas.scalars(1, 3),
                0,
                doubles(1, 0.1, 61_440));
    }

    private static Consumer<PsdbEncoder> doubles(double... values) {
        return encoder -> {
            for (int i = 0; i < values.length; i++) {
                encoder.putDouble(i, values[i]);
            }
        };
    }

    @Test
    void strings() {
        PsdbBlock read =
                example(
                        "01 00 00 00 00 00 00 10 e0 02 00 00 00 03 00 61 62 78 79 7a",
                        DataType.STRING,
                        Schemas.scalars(1, 3),
                        0,
                        values -> {
                            values.putString(0, "ab");
                            values.putString(1, "");
                            values.putString(2, "xyz");
                        });
        assertThat(Hex.text(BlockSample.served(read, 2))).isEqualTo("78 79 7a");
    }

    @Test
    void bools_areBitsFromTheTop() {
        PsdbBlock read =
                example(
                        "01 00 00 00 00 00 00 10 f5 a0",
                        DataType.BOOL,
                        Schemas.scalars(1, 3),
                        0,
                        bools(true, false, true));
        assertThat(Hex.text(BlockSample.served(read, 0))).isEqualTo("01");
        assertThat(Hex.text(BlockSample.served(read, 1))).isEqualTo("00");
        example(
                "01 00 00 00 00 00 00 10 f6 b1 c0",
                DataType.BOOL,
                Schemas.scalars(1, 10),
                0,
                bools(true, false, true, true, false, false, false, true, true, true));
    }

    private static Consumer<PsdbEncoder> bools(boolean... values) {
        return encoder -> {
            for (int i = 0; i < values.length; i++) {
                encoder.putBool(i, values[i]);
            }
        };
    }

    @Test
    void int64Vectors() {
        example(
                "01 00 00 00 00 00 00 11 80 01 00 00 00 00 00 00 00 02 00 00 00 00 00 00 00"
                        + " ff ff ff ff ff ff ff ff",
                DataType.INT64_VECTOR,
                Schemas.vectors(1, 2, 1),
                0,
                values -> {
                    values.putLongs(0, new long[] {1, 2}, 0, 2);
                    values.putLongs(1, new long[] {-1}, 0, 1);
                });
    }

    @Test
    void stringVectors_readEachAsItsOwnSlice() {
        PsdbBlock read =
                example(
                        "03 00 00 00 00 00 00 11 d0 01 00 02 00 03 00 61 62 62 63 63 63",
                        DataType.STRING_VECTOR,
                        Schemas.vectors(3, 2, 1),
                        0,
                        values -> {
                            values.putStrings(0, List.of("a", "bb"));
                            values.putStrings(1, List.of("ccc"));
                        });
        assertThat(Hex.text(BlockSample.served(read, 0))).isEqualTo("01 00 02 00 61 62 62");
    }

    @Test
    void boolVectors_areNotAligned() {
        PsdbBlock read =
                example(
                        "01 00 00 00 00 00 00 11 e3 c8",
                        DataType.BOOL_VECTOR,
                        Schemas.vectors(1, 3, 2),
                        0,
                        values -> {
                            values.putBools(0, new boolean[] {true, true, false}, 0, 3);
                            values.putBools(1, new boolean[] {false, true}, 0, 2);
                        });
        assertThat(Hex.text(BlockSample.served(read, 1))).isEqualTo("00 01");
    }

    @Test
    void peerFrames_withoutContentSize_areRead() {
        byte[] zeros =
                Hex.bytes("01 00 00 00 00 00 00 12 80 28 b5 2f fd 04 00 a3 00 00 00 41 b2 f6 e8");
        block.wrap(zeros, 0, zeros.length).open(Schemas.scalars(1, 5));
        assertThat(block.isCompressed()).isTrue();
        for (int i = 0; i < 5; i++) {
            assertThat(block.getLong(i)).isZero();
        }
        byte[] ones =
                Hex.bytes(
                        "01 00 00 00 00 00 00 12 80 28 b5 2f fd 04 00 65 00 00 20 01 00 00 00 01"
                                + " 54 04 02 2b 99 03 ef c6 10 6a");
        block.wrap(ones, 0, ones.length).open(Schemas.scalars(1, 40));
        for (int i = 0; i < 40; i++) {
            assertThat(block.getLong(i)).isEqualTo(1);
        }
    }
}
