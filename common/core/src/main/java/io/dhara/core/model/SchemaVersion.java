package io.dhara.core.model;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The feature list of a group at one version: what a block with this version number in its header
 * holds. Immutable; old versions stay beside new ones for as long as blocks of them may be stored.
 *
 * <p>The length tables are arrays indexed by sequence because the block view reads them once per
 * feature.
 */
public final class SchemaVersion {
    private final int version;
    private final List<FeatureSpec> features;
    private final Map<String, FeatureSpec> byLabel;
    private final int[] stringLengths;
    private final int[] vectorLengths;
    private final int[] vectorStarts;

    /**
     * @param version 1..65535
     * @param features in any order; their sequences must be 0..n-1 without gaps, their labels
     *     distinct
     * @throws IllegalArgumentException otherwise
     */
    public SchemaVersion(int version, List<FeatureSpec> features) {
        if (version < 1 || version > 65_535) {
            throw new IllegalArgumentException("schema version must be 1..65535: got " + version);
        }
        this.version = version;
        List<FeatureSpec> sorted = new ArrayList<>(features);
        sorted.sort(Comparator.comparingInt(FeatureSpec::sequence));
        this.features = List.copyOf(sorted);
        this.byLabel = new HashMap<>();
        this.stringLengths = new int[sorted.size()];
        this.vectorLengths = new int[sorted.size()];
        this.vectorStarts = new int[sorted.size() + 1];
        for (int i = 0; i < sorted.size(); i++) {
            FeatureSpec feature = sorted.get(i);
            if (feature.sequence() != i) {
                throw new IllegalArgumentException(
                        "sequences of version "
                                + version
                                + " must be 0.."
                                + (sorted.size() - 1)
                                + " without gaps: feature "
                                + feature.label()
                                + " has "
                                + feature.sequence()
                                + " where "
                                + i
                                + " is due");
            }
            if (byLabel.put(feature.label(), feature) != null) {
                throw new IllegalArgumentException(
                        "version " + version + " names feature " + feature.label() + " twice");
            }
            stringLengths[i] = feature.stringLength();
            vectorLengths[i] = feature.vectorLength();
            vectorStarts[i + 1] = Math.addExact(vectorStarts[i], vectorLengths[i]);
        }
    }

    public int version() {
        return version;
    }

    /** In sequence order. */
    public List<FeatureSpec> features() {
        return features;
    }

    public int featureCount() {
        return vectorLengths.length;
    }

    /** The feature of this exact label, or null. */
    public @org.jspecify.annotations.Nullable FeatureSpec feature(String label) {
        return byLabel.get(label);
    }

    public int stringLength(int sequence) {
        return stringLengths[sequence];
    }

    public int vectorLength(int sequence) {
        return vectorLengths[sequence];
    }

    /**
     * Elements of all vectors before this one; for the sequence after the last, of all vectors.
     *
     * @param sequence 0..featureCount
     */
    public int vectorStart(int sequence) {
        return vectorStarts[sequence];
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SchemaVersion that
                && version == that.version
                && features.equals(that.features);
    }

    @Override
    public int hashCode() {
        return version * 31 + features.hashCode();
    }

    @Override
    public String toString() {
        return "v" + version + features.stream().map(FeatureSpec::label).toList();
    }
}
