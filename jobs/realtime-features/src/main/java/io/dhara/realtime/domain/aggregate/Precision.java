package io.dhara.realtime.domain.aggregate;

import java.util.Locale;
import org.apache.datasketches.frequencies.ItemsSketch;
import org.apache.datasketches.kll.KllSketch;

/** How far what is read from a partial may be from the truth about the events of its window. */
public final class Precision {
    /** Of a HyperLogLog after merges, times the root of its registers. */
    private static final double HLL_ERROR = 1.04;

    private Precision() {}

    /** {@code exact}, or the error of its sketch in words. */
    public static String of(PartialType type) {
        if (type instanceof DistinctPartial.Type distinct) {
            return percent(
                    "estimate, standard error %.1f %%, nearly exact for few values",
                    HLL_ERROR / Math.sqrt(1L << distinct.lgK()));
        }
        if (type instanceof QuantilePartial.Type quantiles) {
            return percent(
                    "estimate, within %.2f %% of rank (99 of 100 times)",
                    KllSketch.getNormalizedRankError(quantiles.k(), false));
        }
        if (type instanceof TopPartial.Type top) {
            return percent(
                    "estimate, counts off by at most %.1f %% of all",
                    ItemsSketch.getEpsilon(top.capacity()));
        }
        return "exact";
    }

    private static String percent(String words, double error) {
        return String.format(Locale.ROOT, words, 100 * error);
    }
}
