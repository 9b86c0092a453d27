package io.dhara.core.psdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.model.DataType;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** What is put is read, for every type, layout and compression. */
class PsdbRoundTripTest {
    private static final byte PADDING = (byte) 0xA5;

    private final PsdbEncoder encoder = new PsdbEncoder();
    private final PsdbBlock block = new PsdbBlock();

    @Property(tries = 3000)
    void block_anyValues_readsBackAndTouchesNothingAround(
            @ForAll DataType type,
            @ForAll long seed,
            @ForAll boolean layout2,
            @ForAll boolean compress,
            @ForAll @IntRange(min = 1, max = 65_535) int schemaVersion,
            @ForAll @IntRange(max = 30) int offset) {
        BlockSample sample = BlockSample.random(type, schemaVersion, seed);
        Random times = new Random(seed);
        long eventSeconds = 1 + times.nextInt(Integer.MAX_VALUE);
        long ttl = times.nextInt(4) == 0 ? 0 : 1 + times.nextInt(44_323_200);
        long eventMicros = eventSeconds * 1_000_000 + 999_999;
        long expiry = ttl == 0 ? 0 : eventSeconds + ttl;
        byte[] alone = sample.encode(encoder, layout2 ? 2 : 1, expiry, eventMicros, compress);

        byte[] padded = new byte[offset + alone.length + 20];
        Arrays.fill(padded, PADDING);
        encoder.begin(type, sample.version(), layout2 ? 2 : 1, expiry, eventMicros);
        sample.putAll(encoder);
        int length = encoder.finish(padded, offset, compress);
        assertThat(Arrays.copyOfRange(padded, offset, offset + length)).isEqualTo(alone);
        for (int i = 0; i < padded.length; i++) {
            if (i < offset || i >= offset + length) {
                assertThat(padded[i]).isEqualTo(PADDING);
            }
        }

        byte[] before = padded.clone();
        block.wrap(padded, offset, length).open(sample.version());
        sample.assertIn(block);
        assertThat(padded).isEqualTo(before);
        assertThat(block.schemaVersion()).isEqualTo(schemaVersion);
        assertThat(block.layoutVersion()).isEqualTo(layout2 ? 2 : 1);
        assertThat(block.expiryEpochSeconds()).isEqualTo(expiry);
        assertThat(block.eventTimeMicros()).isEqualTo(layout2 ? eventMicros : 0);
    }

    @Property(tries = 300)
    void block_ofEqualValues_isCompressedAndReadsBack(
            @ForAll DataType type,
            @ForAll @IntRange(min = 40, max = 400) int count,
            @ForAll @IntRange(min = 4, max = 16) int vectorLength,
            @ForAll boolean layout2) {
        BlockSample sample = BlockSample.constant(type, 1, count, vectorLength);
        byte[] plain = sample.encode(encoder, layout2 ? 2 : 1, 0, 5, false);
        byte[] bytes = sample.encode(encoder, layout2 ? 2 : 1, 0, 5, true);
        assertThat(bytes.length).isLessThanOrEqualTo(plain.length);
        block.wrap(bytes, 0, bytes.length).open(sample.version());
        assertThat(block.isCompressed()).isEqualTo(bytes.length < plain.length);
        sample.assertIn(block);
        byte[] copy = new byte[block.uncompressedLength()];
        block.copyUncompressed(copy, 0);
        assertThat(copy).isEqualTo(plain);
    }
}
