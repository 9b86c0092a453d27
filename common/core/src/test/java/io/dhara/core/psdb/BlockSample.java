package io.dhara.core.psdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.model.DataType;
import io.dhara.core.model.FeatureSpec;
import io.dhara.core.model.SchemaVersion;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Values of one block of any type, that can be put into an encoder and looked for in a block.
 *
 * @param values per feature its elements: Double, Long, Boolean or String; one for a scalar
 */
record BlockSample(DataType type, SchemaVersion version, List<List<Object>> values) {
    private static final double[] SPECIAL = {
        0.0,
        -0.0,
        1.5,
        -2.0,
        0.1,
        Double.NaN,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
        Double.MIN_VALUE,
        Double.MAX_VALUE,
        Float.MIN_VALUE,
        Float.MAX_VALUE,
        65_504,
        65_520,
        464,
        448,
        57_344,
        0x1p-9,
        0x1p-24,
        0x1p-25
    };
    private static final String[] TEXTS = {"", "a", "ünïcode", "日本語", "😀", "a|b\\c", "\0", "-"};
    private static final int STRING_LENGTH = 60;

    /** Values of this seed: special ones, extremes and any bits. */
    static BlockSample random(DataType type, int schemaVersion, long seed) {
        Random random = new Random(seed);
        int count = 1 + random.nextInt(20);
        List<FeatureSpec> features = new ArrayList<>();
        List<List<Object>> values = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int length = type.isVector() ? random.nextInt(12) : 1;
            features.add(
                    new FeatureSpec(
                            "f" + i, i, new byte[0], STRING_LENGTH, type.isVector() ? length : 0));
            List<Object> elements = new ArrayList<>();
            for (int j = 0; j < length; j++) {
                elements.add(element(type, random));
            }
            values.add(elements);
        }
        return new BlockSample(type, new SchemaVersion(schemaVersion, features), values);
    }

    /** The same element in every place: what zstd makes short. */
    static BlockSample constant(DataType type, int schemaVersion, int count, int vectorLength) {
        Object element =
                switch (type.kind()) {
                    case FLOAT -> 1.5;
                    case INT, UINT -> 7L;
                    case BOOL -> true;
                    case STRING -> "constant";
                };
        SchemaVersion version = Schemas.of(type, schemaVersion, count, vectorLength);
        List<Object> elements = new ArrayList<>();
        for (int i = 0; i < (type.isVector() ? vectorLength : 1); i++) {
            elements.add(element);
        }
        List<List<Object>> values = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            values.add(elements);
        }
        return new BlockSample(type, version, values);
    }

    private static Object element(DataType type, Random random) {
        return switch (type.kind()) {
            case FLOAT ->
                    switch (random.nextInt(4)) {
                        case 0 -> SPECIAL[random.nextInt(SPECIAL.length)];
                        case 1 -> Double.longBitsToDouble(random.nextLong());
                        case 2 -> (double) Float.intBitsToFloat(random.nextInt());
                        default -> random.nextGaussian();
                    };
            case INT, UINT ->
                    switch (random.nextInt(4)) {
                        case 0 -> -1L;
                        case 1 -> 1L << random.nextInt(64);
                        default -> random.nextLong();
                    };
            case BOOL -> random.nextBoolean();
            case STRING -> TEXTS[random.nextInt(TEXTS.length)].repeat(random.nextInt(4));
        };
    }

    byte[] encode(PsdbEncoder encoder, int layout, long expiry, long eventTime, boolean compress) {
        encoder.begin(type, version, layout, expiry, eventTime);
        putAll(encoder);
        return encoder.toBlock(compress);
    }

    void putAll(PsdbEncoder encoder) {
        for (int i = 0; i < values.size(); i++) {
            put(encoder, i, values.get(i));
        }
    }

    private void put(PsdbEncoder encoder, int sequence, List<Object> elements) {
        int n = elements.size();
        if (type.isVector()) {
            switch (type.kind()) {
                case FLOAT -> {
                    double[] vector = new double[n + 2];
                    for (int i = 0; i < n; i++) {
                        vector[i + 1] = (Double) elements.get(i);
                    }
                    encoder.putDoubles(sequence, vector, 1, n);
                }
                case INT, UINT -> {
                    long[] vector = new long[n + 2];
                    for (int i = 0; i < n; i++) {
                        vector[i + 1] = (Long) elements.get(i);
                    }
                    encoder.putLongs(sequence, vector, 1, n);
                }
                case BOOL -> {
                    boolean[] vector = new boolean[n + 2];
                    for (int i = 0; i < n; i++) {
                        vector[i + 1] = (Boolean) elements.get(i);
                    }
                    encoder.putBools(sequence, vector, 1, n);
                }
                case STRING ->
                        encoder.putStrings(
                                sequence, elements.stream().map(String.class::cast).toList());
            }
            return;
        }
        switch (type.kind()) {
            case FLOAT -> encoder.putDouble(sequence, (Double) elements.get(0));
            case INT, UINT -> encoder.putLong(sequence, (Long) elements.get(0));
            case BOOL -> encoder.putBool(sequence, (Boolean) elements.get(0));
            case STRING -> encoder.putString(sequence, (String) elements.get(0));
        }
    }

    /** Every value is read, element by element and as served bytes. */
    void assertIn(PsdbBlock block) {
        assertThat(block.dataType()).isEqualTo(type);
        for (int i = 0; i < values.size(); i++) {
            List<Object> elements = values.get(i);
            for (int j = 0; j < elements.size(); j++) {
                assertThat(read(block, i, j)).isEqualTo(expected(elements.get(j)));
            }
            assertThat(served(block, i)).isEqualTo(servedBytes(elements));
        }
    }

    static byte[] served(PsdbBlock block, int sequence) {
        byte[] bytes = new byte[block.featureLength(sequence)];
        assertThat(block.copyFeature(sequence, bytes, 0)).isEqualTo(bytes.length);
        return bytes;
    }

    private Object read(PsdbBlock block, int sequence, int index) {
        boolean vector = type.isVector();
        return switch (type.kind()) {
            case FLOAT -> vector ? block.getDouble(sequence, index) : block.getDouble(sequence);
            case INT, UINT -> vector ? block.getLong(sequence, index) : block.getLong(sequence);
            case BOOL -> vector ? block.getBoolean(sequence, index) : block.getBoolean(sequence);
            case STRING -> vector ? block.getString(sequence, index) : block.getString(sequence);
        };
    }

    /** What a put value reads as: rounded to the type, or its low bits. */
    private Object expected(Object put) {
        return switch (type.kind()) {
            case BOOL, STRING -> put;
            case INT, UINT -> {
                int unused = 64 - 8 * type.elementBytes();
                long high = (Long) put << unused;
                yield type.kind() == DataType.Kind.INT ? high >> unused : high >>> unused;
            }
            case FLOAT -> {
                double value = (Double) put;
                yield switch (type.scalar()) {
                    case FP64 -> value;
                    case FP32 -> (double) (float) value;
                    case FP16 -> (double) SmallFloats.fromFp16(SmallFloats.toFp16((float) value));
                    case FP8_E4M3 ->
                            (double) SmallFloats.fromE4M3(SmallFloats.toE4M3((float) value));
                    default -> (double) SmallFloats.fromE5M2(SmallFloats.toE5M2((float) value));
                };
            }
        };
    }

    private byte[] servedBytes(List<Object> elements) {
        java.io.ByteArrayOutputStream lengths = new java.io.ByteArrayOutputStream();
        java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();
        byte[] element = new byte[8];
        for (Object value : elements) {
            switch (type.kind()) {
                case BOOL -> bytes.write((Boolean) value ? 1 : 0);
                case STRING -> {
                    byte[] utf8 = ((String) value).getBytes(StandardCharsets.UTF_8);
                    if (type.isVector()) {
                        lengths.write(utf8.length);
                        lengths.write(utf8.length >> 8);
                    }
                    bytes.writeBytes(utf8);
                }
                case FLOAT -> {
                    Numbers.writeFloat(type, element, 0, (Double) value);
                    bytes.write(element, 0, type.elementBytes());
                }
                case INT, UINT -> {
                    for (int i = 0; i < type.elementBytes(); i++) {
                        bytes.write((int) ((Long) value >> 8 * i));
                    }
                }
            }
        }
        lengths.writeBytes(bytes.toByteArray());
        return lengths.toByteArray();
    }
}
