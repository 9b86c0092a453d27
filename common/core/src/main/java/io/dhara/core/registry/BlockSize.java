package io.dhara.core.registry;

import io.dhara.core.model.DataType;
import io.dhara.core.model.FeatureGroupSchema;
import io.dhara.core.model.FeatureSpec;
import io.dhara.core.model.SchemaVersion;
import io.dhara.core.psdb.PsdbFormat;

/** How long a block can get. Unlike the peer's estimate it counts the lengths before strings. */
public final class BlockSize {
    private static final int STRING_LENGTH_BYTES = 2;

    private BlockSize() {}

    /** Bytes of the longest uncompressed block of any version of the group, header included. */
    public static long longest(FeatureGroupSchema group) {
        long longest = 0;
        for (SchemaVersion version : group.versions().values()) {
            longest = Math.max(longest, longest(group, version));
        }
        return longest;
    }

    static long longest(FeatureGroupSchema group, SchemaVersion version) {
        int header =
                group.layoutVersion() == PsdbFormat.LAYOUT_1
                        ? PsdbFormat.HEADER_LENGTH
                        : PsdbFormat.LAYOUT_2_HEADER_LENGTH;
        return header + payload(group.dataType(), version);
    }

    private static long payload(DataType type, SchemaVersion version) {
        long elements = 0;
        long stringBytes = 0;
        for (FeatureSpec feature : version.features()) {
            int count = type.isVector() ? feature.vectorLength() : 1;
            elements += count;
            stringBytes += (long) count * (STRING_LENGTH_BYTES + feature.stringLength());
        }
        return switch (type.kind()) {
            case STRING -> stringBytes;
            case BOOL -> (elements + 7) / 8;
            case FLOAT, INT, UINT -> elements * type.elementBytes();
        };
    }
}
