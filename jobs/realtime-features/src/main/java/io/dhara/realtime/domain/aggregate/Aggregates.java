package io.dhara.realtime.domain.aggregate;

import io.dhara.core.model.DataType.Kind;
import io.dhara.realtime.domain.event.FieldType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The windowed aggregates. Numbers are columns of type int64 or double. Nulls, NaN and infinities
 * never reach a partial (see {@link io.dhara.realtime.domain.event.ColumnInput}).
 */
public final class Aggregates {
    /** Most values that {@link #lastK} keeps. */
    public static final int MAX_LAST = 200;

    private Aggregates() {}

    /** How many events, or values; 0 when there are none. */
    public static Aggregate count() {
        return new Aggregate(
                CountPartial.TYPE,
                ResultType.of(Kind.INT),
                (partial, window) -> ((CountPartial) partial).count());
    }

    /** Events per {@code per}, over the window's nominal length. */
    public static Aggregate rate(Duration per) {
        double unit = per.toMillis();
        return new Aggregate(
                CountPartial.TYPE,
                ResultType.of(Kind.FLOAT),
                (partial, window) -> ((CountPartial) partial).count() * unit / window.toMillis());
    }

    /** 0 when there are none; whole numbers give a whole number, exact if it fits 64 bits. */
    public static Aggregate sum(FieldType type) {
        if (type == FieldType.INT64) {
            return new Aggregate(
                    IntegerSumPartial.TYPE,
                    ResultType.of(Kind.INT),
                    (partial, window) -> ((IntegerSumPartial) partial).sum());
        }
        return new Aggregate(
                SumPartial.TYPE,
                ResultType.of(Kind.FLOAT),
                (partial, window) -> ((SumPartial) partial).sum());
    }

    public static Aggregate mean() {
        return new Aggregate(
                SumPartial.TYPE,
                ResultType.of(Kind.FLOAT),
                (partial, window) -> {
                    SumPartial sum = (SumPartial) partial;
                    return sum.isEmpty() ? null : sum.sum() / sum.count();
                });
    }

    public static Aggregate min(FieldType type) {
        return extreme(ExtremePartial.MIN, type);
    }

    public static Aggregate max(FieldType type) {
        return extreme(ExtremePartial.MAX, type);
    }

    private static Aggregate extreme(PartialType partial, FieldType type) {
        return new Aggregate(
                partial,
                ResultType.of(kind(type)),
                (state, window) -> ((ExtremePartial) state).extreme());
    }

    /**
     * @param sample divides by one less than the count and then needs two values
     */
    public static Aggregate variance(boolean sample) {
        return new Aggregate(
                MomentsPartial.TYPE,
                ResultType.of(Kind.FLOAT),
                (partial, window) -> variance((MomentsPartial) partial, sample));
    }

    /** The square root of {@link #variance}. */
    public static Aggregate stddev(boolean sample) {
        return new Aggregate(
                MomentsPartial.TYPE,
                ResultType.of(Kind.FLOAT),
                (partial, window) -> {
                    Double variance = variance((MomentsPartial) partial, sample);
                    return variance == null ? null : Math.sqrt(variance);
                });
    }

    private static @Nullable Double variance(MomentsPartial moments, boolean sample) {
        long divisor = sample ? moments.count() - 1 : moments.count();
        return divisor < 1 ? null : moments.squares() / divisor;
    }

    /** The value of the oldest event; of one millisecond the smallest value. */
    public static Aggregate first(FieldType type) {
        return edge(EdgePartial.FIRST, type);
    }

    /** The value of the newest event; of one millisecond the largest value. */
    public static Aggregate last(FieldType type) {
        return edge(EdgePartial.LAST, type);
    }

    private static Aggregate edge(PartialType partial, FieldType type) {
        return new Aggregate(
                partial,
                ResultType.of(kind(type)),
                (state, window) -> ((EdgePartial) state).value());
    }

    /**
     * The newest values, newest first: a list of at most {@code limit}.
     *
     * @param limit 1..{@value #MAX_LAST}
     * @param distinct each value once, at its newest time
     */
    public static Aggregate lastK(FieldType type, int limit, boolean distinct) {
        return new Aggregate(
                new RecentPartial.Type(limit, distinct),
                new ResultType(kind(type), limit),
                (state, window) -> ((RecentPartial) state).values());
    }

    /** The estimated number of distinct values, rounded. */
    public static Aggregate countDistinct(int lgK) {
        return new Aggregate(
                new DistinctPartial.Type(lgK),
                ResultType.of(Kind.INT),
                (state, window) -> Math.round(((DistinctPartial) state).estimate()));
    }

    /**
     * The values at these ranks: a list of as many, or one value for one rank.
     *
     * @param ranks each 0..1
     */
    public static Aggregate quantiles(List<Double> ranks, int k) {
        double[] wanted = ranks.stream().mapToDouble(Double::doubleValue).toArray();
        boolean single = wanted.length == 1;
        return new Aggregate(
                new QuantilePartial.Type(k),
                new ResultType(Kind.FLOAT, single ? 0 : wanted.length),
                (state, window) -> {
                    if (state.isEmpty()) {
                        return null;
                    }
                    List<Object> quantiles = ((QuantilePartial) state).quantiles(wanted);
                    return single ? quantiles.get(0) : quantiles;
                });
    }

    /** The most frequent values, most frequent first: a list of at most {@code limit}. */
    public static Aggregate topK(FieldType type, int limit, int capacity) {
        return new Aggregate(
                new TopPartial.Type(capacity),
                new ResultType(kind(type), limit),
                (state, window) -> {
                    List<String> top = ((TopPartial) state).top(limit);
                    return type == FieldType.INT64 ? whole(top) : top;
                });
    }

    /** How often each of {@link #topK} was counted, in its order. */
    public static Aggregate topKCounts(int limit, int capacity) {
        return new Aggregate(
                new TopPartial.Type(capacity),
                new ResultType(Kind.INT, limit),
                (state, window) -> ((TopPartial) state).counts(limit));
    }

    private static List<Long> whole(List<String> texts) {
        List<Long> numbers = new ArrayList<>(texts.size());
        for (String text : texts) {
            numbers.add(Long.valueOf(text));
        }
        return numbers;
    }

    private static Kind kind(FieldType type) {
        return switch (type) {
            case STRING -> Kind.STRING;
            case INT64 -> Kind.INT;
            case DOUBLE -> Kind.FLOAT;
            case BOOLEAN -> Kind.BOOL;
        };
    }
}
