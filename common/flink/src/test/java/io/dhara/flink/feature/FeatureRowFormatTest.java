package io.dhara.flink.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.junit.jupiter.api.Test;

class FeatureRowFormatTest {
    private static byte[] write(FeatureRow row) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        FeatureRowFormat.INSTANCE.write(row, new DataOutputStream(bytes));
        return bytes.toByteArray();
    }

    private static FeatureRow read(byte[] bytes) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        FeatureRow row = FeatureRowFormat.INSTANCE.read(1, in);
        assertThat(in.available()).isZero();
        return row;
    }

    @Test
    void row_ofEveryClass_comesBackAsItWent() throws IOException {
        FeatureRow row =
                new FeatureRow(
                        List.of("u1", "ключ", ""),
                        -1,
                        Arrays.asList(
                                null,
                                true,
                                false,
                                (byte) -7,
                                (short) 300,
                                Integer.MIN_VALUE,
                                Long.MAX_VALUE,
                                1.5f,
                                Double.NaN,
                                new BigInteger("18446744073709551615"),
                                new BigDecimal("-1.250"),
                                "text",
                                "",
                                List.of(),
                                List.of(0.5, 1L, "x", List.of(true))));

        assertThat(read(write(row))).isEqualTo(row);
    }

    @Test
    void layout1_staysReadable() throws IOException {
        byte[] golden = HexFormat.of().parseHex("01027531d00f03060708400400000000000000");

        assertThat(read(golden))
                .isEqualTo(new FeatureRow(List.of("u1"), 1000, Arrays.asList(-4L, 2.5, null)));
        assertThat(write(read(golden))).isEqualTo(golden);
    }

    @Test
    void write_ofAnotherClass_isRefused() {
        FeatureRow row = new FeatureRow(List.of("u1"), 1, List.of(new AtomicLong()));

        assertThatThrownBy(() -> write(row))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("AtomicLong");
    }

    @Test
    void type_isFoundByFlink() {
        assertThat(TypeInformation.of(FeatureRow.class)).isEqualTo(FeatureRow.TYPE);
    }
}
