package io.dhara.realtime.domain.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.dhara.core.model.DataType;
import io.dhara.realtime.domain.bytes.ByteReader;
import io.dhara.realtime.domain.bytes.ByteWriter;
import io.dhara.realtime.domain.bytes.MalformedStateException;
import io.dhara.realtime.domain.event.FieldType;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PartialsTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private record Timed(Object value, long time) {}

    private static byte[] bytes(Partial partial) {
        ByteWriter out = new ByteWriter();
        partial.write(out);
        return out.toBytes();
    }

    private static Partial read(PartialType type, byte[] bytes) {
        ByteReader in = new ByteReader(bytes);
        Partial partial = type.read(in);
        in.finish();
        return partial;
    }

    private static Partial of(Aggregate aggregate, Object... values) {
        Partial partial = aggregate.partial().create();
        for (int i = 0; i < values.length; i++) {
            partial.add(values[i], i);
        }
        return partial;
    }

    private static Object value(Aggregate aggregate, Object... values) {
        return aggregate.read(of(aggregate, values), HOUR);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "count",
                "sum(int64)",
                "sum(double)",
                "min",
                "max",
                "moments",
                "first",
                "last",
                "last(4)",
                "last-distinct(4)",
                "distinct(12)",
                "quantiles(200)",
                "top(64)",
                "decayed(60000)"
            })
    void anyGroupingAndOrder_givesTheSame_alsoThroughBytes(String spec) {
        PartialType type = PartialTypes.of(spec);
        assertThat(type.spec()).isEqualTo(spec);
        Random random = new Random(spec.hashCode());
        for (int round = 0; round < 50; round++) {
            List<Timed> events = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                long number = random.nextInt(16) - 8;
                boolean whole = spec.equals("sum(int64)");
                events.add(new Timed(whole ? number : (Object) (number / 8.0), random.nextInt(9)));
            }
            Partial inOrder = type.create();
            events.forEach(event -> inOrder.add(event.value(), event.time()));
            java.util.Collections.shuffle(events, random);
            Partial merged = type.create();
            for (int from = 0; from < events.size(); ) {
                int to = Math.min(events.size(), from + random.nextInt(6));
                Partial part = type.create();
                events.subList(from, to).forEach(event -> part.add(event.value(), event.time()));
                assertThat(part.isEmpty()).isEqualTo(from == to);
                merged.merge(read(type, bytes(part)));
                from = to;
            }
            assertThat(read(type, bytes(merged)).isEmpty()).isFalse();
            assertThat(shown(type, read(type, bytes(merged)))).isEqualTo(shown(type, inOrder));
        }
    }

    /** Its value, to ten digits. */
    private static String shown(PartialType type, Partial partial) {
        if (partial instanceof MomentsPartial moments) {
            return String.format("%.10f", moments.squares());
        }
        if (partial instanceof DecayedPartial decayed) {
            return String.format("%.10f", decayed.sumAt(10));
        }
        if (partial instanceof DistinctPartial distinct) {
            return String.valueOf(Math.round(distinct.estimate()));
        }
        if (partial instanceof QuantilePartial quantiles) {
            return quantiles.quantiles(new double[] {0, 0.2, 0.5, 1}).toString();
        }
        if (partial instanceof TopPartial top) {
            return top.top(5) + " " + top.counts(5);
        }
        return Arrays.toString(bytes(partial));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "count",
                "sum(int64)",
                "sum(double)",
                "min",
                "moments",
                "last",
                "last(4)",
                "distinct(12)",
                "quantiles(200)",
                "top(64)",
                "decayed(60000)"
            })
    void cutBytes_areRefused(String spec) {
        PartialType type = PartialTypes.of(spec);
        Partial partial = type.create();
        for (int i = 0; i < 60; i++) {
            partial.add(spec.equals("sum(int64)") ? (Object) (long) i : i / 2.0, i);
        }
        byte[] bytes = bytes(partial);
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> read(type, cut)).isInstanceOf(MalformedStateException.class);
        }
    }

    @Test
    void sum_losesNothingBesideSomethingLarge() {
        Aggregate sum = Aggregates.sum(FieldType.DOUBLE);
        assertThat(value(sum, 1e16, 1.0, -1e16)).isEqualTo(1.0);
        Random random = new Random(1);
        Object[] values = new Object[10_000];
        BigDecimal exact = BigDecimal.ZERO;
        for (int i = 0; i < values.length; i++) {
            double value = (random.nextDouble() - 0.5) * Math.pow(10, random.nextInt(12));
            values[i] = value;
            exact = exact.add(new BigDecimal(value));
        }
        assertThat((Double) value(sum, values)).isEqualTo(exact.doubleValue());
    }

    @Test
    void wholeNumbers_areExactWhateverTheSumsOnTheWay() {
        Aggregate sum = Aggregates.sum(FieldType.INT64);
        assertThat(value(sum, Long.MAX_VALUE, 5L, -10L)).isEqualTo(Long.MAX_VALUE - 5);
        assertThat(value(Aggregates.mean(), Long.MAX_VALUE, Long.MAX_VALUE - 2))
                .isEqualTo((double) Long.MAX_VALUE);
        assertThat(value(Aggregates.mean(), (1L << 53) + 1, -(1L << 53))).isEqualTo(0.5);
    }

    @Test
    void variance_ofLargeNumbersWithSmallSpread_isSound() {
        Object[] values = {1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16};
        assertThat((Double) value(Aggregates.variance(true), values)).isCloseTo(30, within(1e-6));
        assertThat((Double) value(Aggregates.stddev(false), values))
                .isCloseTo(Math.sqrt(22.5), within(1e-6));
        assertThat(value(Aggregates.variance(true), 1.0)).isNull();
        assertThat(value(Aggregates.variance(false), 1.0)).isEqualTo(0.0);
    }

    @Test
    void nothing_givesZeroOrNoValue() {
        assertThat(value(Aggregates.count())).isEqualTo(0L);
        assertThat(value(Aggregates.sum(FieldType.DOUBLE))).isEqualTo(0.0);
        assertThat(value(Aggregates.countDistinct(12))).isEqualTo(0L);
        assertThat(value(Aggregates.mean())).isNull();
        assertThat(value(Aggregates.max(FieldType.INT64))).isNull();
        assertThat(value(Aggregates.quantiles(List.of(0.5), 200))).isNull();
        assertThat(value(Aggregates.topK(FieldType.STRING, 3, 64))).isEqualTo(List.of());
    }

    @Test
    void rate_isPerUnitOfTheNominalWindow() {
        assertThat(value(Aggregates.rate(Duration.ofMinutes(1)), true, true, true))
                .isEqualTo(3 / 60.0);
    }

    @Test
    void emptyText_isAValueLikeAnyOther() {
        assertThat(value(Aggregates.countDistinct(12), "", "a", "", "b")).isEqualTo(3L);
        assertThat(value(Aggregates.topK(FieldType.STRING, 1, 64), "", "a", ""))
                .isEqualTo(List.of(""));
    }

    @Test
    void resultType_saysWhichFeatureGroupsHoldIt() {
        assertThat(Aggregates.count().result().fits(DataType.INT32)).isTrue();
        assertThat(Aggregates.count().result().fits(DataType.FP32)).isTrue();
        assertThat(Aggregates.mean().result().fits(DataType.INT32)).isFalse();
        assertThat(Aggregates.lastK(FieldType.STRING, 5, true).result().fits(DataType.STRING))
                .isFalse();
        assertThat(Aggregates.topK(FieldType.INT64, 5, 64).result().fits(DataType.INT64_VECTOR))
                .isTrue();
    }
}
