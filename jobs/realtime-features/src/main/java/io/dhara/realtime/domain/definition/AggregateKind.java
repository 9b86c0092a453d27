package io.dhara.realtime.domain.definition;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The aggregates a definition can name, and the fields each takes beside name and where. */
enum AggregateKind {
    COUNT("count", Over.WINDOWS, Of.OPTIONAL),
    RATE("rate", Over.WINDOWS, Of.OPTIONAL, "per"),
    SUM("sum", Over.WINDOWS, Of.NUMBER),
    MEAN("mean", Over.WINDOWS, Of.NUMBER),
    MIN("min", Over.WINDOWS, Of.NUMBER),
    MAX("max", Over.WINDOWS, Of.NUMBER),
    VARIANCE("variance", Over.WINDOWS, Of.NUMBER, "sample"),
    STDDEV("stddev", Over.WINDOWS, Of.NUMBER, "sample"),
    FIRST("first", Over.WINDOWS, Of.ANY),
    LAST("last", Over.WINDOWS, Of.ANY),
    LAST_K("last-k", Over.WINDOWS, Of.ANY, "k", "distinct"),
    COUNT_DISTINCT("count-distinct", Over.WINDOWS, Of.ANY, "lg-k"),
    QUANTILES("quantiles", Over.WINDOWS, Of.NUMBER, "ranks", "sketch-k"),
    TOP_K("top-k", Over.WINDOWS, Of.ITEM, "k", "capacity"),
    TOP_K_COUNTS("top-k-counts", Over.WINDOWS, Of.ITEM, "k", "capacity"),
    DECAYED_COUNT("decayed-count", Over.HALF_LIVES, Of.OPTIONAL, "refresh"),
    DECAYED_SUM("decayed-sum", Over.HALF_LIVES, Of.NUMBER, "refresh"),
    GAUGE("gauge", Over.LIFE, Of.NONE, "item", "opens", "closes", "expire-after");

    /** What ends the counting of an event. */
    enum Over {
        WINDOWS,
        HALF_LIVES,
        LIFE
    }

    /** What column it needs. */
    enum Of {
        NONE,
        OPTIONAL,
        ANY,
        NUMBER,
        ITEM
    }

    private final String text;
    private final Over over;
    private final Of of;
    private final List<String> parameters;

    AggregateKind(String text, Over over, Of of, String... parameters) {
        this.text = text;
        this.over = over;
        this.of = of;
        this.parameters = List.of(parameters);
    }

    static Optional<AggregateKind> ofText(String text) {
        return Stream.of(values()).filter(kind -> kind.text.equals(text)).findFirst();
    }

    static List<String> texts() {
        return Stream.of(values()).map(AggregateKind::text).toList();
    }

    String text() {
        return text;
    }

    Over over() {
        return over;
    }

    Of of() {
        return of;
    }

    boolean takes(String parameter) {
        return Set.copyOf(parameters).contains(parameter);
    }
}
