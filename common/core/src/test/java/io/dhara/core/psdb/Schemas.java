package io.dhara.core.psdb;

import io.dhara.core.model.DataType;
import io.dhara.core.model.FeatureSpec;
import io.dhara.core.model.SchemaVersion;
import java.util.ArrayList;
import java.util.List;

/** Schema versions for tests: features f0, f1, ... */
final class Schemas {
    private static final byte[] NO_DEFAULT = {};

    private Schemas() {}

    /** Scalars without defaults; strings of up to 100 bytes. */
    static SchemaVersion scalars(int version, int count) {
        List<FeatureSpec> features = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            features.add(new FeatureSpec("f" + i, i, NO_DEFAULT, 100, 0));
        }
        return new SchemaVersion(version, features);
    }

    /** Vectors of these lengths, without defaults; strings of up to 100 bytes. */
    static SchemaVersion vectors(int version, int... lengths) {
        List<FeatureSpec> features = new ArrayList<>();
        for (int i = 0; i < lengths.length; i++) {
            features.add(new FeatureSpec("f" + i, i, NO_DEFAULT, 100, lengths[i]));
        }
        return new SchemaVersion(version, features);
    }

    /** Version 1 with one feature f0 of this default. */
    static SchemaVersion withDefault(byte[] configured, int stringLength, int vectorLength) {
        return new SchemaVersion(
                1, List.of(new FeatureSpec("f0", 0, configured, stringLength, vectorLength)));
    }

    static SchemaVersion of(DataType type, int version, int count, int vectorLength) {
        if (!type.isVector()) {
            return scalars(version, count);
        }
        int[] lengths = new int[count];
        java.util.Arrays.fill(lengths, vectorLength);
        return vectors(version, lengths);
    }
}
