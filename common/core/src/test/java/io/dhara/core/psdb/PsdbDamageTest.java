package io.dhara.core.psdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.model.DataType;
import io.dhara.core.model.SchemaVersion;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Damaged bytes are either a legal block or a {@link PsdbFormatException}, and nothing else. */
class PsdbDamageTest {
    private final PsdbEncoder encoder = new PsdbEncoder();
    private final PsdbBlock block = new PsdbBlock();

    /** Reads everything there is; true when it was legal. */
    private boolean reads(byte[] bytes, SchemaVersion like) {
        try {
            block.wrap(bytes, 0, bytes.length);
            if (block.schemaVersion() == 0) {
                return true; // no version has this number: the caller's decision
            }
            SchemaVersion version = new SchemaVersion(block.schemaVersion(), like.features());
            block.open(version);
            for (int i = 0; i < version.featureCount(); i++) {
                byte[] served = BlockSample.served(block, i);
                int elements = version.vectorLength(i);
                FeatureText.append(
                        new StringBuilder(), block.dataType(), elements, served, 0, served.length);
            }
            return true;
        } catch (PsdbFormatException e) {
            assertThat(e.offset()).isBetween(0, bytes.length);
            assertThat(e.reason()).isNotBlank();
            return false;
        }
    }

    private byte[] encoded(BlockSample sample, boolean layout2, boolean compress) {
        return sample.encode(encoder, layout2 ? 2 : 1, 2_000_000_000L, 0, compress);
    }

    @Property(tries = 300)
    void truncation_atEveryLength_isRefused(
            @ForAll DataType type,
            @ForAll long seed,
            @ForAll boolean layout2,
            @ForAll boolean compress) {
        BlockSample sample = BlockSample.random(type, 1, seed);
        byte[] bytes = encoded(sample, layout2, compress);
        for (int length = 0; length < bytes.length; length++) {
            assertThat(reads(Arrays.copyOf(bytes, length), sample.version()))
                    .as("cut to %d of %d", length, bytes.length)
                    .isFalse();
        }
        assertThat(reads(Arrays.copyOf(bytes, bytes.length + 1), sample.version())).isFalse();
    }

    @Property(tries = 300)
    void truncation_ofACompressedBlock_isRefused(
            @ForAll DataType type,
            @ForAll @IntRange(min = 64, max = 300) int count,
            @ForAll boolean layout2) {
        BlockSample sample = BlockSample.constant(type, 1, count, 4);
        byte[] bytes = encoded(sample, layout2, true);
        for (int length = 0; length < bytes.length; length++) {
            assertThat(reads(Arrays.copyOf(bytes, length), sample.version())).isFalse();
        }
    }

    @Property(tries = 300)
    void flippedBit_anywhere_isLegalOrRefused(
            @ForAll DataType type,
            @ForAll long seed,
            @ForAll boolean layout2,
            @ForAll boolean constant) {
        BlockSample sample =
                constant
                        ? BlockSample.constant(type, 1, 100, 4)
                        : BlockSample.random(type, 1, seed);
        byte[] bytes = encoded(sample, layout2, constant);
        for (int bit = 0; bit < bytes.length * 8; bit++) {
            byte[] damaged = bytes.clone();
            damaged[bit >> 3] ^= (byte) (1 << (bit & 7));
            boolean legal = reads(damaged, sample.version());
            boolean stillLayout2 = damaged[7] >> 4 == 2;
            if (layout2 && stillLayout2) {
                assertThat(legal).isFalse();
            }
        }
    }

    @Property(tries = 2000)
    void bytes_atRandomBehindALegalHeader_areLegalOrRefused(
            @ForAll DataType type,
            @ForAll boolean compressed,
            @ForAll @Size(max = 300) byte[] payload,
            @ForAll @IntRange(min = 1, max = 6) int count,
            @ForAll @IntRange(max = 5) int vectorLength) {
        byte[] bytes = new byte[9 + payload.length];
        BlockHeader.write(
                bytes,
                0,
                1,
                0,
                PsdbFormat.layoutByte(1, compressed ? 1 : 0, type.id()),
                PsdbFormat.typeByte(type.id(), 0));
        System.arraycopy(payload, 0, bytes, 9, payload.length);
        reads(bytes, Schemas.of(type, 1, count, vectorLength));
    }

    @Property(tries = 1000)
    void bytes_atRandom_areLegalOrRefused(@ForAll @Size(max = 100) byte[] bytes) {
        reads(bytes, Schemas.scalars(1, 3));
    }

    /** Several damaged bytes in a frame at once, so that its parts disagree. */
    @Property(tries = 2000)
    void frame_withSeveralDamagedBytes_isLegalOrRefused(
            @ForAll DataType type, @ForAll long seed, @ForAll @IntRange(min = 1, max = 8) int n) {
        Random random = new Random(seed);
        BlockSample sample = BlockSample.constant(type, 1, 50 + random.nextInt(300), 4);
        byte[] bytes = encoded(sample, false, true);
        for (int i = 0; i < n; i++) {
            bytes[9 + random.nextInt(bytes.length - 9)] = (byte) random.nextInt();
        }
        reads(bytes, sample.version());
    }

    @Property(tries = 2000)
    void csdb_atRandom_isLegalOrRefused(@ForAll @Size(max = 60) byte[] tail) {
        byte[] bytes = new byte[tail.length + 1];
        bytes[0] = 1;
        System.arraycopy(tail, 0, bytes, 1, tail.length);
        CsdbReader reader = new CsdbReader();
        try {
            reader.wrap(bytes, 0, bytes.length);
            int read = CsdbFormat.HEADER_LENGTH;
            while (reader.next()) {
                read += CsdbFormat.ENTRY_HEADER_LENGTH + reader.blockLength();
                assertThat(reader.blockOffset() + reader.blockLength())
                        .isLessThanOrEqualTo(bytes.length);
            }
            assertThat(read).isEqualTo(bytes.length);
            EventTimes.find(reader, bytes, 3);
        } catch (PsdbFormatException e) {
            assertThat(e.offset()).isBetween(0, bytes.length);
        }
    }

    @Property(tries = 300)
    void csdb_anyGroups_readBackInOrder(@ForAll long seed) {
        Random random = new Random(seed);
        CsdbWriter writer = new CsdbWriter().begin();
        int count = 1 + random.nextInt(30);
        int[] ids = random.ints(0, 65_535).distinct().limit(count).sorted().toArray();
        byte[][] blocks = new byte[count][];
        for (int i = 0; i < count; i++) {
            blocks[i] = new byte[random.nextInt(500)];
            random.nextBytes(blocks[i]);
            writer.add(ids[i], blocks[i], 0, blocks[i].length, seed + i);
        }
        byte[] value = writer.toBytes();
        byte[] padded = new byte[value.length + 7];
        System.arraycopy(value, 0, padded, 3, value.length);
        CsdbReader reader = new CsdbReader().wrap(padded, 3, value.length);
        for (int i = 0; i < count; i++) {
            assertThat(reader.next()).isTrue();
            assertThat(reader.groupId()).isEqualTo(ids[i]);
            int at = reader.blockOffset();
            assertThat(Arrays.copyOfRange(padded, at, at + reader.blockLength()))
                    .isEqualTo(blocks[i]);
        }
        assertThat(reader.next()).isTrue();
        assertThat(reader.groupId()).isEqualTo(CsdbFormat.EVENT_TIMES_ID);
        assertThat(reader.next()).isFalse();
        for (int i = 0; i < count; i++) {
            assertThat(EventTimes.find(reader, padded, ids[i])).isEqualTo(seed + i);
        }
    }
}
