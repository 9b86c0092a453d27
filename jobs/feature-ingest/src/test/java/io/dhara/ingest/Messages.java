package io.dhara.ingest;

import io.dhara.flink.source.RawRecord;
import io.dhara.flink.source.RecordHeader;
import io.dhara.proto.persist.Data;
import io.dhara.proto.persist.FeatureGroupSchema;
import io.dhara.proto.persist.FeatureValues;
import io.dhara.proto.persist.Query;
import io.dhara.proto.persist.Values;
import io.dhara.proto.persist.Vector;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** Feature messages for tests. */
public final class Messages {
    public static final String TOPIC = "features";

    private Messages() {}

    /** A message of one group; rows are added to it. */
    public static Query.Builder query(String entity, String key, String group, String... labels) {
        return Query.newBuilder()
                .setEntityLabel(entity)
                .addKeysSchema(key)
                .addFeatureGroupSchema(group(group, labels));
    }

    public static FeatureGroupSchema group(String label, String... features) {
        return FeatureGroupSchema.newBuilder()
                .setLabel(label)
                .addAllFeatureLabels(Arrays.asList(features))
                .build();
    }

    /** A row of a message: its key value and the values of each group. */
    public static Data row(String key, Values... groups) {
        return row(List.of(key), groups);
    }

    public static Data row(List<String> keys, Values... groups) {
        Data.Builder data = Data.newBuilder().addAllKeyValues(keys);
        for (Values values : groups) {
            data.addFeatureValues(FeatureValues.newBuilder().setValues(values));
        }
        return data.build();
    }

    public static Values fp32(double... values) {
        Values.Builder builder = Values.newBuilder();
        for (double value : values) {
            builder.addFp32Values(value);
        }
        return builder.build();
    }

    public static Values fp64(double... values) {
        Values.Builder builder = Values.newBuilder();
        for (double value : values) {
            builder.addFp64Values(value);
        }
        return builder.build();
    }

    public static Values int32(int... values) {
        Values.Builder builder = Values.newBuilder();
        for (int value : values) {
            builder.addInt32Values(value);
        }
        return builder.build();
    }

    public static Values uint32(int... values) {
        Values.Builder builder = Values.newBuilder();
        for (int value : values) {
            builder.addUint32Values(value);
        }
        return builder.build();
    }

    public static Values int64(long... values) {
        Values.Builder builder = Values.newBuilder();
        for (long value : values) {
            builder.addInt64Values(value);
        }
        return builder.build();
    }

    public static Values uint64(long... values) {
        Values.Builder builder = Values.newBuilder();
        for (long value : values) {
            builder.addUint64Values(value);
        }
        return builder.build();
    }

    public static Values strings(String... values) {
        return Values.newBuilder().addAllStringValues(Arrays.asList(values)).build();
    }

    public static Values bools(boolean... values) {
        Values.Builder builder = Values.newBuilder();
        for (boolean value : values) {
            builder.addBoolValues(value);
        }
        return builder.build();
    }

    public static Values vectors(Values... vectors) {
        Values.Builder builder = Values.newBuilder();
        for (Values vector : vectors) {
            builder.addVector(Vector.newBuilder().setValues(vector));
        }
        return builder.build();
    }

    /** A record with this value at partition 0. */
    public static RawRecord record(
            byte[] value, long timestampMillis, long offset, String... headers) {
        List<RecordHeader> list = new ArrayList<>();
        for (int i = 0; i < headers.length; i += 2) {
            list.add(new RecordHeader(headers[i], headers[i + 1].getBytes(StandardCharsets.UTF_8)));
        }
        return new RawRecord(TOPIC, 0, offset, timestampMillis, null, value, list);
    }

    public static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", "").replace("\n", ""));
    }

    public static String hex(byte[] bytes) {
        return HexFormat.ofDelimiter(" ").formatHex(bytes);
    }
}
