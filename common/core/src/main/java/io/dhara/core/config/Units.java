package io.dhara.core.config;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Values with units: {@code 100 ms}, {@code 30 min}, {@code 64 kb}. Stateless. */
public final class Units {
    private static final Pattern NUMBER_AND_UNIT =
            Pattern.compile("([0-9]+(?:\\.[0-9]+)?)\\s*([a-zA-Zµ]*)");

    private static final Map<String, Long> NANOS = new LinkedHashMap<>();
    private static final Map<String, Long> BYTES = new LinkedHashMap<>();

    static {
        NANOS.put("ns", 1L);
        NANOS.put("us", 1_000L);
        NANOS.put("ms", 1_000_000L);
        NANOS.put("s", 1_000_000_000L);
        NANOS.put("min", 60_000_000_000L);
        NANOS.put("h", 3_600_000_000_000L);
        NANOS.put("d", 86_400_000_000_000L);
        BYTES.put("b", 1L);
        BYTES.put("kb", 1L << 10);
        BYTES.put("mb", 1L << 20);
        BYTES.put("gb", 1L << 30);
    }

    private Units() {}

    /**
     * @throws IllegalArgumentException saying which units there are
     */
    public static Duration duration(String text) {
        return Duration.ofNanos(scaled(text, NANOS, "a duration such as 100 ms"));
    }

    /**
     * @return bytes; a kb is 1024 of them
     * @throws IllegalArgumentException saying which units there are
     */
    public static long bytes(String text) {
        return scaled(text, BYTES, "a size such as 64 kb");
    }

    /** In the largest unit that gives a whole number. */
    public static String text(Duration duration) {
        return largest(duration.toNanos(), NANOS, "s");
    }

    /** In the largest unit that gives a whole number. */
    public static String text(long bytes) {
        return largest(bytes, BYTES, "b");
    }

    private static long scaled(String text, Map<String, Long> units, String wanted) {
        Matcher matcher = NUMBER_AND_UNIT.matcher(text.trim());
        if (matcher.matches()) {
            BigDecimal number = new BigDecimal(matcher.group(1));
            Long unit = units.get(matcher.group(2).toLowerCase(Locale.ROOT));
            if (unit == null && matcher.group(2).isEmpty() && number.signum() == 0) {
                unit = 1L;
            }
            if (unit != null) {
                try {
                    return number.multiply(BigDecimal.valueOf(unit)).longValueExact();
                } catch (ArithmeticException outOfRange) {
                    throw new IllegalArgumentException(
                            "must be " + wanted + " within 64 bits, of whole " + first(units),
                            outOfRange);
                }
            }
        }
        throw new IllegalArgumentException(
                "must be " + wanted + ", in one of " + String.join(", ", units.keySet()));
    }

    private static String first(Map<String, Long> units) {
        return units.keySet().iterator().next();
    }

    private static String largest(long value, Map<String, Long> units, String zeroUnit) {
        String text = value + " " + (value == 0 ? zeroUnit : first(units));
        for (Map.Entry<String, Long> unit : units.entrySet()) {
            if (value != 0 && value % unit.getValue() == 0) {
                text = value / unit.getValue() + " " + unit.getKey();
            }
        }
        return text;
    }
}
