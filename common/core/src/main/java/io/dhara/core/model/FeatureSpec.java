package io.dhara.core.model;

import java.util.Arrays;

/**
 * One feature of one schema version.
 *
 * @param label name, exact (never folded)
 * @param sequence 0-based place in the block
 * @param defaultBytes the default as stored in etcd (see {@code docs/formats/psdb.md}, "Defaults");
 *     empty when none is configured
 * @param stringLength most bytes of a string (or of each string of a vector); 0 for other types
 * @param vectorLength elements of the vector; 0 for scalars
 */
public record FeatureSpec(
        String label, int sequence, byte[] defaultBytes, int stringLength, int vectorLength) {

    public FeatureSpec {
        if (label.isEmpty()) {
            throw new IllegalArgumentException("feature label is empty");
        }
        if (sequence < 0) {
            throw new IllegalArgumentException(
                    "sequence of feature " + label + " must not be negative: got " + sequence);
        }
        if (stringLength < 0 || stringLength > 65_535) {
            throw new IllegalArgumentException(
                    "string-length of feature " + label + " must be 0..65535: got " + stringLength);
        }
        if (vectorLength < 0 || vectorLength > 65_535) {
            throw new IllegalArgumentException(
                    "vector-length of feature " + label + " must be 0..65535: got " + vectorLength);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FeatureSpec that
                && label.equals(that.label)
                && sequence == that.sequence
                && Arrays.equals(defaultBytes, that.defaultBytes)
                && stringLength == that.stringLength
                && vectorLength == that.vectorLength;
    }

    @Override
    public int hashCode() {
        return label.hashCode() * 31 + sequence;
    }
}
