package io.dhara.core.psdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpiryTest {
    private static byte[] written(long epochSeconds) {
        byte[] bytes = new byte[5];
        Expiry.write(bytes, 0, epochSeconds);
        return bytes;
    }

    @ParameterizedTest
    @CsvSource({
        "2026-03-01T12:34:56Z, b0 76 a8 1f f0",
        "2026-01-01T00:00:00Z, 00 00 a8 1f 00",
        "2027-01-01T00:00:00Z, 00 00 ac 1f 00",
        "2024-12-31T23:59:59Z, 51 db a2 1f 7f"
    })
    void expiry_examples_areTheseBytes(Instant instant, String hex) {
        byte[] bytes = written(instant.getEpochSecond());
        assertThat(Hex.text(bytes)).isEqualTo(hex);
        assertThat(Expiry.read(bytes, 0)).isEqualTo(instant.getEpochSecond());
    }

    @Test
    void expiry_never_isZeroBytes() {
        assertThat(written(Expiry.NEVER)).containsOnly(0);
        assertThat(Expiry.read(new byte[5], 0)).isEqualTo(Expiry.NEVER);
    }

    @Test
    void expiry_anyInstant_hasTheCalendarsYearAndDay() {
        Random random = new Random(42);
        for (int i = 0; i < 100_000; i++) {
            long seconds = 1 + Math.floorMod(random.nextLong(), Expiry.MAX_EPOCH_SECONDS);
            byte[] bytes = written(seconds);
            LocalDate date = LocalDate.ofInstant(Instant.ofEpochSecond(seconds), ZoneOffset.UTC);
            long packed = (LittleEndian.int32(bytes, 0) & 0xFFFF_FFFFL) << 8 | bytes[4] & 0xFF;
            assertThat(packed >>> 26).isEqualTo(date.getYear());
            assertThat(packed >>> 17 & 511).isEqualTo(date.getDayOfYear() - 1);
            assertThat(Expiry.read(bytes, 0)).isEqualTo(seconds);
        }
    }

    @Test
    void expiry_firstAndLastSecondOfEveryYear_readBack() {
        for (int year = 1970; year <= 16_383; year++) {
            long first = LocalDate.of(year, 1, 1).toEpochDay() * 86_400;
            for (long seconds : new long[] {Math.max(1, first - 1), first + 1, first + 86_399}) {
                assertThat(Expiry.read(written(seconds), 0)).isEqualTo(seconds);
            }
        }
        assertThat(Expiry.read(written(Expiry.MAX_EPOCH_SECONDS), 0))
                .isEqualTo(Expiry.MAX_EPOCH_SECONDS);
    }

    @Test
    void expiry_instantBeforeTheEpoch_isPastAndNotNever() {
        byte[] year1 = {0, 0, 4, 0, 0}; // year 1, day 0
        assertThat(Expiry.read(year1, 0)).isEqualTo(1);
        byte[] epoch = {0, 0, (byte) 0xC8, 0x1E, 0}; // year 1970, day 0, second 0
        assertThat(Expiry.read(epoch, 0)).isEqualTo(1);
    }
}
