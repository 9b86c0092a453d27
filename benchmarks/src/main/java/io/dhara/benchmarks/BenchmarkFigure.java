package io.dhara.benchmarks;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * One measured number and what it is held against.
 *
 * @param name what was measured
 * @param figure in {@code unit}: the median of the iterations of one run
 * @param target in words; null when it is reported only
 * @param ratioTo what {@code ratio} compares with, measured in the same run
 * @param ratio how many times faster than that; below 1 is slower
 * @param met whether the target is; null without one
 */
public record BenchmarkFigure(
        String name,
        double figure,
        String unit,
        @Nullable String target,
        @JsonProperty("ratio_to") @Nullable String ratioTo,
        @Nullable Double ratio,
        @Nullable Boolean met) {}
