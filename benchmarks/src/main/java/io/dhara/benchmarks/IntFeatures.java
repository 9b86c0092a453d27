package io.dhara.benchmarks;

import io.dhara.core.model.FeatureSpec;
import io.dhara.core.model.SchemaVersion;
import io.dhara.proto.persist.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** The data of the codec benchmarks: 1,000 counters of up to a million, as an Int32 group. */
final class IntFeatures {
    static final int COUNT = 1_000;
    private static final int COUNTER_LIMIT = 1_000_000;
    private static final long SEED = 42;

    private IntFeatures() {}

    /** Not negative, so that protobuf needs one to three bytes each and not ten. */
    static int[] values() {
        return new Random(SEED).ints(COUNT, 0, COUNTER_LIMIT).toArray();
    }

    static SchemaVersion version() {
        List<FeatureSpec> features = new ArrayList<>(COUNT);
        for (int i = 0; i < COUNT; i++) {
            features.add(new FeatureSpec("f" + i, i, new byte[Integer.BYTES], 0, 0));
        }
        return new SchemaVersion(1, features);
    }

    static Values message(int[] values) {
        Values.Builder builder = Values.newBuilder();
        for (int value : values) {
            builder.addInt32Values(value);
        }
        return builder.build();
    }
}
