package io.dhara.localstack.demo;

import io.dhara.proto.persist.Data;
import io.dhara.proto.persist.FeatureGroupSchema;
import io.dhara.proto.persist.FeatureValues;
import io.dhara.proto.persist.Query;
import io.dhara.proto.persist.Values;
import io.dhara.proto.persist.Vector;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** Messages as broken producers send them, one for each way to be rejected that a producer has. */
final class BadMessages {
    private static final long DAY_MS = 86_400_000L;

    /**
     * A message of which rows must be rejected.
     *
     * @param reason code that its dead letter must have
     * @param rows it counts for in all
     * @param rejected of these
     * @param good the part of it that must be written all the same, or null
     */
    record BadMessage(
            String reason,
            byte[] value,
            List<Header> headers,
            int rows,
            int rejected,
            @Nullable FeatureMessage good) {}

    private BadMessages() {}

    /**
     * One of each.
     *
     * @param number makes their keys differ from those of an earlier call
     */
    static List<BadMessage> oneOfEach(long number, long nowMs) {
        String key = "bad-" + number;
        List<BadMessage> all = new ArrayList<>();
        all.add(bad("unparsable", new byte[] {0x0a, 0x7f, 0x01}));
        all.add(bad("empty-message", Query.newBuilder().setEntityLabel("user").build()));
        all.add(bad("unknown-entity", query("shopper", key, "activity", counts(1))));
        all.add(bad("unknown-group", query("user", key, "clicks", counts(1))));
        all.add(bad("unknown-feature", query("user", key, "activity", counts(1), "clicks_1d")));
        all.add(bad("wrong-count", query("user", key, "activity", counts(1), VIEWS, "buys_1d")));
        all.add(
                bad(
                        "wrong-type",
                        query(
                                "user",
                                key,
                                "activity",
                                Values.newBuilder().addStringValues("three").build(),
                                VIEWS)));
        all.add(
                bad(
                        "string-too-long",
                        query(
                                "user",
                                key,
                                "profile",
                                Values.newBuilder().addStringValues("x".repeat(33)).build(),
                                "city")));
        all.add(
                bad(
                        "not-a-number",
                        Query.newBuilder()
                                .setEntityLabel("user_category")
                                .addKeysSchema("user_id")
                                .addKeysSchema("category_id")
                                .addFeatureGroupSchema(group("affinity", "score"))
                                .addData(
                                        Data.newBuilder()
                                                .addKeyValues(key)
                                                .addKeyValues("c001")
                                                .addFeatureValues(
                                                        feature(
                                                                Values.newBuilder()
                                                                        .addFp32Values(Double.NaN)
                                                                        .build())))
                                .build()));
        all.add(
                bad(
                        "wrong-vector-length",
                        query(
                                "user",
                                key,
                                "taste",
                                Values.newBuilder()
                                        .addVector(
                                                Vector.newBuilder()
                                                        .setValues(
                                                                Values.newBuilder()
                                                                        .addFp32Values(0.5)))
                                        .build(),
                                "taste_8")));
        all.add(
                bad(
                        "key-mismatch",
                        query("user", key, "activity", counts(1), VIEWS).toBuilder()
                                .setKeysSchema(0, "account_id")
                                .build()));
        Query good = query("user", key, "activity", counts(1), VIEWS);
        all.add(withHeader("unknown-version", good, "dhara-schema-version", "99"));
        all.add(withHeader("bad-header", good, "dhara-schema-version", "latest"));
        all.add(
                withHeader(
                        "future-event-time",
                        good,
                        "dhara-event-time-ms",
                        String.valueOf(nowMs + 2 * DAY_MS)));
        all.add(halfGood("half-good-" + number, nowMs));
        return List.copyOf(all);
    }

    private static final String VIEWS = "views_1d";

    /** Two groups, one with a value too few: the other one must be written. */
    private static BadMessage halfGood(String key, long nowMs) {
        Query query =
                query("user", key, "activity", counts(1), VIEWS, "buys_1d").toBuilder()
                        .addFeatureGroupSchema(group("lifetime", "views_total"))
                        .setData(
                                0,
                                Data.newBuilder()
                                        .addKeyValues(key)
                                        .addFeatureValues(feature(counts(1)))
                                        .addFeatureValues(
                                                feature(
                                                        Values.newBuilder()
                                                                .addInt64Values(7)
                                                                .build())))
                        .build();
        FeatureMessage written =
                new FeatureMessage(
                        "user", List.of(key), Map.of("lifetime", Map.of("views_total", 7L)), nowMs);
        return new BadMessage("wrong-count", query.toByteArray(), List.of(), 2, 1, written);
    }

    private static BadMessage bad(String reason, byte[] value) {
        return new BadMessage(reason, value, List.of(), 1, 1, null);
    }

    private static BadMessage bad(String reason, Query query) {
        return bad(reason, query.toByteArray());
    }

    private static BadMessage withHeader(String reason, Query query, String name, String value) {
        return new BadMessage(
                reason,
                query.toByteArray(),
                List.of(FeatureProducer.header(name, value)),
                1,
                1,
                null);
    }

    private static Values counts(int... values) {
        Values.Builder counts = Values.newBuilder();
        for (int value : values) {
            counts.addInt32Values(value);
        }
        return counts.build();
    }

    private static Query query(String entity, String key, String group, Values values) {
        return query(entity, key, group, values, VIEWS);
    }

    private static Query query(
            String entity, String key, String group, Values values, String... features) {
        return Query.newBuilder()
                .setEntityLabel(entity)
                .addKeysSchema("user_id")
                .addFeatureGroupSchema(group(group, features))
                .addData(Data.newBuilder().addKeyValues(key).addFeatureValues(feature(values)))
                .build();
    }

    private static FeatureGroupSchema group(String label, String... features) {
        return FeatureGroupSchema.newBuilder()
                .setLabel(label)
                .addAllFeatureLabels(List.of(features))
                .build();
    }

    private static FeatureValues feature(Values values) {
        return FeatureValues.newBuilder().setValues(values).build();
    }
}
