package io.dhara.serving.feature;

import io.dhara.core.model.FeatureGroupSchema;
import io.dhara.core.psdb.BlockRefusedException;
import io.dhara.core.psdb.CsdbFormat;
import io.dhara.core.psdb.CsdbReader;
import io.dhara.core.psdb.CsdbWriter;
import io.dhara.core.psdb.EventTimes;
import io.dhara.core.psdb.PsdbFormatException;
import io.dhara.stores.read.StoredBlock;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The value of one key in the distributed cache: a CSDB whose times entry also says, under its own
 * id, when the oldest block was filled.
 */
final class CachedValue {
    private CachedValue() {}

    /**
     * Takes the known groups out of a value. A value that was filled too early, or by someone who
     * keeps no times, or that is no CSDB, holds nothing.
     *
     * @param sinceMicros fill times up to this are too early
     * @param found where to put them, from {@code at} on, one per group
     * @return how many were found
     */
    static int read(
            byte[] value,
            List<FeatureGroupSchema> groups,
            long sinceMicros,
            @Nullable StoredBlock[] found,
            int at) {
        int known = 0;
        try {
            CsdbReader entries = new CsdbReader().wrap(value, 0, value.length);
            if (EventTimes.find(entries, value, CsdbFormat.EVENT_TIMES_ID) <= sinceMicros) {
                return 0;
            }
            for (int g = 0; g < groups.size(); g++) {
                int id = groups.get(g).id();
                long time = EventTimes.find(entries, value, id);
                if (entries.find(id)) {
                    int from = entries.blockOffset();
                    found[at + g] =
                            entries.isNegative()
                                    ? StoredBlock.ABSENT
                                    : new StoredBlock(
                                            Arrays.copyOfRange(
                                                    value, from, from + entries.blockLength()),
                                            time);
                    known++;
                }
            }
        } catch (PsdbFormatException e) {
            Arrays.fill(found, at, at + groups.size(), null);
            return 0;
        }
        return known;
    }

    /**
     * What was read from the store as a value without a fill time, which the script adds.
     *
     * @param blocks one per group, in order; null for what was not read
     * @return null when there is nothing to store
     */
    static byte @Nullable [] build(
            List<FeatureGroupSchema> groups, List<@Nullable StoredBlock> blocks) {
        int[] ascending =
                IntStream.range(0, groups.size())
                        .filter(g -> blocks.get(g) != null)
                        .boxed()
                        .sorted(Comparator.comparingInt(g -> groups.get(g).id()))
                        .mapToInt(g -> g)
                        .toArray();
        if (ascending.length == 0) {
            return null;
        }
        CsdbWriter value = new CsdbWriter().begin();
        try {
            for (int g : ascending) {
                add(value, groups.get(g).id(), blocks.get(g));
            }
        } catch (BlockRefusedException e) {
            return null; // a block too long for a CSDB is served from its store
        }
        return value.toBytes();
    }

    private static void add(CsdbWriter value, int id, @Nullable StoredBlock read) {
        byte[] block = read == null ? null : read.block();
        if (read == null || block == null || block.length == 0) {
            value.addNegative(id);
        } else if (read.writeTimeMicros() == 0) {
            value.add(id, block, 0, block.length);
        } else {
            value.add(id, block, 0, block.length, read.writeTimeMicros());
        }
    }

    static byte[] int64(long value) {
        return ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .array();
    }
}
