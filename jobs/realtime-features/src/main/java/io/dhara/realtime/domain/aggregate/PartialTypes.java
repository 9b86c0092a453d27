package io.dhara.realtime.domain.aggregate;

import java.time.Duration;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Every kind of partial, by its spec; so that state can be read which an earlier plan wrote. */
public final class PartialTypes {
    private static final Pattern WITH_NUMBER = Pattern.compile("([a-z-]+)\\((\\d{1,15})\\)");

    private static final Map<String, PartialType> SIMPLE =
            Stream.of(
                            CountPartial.TYPE,
                            IntegerSumPartial.TYPE,
                            SumPartial.TYPE,
                            ExtremePartial.MIN,
                            ExtremePartial.MAX,
                            MomentsPartial.TYPE,
                            EdgePartial.FIRST,
                            EdgePartial.LAST)
                    .collect(Collectors.toUnmodifiableMap(PartialType::spec, type -> type));

    private static final Map<String, IntFunction<PartialType>> NUMBERED =
            Map.of(
                    "last", k -> new RecentPartial.Type(k, false),
                    "last-distinct", k -> new RecentPartial.Type(k, true),
                    "distinct", DistinctPartial.Type::new,
                    "quantiles", QuantilePartial.Type::new,
                    "top", TopPartial.Type::new);

    private PartialTypes() {}

    /**
     * The type of this spec.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static PartialType of(String spec) {
        PartialType simple = SIMPLE.get(spec);
        if (simple != null) {
            return simple;
        }
        Matcher matcher = WITH_NUMBER.matcher(spec);
        if (matcher.matches()) {
            String kind = matcher.group(1);
            long number = Long.parseLong(matcher.group(2));
            if (kind.equals("decayed")) {
                return new DecayedPartial.Type(Duration.ofMillis(number));
            }
            IntFunction<PartialType> type = NUMBERED.get(kind);
            if (type != null && number <= Integer.MAX_VALUE) {
                return type.apply((int) number);
            }
        }
        throw new IllegalArgumentException("no partial aggregate is called " + spec);
    }
}
