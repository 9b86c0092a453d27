package io.dhara.serving.feature;

import io.dhara.core.psdb.PsdbBlock;
import io.dhara.core.psdb.Quantizer;
import io.dhara.serving.feature.ReadPlan.Column;

/** Copies stored values out of blocks, quantised where the column asks for it. */
final class CellBytes {
    private byte[] unquantised = new byte[256];

    /** Bytes of the value as answered. */
    static int length(Column column, PsdbBlock block, int sequence) {
        int stored = block.featureLength(sequence);
        return column.quantised()
                ? Quantizer.convertedLength(column.stored(), column.answered(), stored)
                : stored;
    }

    /** Writes {@link #length} bytes at the offset. */
    void copy(Column column, PsdbBlock block, int sequence, byte[] to, int offset) {
        if (!column.quantised()) {
            block.copyFeature(sequence, to, offset);
            return;
        }
        int length = block.featureLength(sequence);
        if (unquantised.length < length) {
            unquantised = new byte[length];
        }
        block.copyFeature(sequence, unquantised, 0);
        Quantizer.convert(column.stored(), column.answered(), unquantised, 0, length, to, offset);
    }
}
