package io.dhara.core.psdb;

import io.dhara.core.model.DataType;
import io.dhara.core.model.FeatureSpec;
import io.dhara.core.model.SchemaVersion;
import org.jspecify.annotations.Nullable;

/**
 * What blocks of one type and schema version have in common: where each feature goes, and a payload
 * of all defaults to start from. Computed once per version.
 */
final class BlockPlan {
    private static final byte[] EMPTY = new byte[0];

    final DataType type;
    final SchemaVersion version;

    /** Features. */
    final int count;

    /** Elements: features of a scalar type, all elements of all vectors of a vector type. */
    final int elements;

    /** Payload of all defaults; for strings empty. */
    final byte[] template;

    /** Default of each element of a string type; for other types empty. */
    final byte[][] stringTemplate;

    /** Per feature why it has no usable default, null where it has; null when all have. */
    private final @Nullable String @Nullable [] withoutDefault;

    BlockPlan(DataType type, SchemaVersion version) {
        this.type = type;
        this.version = version;
        this.count = version.featureCount();
        if (count == 0) {
            throw Refusals.noFeatures(version);
        }
        this.elements = elementsOf(type, version);
        boolean strings = type.kind() == DataType.Kind.STRING;
        int fixed = strings ? 0 : fixedLength(type, elements);
        int least = strings ? elements * PsdbFormat.STRING_LENGTH_BYTES : fixed;
        if (least > PsdbFormat.MAX_BLOCK_LENGTH) {
            throw Refusals.blockLength(version, (long) PsdbFormat.HEADER_LENGTH + least);
        }
        this.template = fixed == 0 ? EMPTY : new byte[fixed];
        this.stringTemplate = new byte[strings ? elements : 0][];
        this.withoutDefault = fillDefaults();
    }

    /** Index of the first element of a feature. */
    int start(int sequence) {
        return type.isVector() ? version.vectorStart(sequence) : sequence;
    }

    /** Elements of a feature. */
    int length(int sequence) {
        return type.isVector() ? version.vectorLength(sequence) : 1;
    }

    /** Longest string of a feature, in bytes. */
    int stringLimit(int sequence) {
        return version.stringLength(sequence);
    }

    static int elementsOf(DataType type, SchemaVersion version) {
        return type.isVector()
                ? version.vectorStart(version.featureCount())
                : version.featureCount();
    }

    /** Payload bytes of a type that is not a string. */
    static int fixedLength(DataType type, int elements) {
        return type.kind() == DataType.Kind.BOOL
                ? PsdbFormat.bytesOfBits(elements)
                : Math.multiplyExact(elements, type.elementBytes());
    }

    void checkAllGiven(boolean[] given) {
        if (withoutDefault == null) {
            return;
        }
        for (int i = 0; i < count; i++) {
            if (!given[i] && withoutDefault[i] != null) {
                throw Refusals.noDefault(version, i, withoutDefault[i]);
            }
        }
    }

    private @Nullable String @Nullable [] fillDefaults() {
        @Nullable String @Nullable [] problems = null;
        for (int i = 0; i < count; i++) {
            FeatureSpec feature = version.features().get(i);
            String problem = fillDefault(i, feature);
            if (problem != null) {
                if (problems == null) {
                    problems = new String[count];
                }
                problems[i] = problem;
            }
        }
        return problems;
    }

    private @Nullable String fillDefault(int sequence, FeatureSpec feature) {
        try {
            byte[] stored = DefaultValues.asStored(type, feature);
            if (stored == null) {
                return "has no default";
            }
            place(sequence, stored);
            return null;
        } catch (IllegalArgumentException e) {
            return "its default cannot be used: " + e.getMessage();
        }
    }

    /** Puts a default, in the form it is served in, where it belongs in the payload. */
    private void place(int sequence, byte[] stored) {
        int start = start(sequence);
        int length = length(sequence);
        switch (type.kind()) {
            case BOOL -> {
                for (int i = 0; i < length; i++) {
                    PsdbFormat.putBit(template, 0, start + i, stored[i] != 0);
                }
            }
            case STRING -> placeStrings(start, length, stored);
            case FLOAT, INT, UINT ->
                    System.arraycopy(
                            stored, 0, template, start * type.elementBytes(), stored.length);
        }
    }

    private void placeStrings(int start, int length, byte[] stored) {
        if (!type.isVector()) {
            stringTemplate[start] = stored;
            return;
        }
        int at = length * PsdbFormat.STRING_LENGTH_BYTES;
        for (int i = 0; i < length; i++) {
            int bytes = LittleEndian.uint16(stored, i * PsdbFormat.STRING_LENGTH_BYTES);
            stringTemplate[start + i] = java.util.Arrays.copyOfRange(stored, at, at + bytes);
            at += bytes;
        }
    }
}
