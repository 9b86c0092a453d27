package io.dhara.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.luben.zstd.ZstdInputStream;
import io.dhara.core.model.DataType;
import io.dhara.core.model.FeatureSpec;
import io.dhara.core.model.SchemaVersion;
import io.dhara.core.psdb.FeatureText;
import io.dhara.core.psdb.PsdbBlock;
import io.dhara.core.psdb.PsdbEncoder;
import io.dhara.core.psdb.PsdbFormat;
import io.dhara.core.psdb.PsdbFormatException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A block without its schema: how many features it holds is worked out from the bytes where they
 * tell.
 */
final class BlockJson {
    private static final int MAX_STRING_BYTES = 65_535;

    private BlockJson() {}

    /**
     * @param count features, or null to derive it
     * @param lengths elements of each vector, or null
     * @throws IllegalArgumentException if the bytes are no block, or the count cannot be derived
     */
    static Map<String, Object> decode(
            byte[] bytes, @Nullable Integer count, @Nullable List<Integer> lengths) {
        PsdbBlock block = new PsdbBlock().wrap(bytes, 0, bytes.length);
        byte[] payload = payload(bytes, block);
        SchemaVersion shape = shape(block, bytes, payload, count, lengths);
        block.open(shape);

        Map<String, Object> document = new LinkedHashMap<>();
        List<Object> values = new ArrayList<>();
        for (int i = 0; i < shape.featureCount(); i++) {
            values.add(value(block, shape, i));
        }
        document.put("values", values);
        document.put("schema_version", block.schemaVersion());
        document.put(
                "expiry",
                block.expiryEpochSeconds() == 0
                        ? null
                        : Instant.ofEpochSecond(block.expiryEpochSeconds()).toString());
        document.put("type", block.dataType().wireName());
        document.put("layout", block.layoutVersion());
        document.put("compression", block.isCompressed() ? "zstd" : "none");
        if (block.layoutVersion() == PsdbFormat.LAYOUT_2) {
            document.put("event_time_micros", block.eventTimeMicros());
        }
        return document;
    }

    private static byte[] payload(byte[] bytes, PsdbBlock block) {
        int header = PsdbFormat.headerLength(block.layoutVersion());
        byte[] stored = Arrays.copyOfRange(bytes, header, bytes.length);
        if (!block.isCompressed()) {
            return stored;
        }
        try (ZstdInputStream in = new ZstdInputStream(new ByteArrayInputStream(stored))) {
            byte[] raw = in.readNBytes(PsdbFormat.MAX_DECOMPRESSED_LENGTH + 1);
            if (raw.length > PsdbFormat.MAX_DECOMPRESSED_LENGTH) {
                throw new PsdbFormatException(
                        header,
                        "payload holds more than " + PsdbFormat.MAX_DECOMPRESSED_LENGTH + " bytes");
            }
            return raw;
        } catch (IOException e) {
            throw new PsdbFormatException(header, "payload is not a zstd frame: " + e.getMessage());
        }
    }

    private static SchemaVersion shape(
            PsdbBlock block,
            byte[] bytes,
            byte[] payload,
            @Nullable Integer count,
            @Nullable List<Integer> lengths) {
        DataType type = block.dataType();
        int elements = elements(type, bytes, payload, type.isVector() ? null : count);
        List<Integer> vectorLengths;
        if (!type.isVector()) {
            vectorLengths = Collections.nCopies(count != null ? count : elements, 0);
        } else if (lengths != null) {
            vectorLengths = lengths;
        } else {
            int vectors = count != null ? count : 1;
            if (vectors < 1 || elements % vectors != 0) {
                throw new IllegalArgumentException(
                        elements
                                + " elements do not make "
                                + vectors
                                + " equal vectors; give --lengths");
            }
            vectorLengths = Collections.nCopies(vectors, elements / vectors);
        }
        List<FeatureSpec> features = new ArrayList<>();
        for (int i = 0; i < vectorLengths.size(); i++) {
            features.add(
                    new FeatureSpec(
                            "f" + i, i, new byte[0], MAX_STRING_BYTES, vectorLengths.get(i)));
        }
        return new SchemaVersion(block.schemaVersion(), features);
    }

    private static int elements(
            DataType type, byte[] bytes, byte[] payload, @Nullable Integer count) {
        if (count != null) {
            return count;
        }
        return switch (type.kind()) {
            case FLOAT, INT, UINT -> payload.length / type.elementBytes();
            case BOOL -> payload.length * 8 - (bytes[PsdbFormat.TYPE_OFFSET] & 0x0F);
            case STRING -> strings(payload);
        };
    }

    /** The one number of strings whose lengths add up to the payload. */
    private static int strings(byte[] payload) {
        List<Integer> fitting = new ArrayList<>();
        long bytes = 0;
        for (int n = 0; n * 2 <= payload.length; n++) {
            if (n * 2 + bytes == payload.length) {
                fitting.add(n);
            }
            if (n * 2 + 1 < payload.length) {
                bytes += (payload[n * 2] & 0xFF) | (payload[n * 2 + 1] & 0xFF) << 8;
            }
        }
        if (fitting.size() != 1) {
            throw new IllegalArgumentException(
                    "the payload can be read as " + fitting + " strings; say which with --count");
        }
        return fitting.get(0);
    }

    private static Object value(PsdbBlock block, SchemaVersion shape, int sequence) {
        if (!block.dataType().isVector()) {
            return scalar(block, sequence);
        }
        List<Object> elements = new ArrayList<>();
        for (int i = 0; i < shape.vectorLength(sequence); i++) {
            elements.add(element(block, sequence, i));
        }
        return elements;
    }

    private static Object scalar(PsdbBlock block, int sequence) {
        return switch (block.dataType().kind()) {
            case BOOL -> block.getBoolean(sequence);
            case STRING -> block.getString(sequence);
            case INT -> block.getLong(sequence);
            case UINT -> unsigned(block.getLong(sequence));
            case FLOAT -> {
                byte[] bytes = new byte[block.featureLength(sequence)];
                block.copyFeature(sequence, bytes, 0);
                yield number(block.dataType(), bytes);
            }
        };
    }

    private static Object element(PsdbBlock block, int sequence, int index) {
        DataType type = block.dataType();
        return switch (type.kind()) {
            case BOOL -> block.getBoolean(sequence, index);
            case STRING -> block.getString(sequence, index);
            case INT -> block.getLong(sequence, index);
            case UINT -> unsigned(block.getLong(sequence, index));
            case FLOAT -> {
                byte[] vector = new byte[block.featureLength(sequence)];
                block.copyFeature(sequence, vector, 0);
                int width = type.elementBytes();
                yield number(
                        type.scalar(),
                        Arrays.copyOfRange(vector, index * width, (index + 1) * width));
            }
        };
    }

    private static BigInteger unsigned(long bits) {
        return new BigInteger(Long.toUnsignedString(bits));
    }

    /**
     * The shortest digits that read back as the same value; NaN and infinities, which JSON lacks,
     * as text.
     */
    private static Object number(DataType type, byte[] bytes) {
        StringBuilder text = new StringBuilder();
        FeatureText.append(text, type, 0, bytes, 0, bytes.length);
        String digits = text.toString();
        boolean finite = Character.isDigit(digits.charAt(digits.length() - 1));
        return finite ? new BigDecimal(digits) : digits;
    }

    /**
     * @throws IllegalArgumentException naming the member that is wrong
     */
    static byte[] encode(JsonNode document) {
        String typeName = document.path("type").asText();
        DataType type =
                DataType.ofWireName(typeName)
                        .or(() -> DataType.ofWireName("DataType" + typeName))
                        .orElseThrow(
                                () ->
                                        new IllegalArgumentException(
                                                "type: unknown data type '" + typeName + "'"));
        JsonNode values = document.path("values");
        if (!values.isArray()) {
            throw new IllegalArgumentException("values: an array is needed");
        }
        List<FeatureSpec> features = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            int vectorLength = type.isVector() ? values.get(i).size() : 0;
            features.add(
                    new FeatureSpec(
                            "values[" + i + "]", i, new byte[0], MAX_STRING_BYTES, vectorLength));
        }
        SchemaVersion shape = new SchemaVersion(document.path("schema_version").asInt(1), features);
        PsdbEncoder encoder = new PsdbEncoder();
        encoder.begin(
                type,
                shape,
                document.path("layout").asInt(PsdbFormat.LAYOUT_1),
                expiry(document.path("expiry")),
                document.path("event_time_micros").asLong());
        for (int i = 0; i < values.size(); i++) {
            put(encoder, type, i, values.get(i));
        }
        return encoder.toBlock(document.path("compression").asText("none").equals("zstd"));
    }

    private static long expiry(JsonNode expiry) {
        if (expiry.isNull() || expiry.isMissingNode()) {
            return 0;
        }
        if (expiry.isIntegralNumber()) {
            return expiry.asLong();
        }
        try {
            return Instant.parse(expiry.asText()).getEpochSecond();
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(
                    "expiry: ISO-8601 instant, epoch seconds or null: got " + expiry, e);
        }
    }

    private static void put(PsdbEncoder encoder, DataType type, int sequence, JsonNode value) {
        int n = value.size();
        switch (type.kind()) {
            case BOOL -> {
                if (type.isVector()) {
                    boolean[] bools = new boolean[n];
                    for (int i = 0; i < n; i++) {
                        bools[i] = value.get(i).asBoolean();
                    }
                    encoder.putBools(sequence, bools, 0, n);
                } else {
                    encoder.putBool(sequence, value.asBoolean());
                }
            }
            case STRING -> {
                if (type.isVector()) {
                    List<String> strings = new ArrayList<>();
                    value.forEach(v -> strings.add(v.asText()));
                    encoder.putStrings(sequence, strings);
                } else {
                    encoder.putString(sequence, value.asText());
                }
            }
            case INT, UINT -> {
                if (type.isVector()) {
                    long[] longs = new long[n];
                    for (int i = 0; i < n; i++) {
                        longs[i] = value.get(i).bigIntegerValue().longValue();
                    }
                    encoder.putLongs(sequence, longs, 0, n);
                } else {
                    encoder.putLong(sequence, value.bigIntegerValue().longValue());
                }
            }
            case FLOAT -> {
                if (type.isVector()) {
                    double[] doubles = new double[n];
                    for (int i = 0; i < n; i++) {
                        doubles[i] = real(value.get(i));
                    }
                    encoder.putDoubles(sequence, doubles, 0, n);
                } else {
                    encoder.putDouble(sequence, real(value));
                }
            }
        }
    }

    private static double real(JsonNode value) {
        return switch (value.asText()) {
            case "NaN" -> Double.NaN;
            case "+Inf" -> Double.POSITIVE_INFINITY;
            case "-Inf" -> Double.NEGATIVE_INFINITY;
            default -> value.asDouble();
        };
    }
}
