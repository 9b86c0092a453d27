package io.dhara.core.psdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dhara.core.model.DataType;
import io.dhara.core.model.FeatureSpec;
import io.dhara.core.model.SchemaVersion;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Features that are not given, by the default forms of etcd. */
class DefaultValuesTest {
    private final PsdbEncoder encoder = new PsdbEncoder();
    private final PsdbBlock block = new PsdbBlock();

    /** A block to which nothing was given. */
    private PsdbBlock ofDefaults(DataType type, SchemaVersion version) {
        encoder.begin(type, version, 1, 0, 0);
        byte[] bytes = encoder.toBlock(false);
        return block.wrap(bytes, 0, bytes.length).open(version);
    }

    private String served(DataType type, String configured, int stringLength, int vectorLength) {
        SchemaVersion version =
                Schemas.withDefault(Hex.bytes(configured), stringLength, vectorLength);
        byte[] stored = DefaultValues.asStored(type, version.features().get(0));
        assertThat(DefaultValues.asConfigured(version.features().get(0)))
                .isEqualTo(Hex.bytes(configured));
        String text = Hex.text(stored);
        assertThat(Hex.text(BlockSample.served(ofDefaults(type, version), 0))).isEqualTo(text);
        return text;
    }

    @Test
    void b16_missingOneAndTwoByteIntegers_takeTheirDefault() {
        assertThat(served(DataType.INT8, "fe", 0, 0)).isEqualTo("fe");
        assertThat(served(DataType.UINT8, "ff", 0, 0)).isEqualTo("ff");
        assertThat(served(DataType.INT16, "fe ff", 0, 0)).isEqualTo("fe ff");
        assertThat(served(DataType.UINT16, "34 12", 0, 0)).isEqualTo("34 12");
    }

    @Test
    void b17_missingSmallFloats_takeTheirDefault() {
        assertThat(served(DataType.FP16, "66 2e", 0, 0)).isEqualTo("66 2e");
        assertThat(served(DataType.FP8_E4M3, "1d", 0, 0)).isEqualTo("1d");
        assertThat(served(DataType.FP8_E5M2, "2e", 0, 0)).isEqualTo("2e");
    }

    @Test
    void b18_missingVectorOfEveryNumericType_takesItsDefault() {
        for (DataType type : DataType.values()) {
            if (type.isVector() && type.elementBytes() > 0) {
                StringBuilder configured = new StringBuilder();
                for (int i = 0; i < 3 * type.elementBytes(); i++) {
                    configured.append(i == 0 ? "" : " ").append(String.format("%02x", i + 1));
                }
                assertThat(served(type, configured.toString(), 0, 3))
                        .as(type.wireName())
                        .isEqualTo(configured.toString());
            }
        }
    }

    @Test
    void b19_missingBoolWithDefaultTrue_isTrueAtEverySequence() {
        assertThat(served(DataType.BOOL, "80", 0, 0)).isEqualTo("01");
        assertThat(served(DataType.BOOL, "00", 0, 0)).isEqualTo("00");
        List<FeatureSpec> features = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            byte configured = (byte) (i % 8 == 7 ? 0x80 : 0);
            features.add(new FeatureSpec("f" + i, i, new byte[] {configured}, 0, 0));
        }
        PsdbBlock read = ofDefaults(DataType.BOOL, new SchemaVersion(1, features));
        for (int i = 0; i < 20; i++) {
            assertThat(read.getBoolean(i)).as("f" + i).isEqualTo(i % 8 == 7);
        }
    }

    @Test
    void b20_missingString_keepsZeroBytesAndUtf8() {
        String zero = "61 00 62";
        assertThat(served(DataType.STRING, zero, 10, 0)).isEqualTo(zero);
        String utf8 = Hex.text("日本ü".getBytes(StandardCharsets.UTF_8));
        assertThat(served(DataType.STRING, utf8, 10, 0)).isEqualTo(utf8);
    }

    @Test
    void b20_missingStringVector_isReadFromTheControlPlanesForm() {
        String tenZeros = "00 00 00 00 00 00 00 00 00 00";
        assertThat(served(DataType.STRING_VECTOR, tenZeros + " 01 61 00 02 62 62", 10, 3))
                .isEqualTo("01 00 00 00 02 00 61 62 62");
        String longString = "61".repeat(200);
        assertThat(served(DataType.STRING_VECTOR, tenZeros + " c8 01 " + longString, 200, 1))
                .isEqualTo(Hex.text(Hex.bytes("c8 00 " + longString)));
    }

    @Test
    void b21_missingBoolVector_isReadFromPackedBits() {
        assertThat(served(DataType.BOOL_VECTOR, "a0 80", 0, 9))
                .isEqualTo("01 00 01 00 00 00 00 00 01");
    }

    @Test
    void defaults_besideGivenValues_stayInTheirPlace() {
        SchemaVersion version =
                new SchemaVersion(
                        4,
                        List.of(
                                new FeatureSpec("a", 0, Hex.bytes("80"), 0, 3),
                                new FeatureSpec("b", 1, Hex.bytes("60"), 0, 3),
                                new FeatureSpec("c", 2, Hex.bytes("e0"), 0, 3)));
        encoder.begin(DataType.BOOL_VECTOR, version, 1, 0, 0);
        encoder.putBools(1, new boolean[] {true, false, false}, 0, 3);
        byte[] bytes = encoder.toBlock(false);
        block.wrap(bytes, 0, bytes.length).open(version);
        assertThat(Hex.text(BlockSample.served(block, 0))).isEqualTo("01 00 00");
        assertThat(Hex.text(BlockSample.served(block, 1))).isEqualTo("01 00 00");
        assertThat(Hex.text(BlockSample.served(block, 2))).isEqualTo("01 01 01");
    }

    @Test
    void defaults_thatDoNotFitTheType_areNamed() {
        refused(DataType.INT32, "01 02", 0, 0, "has 2 bytes, its type needs 4");
        refused(DataType.FP32_VECTOR, "01 02 03 04", 0, 2, "has 4 bytes, its type needs 8");
        refused(DataType.BOOL, "80 00", 0, 0, "has 2 bytes, its type needs 1");
        refused(DataType.BOOL_VECTOR, "80 00", 0, 8, "has 2 bytes, its type needs 1");
        refused(DataType.STRING, "61 62 63", 2, 0, "string of 3 bytes, string-length is 2");
        String tenZeros = "00 00 00 00 00 00 00 00 00 00 ";
        refused(DataType.STRING_VECTOR, tenZeros + "05 61", 9, 1, "ends inside string 0");
        refused(DataType.STRING_VECTOR, tenZeros + "01 61", 9, 2, "long in, string 1");
        refused(DataType.STRING_VECTOR, tenZeros + "ff ff ff 7f", 9, 1, "long in, string 0");
        refused(DataType.STRING_VECTOR, tenZeros + "01 61 01 62", 9, 1, "more than the 1 strings");
        refused(DataType.STRING_VECTOR, "00 00", 9, 1, "long in, string 0");
    }

    private void refused(
            DataType type, String configured, int stringLength, int vectorLength, String problem) {
        SchemaVersion version =
                Schemas.withDefault(Hex.bytes(configured), stringLength, vectorLength);
        assertThatThrownBy(() -> DefaultValues.asStored(type, version.features().get(0)))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("default of feature f0")
                .hasMessageContaining(problem);
        assertThatThrownBy(() -> ofDefaults(type, version))
                .isInstanceOf(BlockRefusedException.class)
                .hasMessageContaining(problem);
    }

    @Test
    void missingFeature_withoutDefault_isRefusedByName() {
        assertThat(DefaultValues.asStored(DataType.INT32, Schemas.scalars(1, 1).features().get(0)))
                .isNull();
        encoder.begin(DataType.INT32, Schemas.scalars(1, 2), 1, 0, 0);
        encoder.putLong(0, 1);
        assertThatThrownBy(() -> encoder.toBlock(false))
                .isInstanceOfSatisfying(
                        BlockRefusedException.class,
                        e ->
                                assertThat(e.reason())
                                        .isEqualTo(BlockRefusedException.Reason.NO_DEFAULT))
                .hasMessage("feature f1 is not given and has no default");
    }

    @Test
    void missingString_withoutDefault_isEmpty() {
        assertThat(served(DataType.STRING, "", 0, 0)).isEmpty();
    }
}
