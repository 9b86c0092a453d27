package io.dhara.stores.redis;

import io.dhara.core.model.FeatureGroupSchema;
import io.dhara.core.psdb.CsdbFormat;
import io.dhara.core.psdb.CsdbReader;
import io.dhara.core.psdb.EventTimes;
import io.dhara.core.psdb.PsdbFormatException;
import io.dhara.stores.read.StoreReadException;
import io.dhara.stores.read.StoredBlock;
import io.dhara.stores.read.StoredRow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes the value of one key apart. Blocks are copied out as they are, not decoded. */
final class StoredValue {
    private StoredValue() {}

    /** A block per group; a value that is no CSDB is a failed row of kind CORRUPT. */
    static StoredRow row(byte @Nullable [] value, List<FeatureGroupSchema> groups) {
        if (value == null) {
            return StoredRow.of(Collections.nCopies(groups.size(), StoredBlock.ABSENT));
        }
        try {
            CsdbReader entries = new CsdbReader().wrap(value, 0, value.length);
            int timesOffset = 0;
            int timesLength = 0;
            if (entries.find(CsdbFormat.EVENT_TIMES_ID)) {
                timesOffset = entries.blockOffset();
                timesLength = entries.blockLength();
            }
            List<StoredBlock> blocks = new ArrayList<>(groups.size());
            for (FeatureGroupSchema group : groups) {
                if (entries.find(group.id()) && !entries.isNegative()) {
                    int from = entries.blockOffset();
                    blocks.add(
                            new StoredBlock(
                                    Arrays.copyOfRange(value, from, from + entries.blockLength()),
                                    EventTimes.find(value, timesOffset, timesLength, group.id())));
                } else {
                    blocks.add(StoredBlock.ABSENT);
                }
            }
            return StoredRow.of(blocks);
        } catch (PsdbFormatException e) {
            return StoredRow.failed(
                    new StoreReadException(
                            StoreReadException.Kind.CORRUPT,
                            "the stored value cannot be taken apart: " + e.getMessage(),
                            e));
        }
    }
}
