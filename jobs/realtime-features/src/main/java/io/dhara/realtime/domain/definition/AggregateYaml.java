package io.dhara.realtime.domain.definition;

import io.dhara.core.registry.YamlFields;
import io.dhara.core.registry.YamlNode;
import io.dhara.realtime.domain.aggregate.Aggregate;
import io.dhara.realtime.domain.aggregate.Aggregates;
import io.dhara.realtime.domain.event.FieldType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The parameters of a windowed aggregate. */
final class AggregateYaml {
    private static final List<String> PARAMETERS =
            List.of("per", "sample", "k", "distinct", "lg-k", "ranks", "sketch-k", "capacity");

    private static final int MAX_TOP = 100;

    private AggregateYaml() {}

    /** Null, and a problem, if a parameter is missing or wrong. */
    static @Nullable Aggregate read(AggregateKind kind, FieldType type, YamlFields fields) {
        return switch (kind) {
            case COUNT -> Aggregates.count();
            case RATE -> Aggregates.rate(per(fields));
            case SUM -> Aggregates.sum(type);
            case MEAN -> Aggregates.mean();
            case MIN -> Aggregates.min(type);
            case MAX -> Aggregates.max(type);
            case VARIANCE -> Aggregates.variance(fields.bool("sample", false));
            case STDDEV -> Aggregates.stddev(fields.bool("sample", false));
            case FIRST -> Aggregates.first(type);
            case LAST -> Aggregates.last(type);
            case LAST_K ->
                    Aggregates.lastK(
                            type, k(fields, Aggregates.MAX_LAST), fields.bool("distinct", false));
            case COUNT_DISTINCT ->
                    Aggregates.countDistinct(FieldsYaml.integer(fields, "lg-k", 12, 8, 16));
            case QUANTILES -> quantiles(fields);
            case TOP_K -> Aggregates.topK(type, k(fields, MAX_TOP), capacity(fields));
            case TOP_K_COUNTS -> Aggregates.topKCounts(k(fields, MAX_TOP), capacity(fields));
            case DECAYED_COUNT, DECAYED_SUM, GAUGE ->
                    throw new IllegalArgumentException(kind.text() + " has no windows");
        };
    }

    /** As part of a feature's meaning: what was given, in a fixed order. */
    static String parameters(Aggregate aggregate, AggregateKind kind, YamlFields fields) {
        StringBuilder text = new StringBuilder();
        Stream.of(PARAMETERS.toArray(String[]::new))
                .filter(kind::takes)
                .forEach(
                        name -> {
                            YamlNode node = fields.node(name);
                            if (node != null) {
                                text.append(", ").append(name).append(' ').append(shown(node));
                            }
                        });
        return text.append(", ").append(aggregate.partial().spec()).toString();
    }

    private static String shown(YamlNode node) {
        return node.kind() == YamlNode.Kind.LIST
                ? node.items().stream().map(YamlNode::text).toList().toString()
                : node.text();
    }

    private static Duration per(YamlFields fields) {
        return FieldsYaml.duration(
                fields, "per", Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofDays(1));
    }

    private static int k(YamlFields fields, int most) {
        fields.requiredNode("k");
        return FieldsYaml.integer(fields, "k", 1, 1, most);
    }

    private static int capacity(YamlFields fields) {
        int capacity = FieldsYaml.integer(fields, "capacity", 256, 16, 65_536);
        if (Integer.bitCount(capacity) != 1) {
            fields.problem(
                    fields.node("capacity"),
                    "capacity must be a power of two, 16..65536: got " + capacity);
            return 256;
        }
        int k = fields.integer("k", 1);
        if (k <= MAX_TOP && k * 4 > capacity * 3) {
            fields.problem(
                    fields.node("capacity"),
                    "capacity must be at least 4/3 of k: got " + capacity + " for k " + k);
        }
        return capacity;
    }

    private static @Nullable Aggregate quantiles(YamlFields fields) {
        YamlNode node = fields.requiredNode("ranks");
        List<Double> ranks = new ArrayList<>();
        for (YamlNode item : fields.list("ranks")) {
            try {
                double rank = Double.parseDouble(item.text());
                if (rank >= 0 && rank <= 1) {
                    ranks.add(rank);
                    continue;
                }
            } catch (NumberFormatException e) {
                // Reported below, as a rank out of range is.
            }
            fields.problem(item, "ranks must be numbers 0..1: got " + FieldsYaml.shown(item));
        }
        if (node != null && node.items().isEmpty()) {
            fields.problem(node, "ranks must list at least one rank, such as [0.5, 0.99]");
        }
        int k = FieldsYaml.integer(fields, "sketch-k", 200, 8, 4_096);
        return ranks.isEmpty() ? null : Aggregates.quantiles(ranks, k);
    }
}
