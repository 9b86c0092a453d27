package io.dhara.core.psdb;

import com.fasterxml.jackson.core.io.schubfach.DoubleToDecimal;
import com.fasterxml.jackson.core.io.schubfach.FloatToDecimal;
import java.math.BigDecimal;

/**
 * Floats as Go prints them: the shortest digits that give the same float again, as {@code %v} lays
 * them out, or in plain decimal.
 *
 * <p>The digits come from Schubfach (Java 17's own {@code toString} is not always shortest), which
 * like {@code Double.toString} never gives fewer than two; {@link #shorten} finds the rare float
 * that one digit identifies.
 */
final class FloatText {
    private static final int MIN_PLAIN_EXPONENT = -4;
    private static final int END_OF_PLAIN_EXPONENT = 6;

    private FloatText() {}

    static void append(StringBuilder to, float value, boolean plain) {
        if (!appendSpecial(to, value) && !appendCommon(to, value)) {
            String shortest = shorten(FloatToDecimal.toString(Math.abs(value)), true);
            layOut(to, Float.floatToRawIntBits(value) < 0, shortest, plain);
        }
    }

    static void append(StringBuilder to, double value, boolean plain) {
        if (!appendSpecial(to, value) && !appendCommon(to, value)) {
            String shortest = shorten(DoubleToDecimal.toString(Math.abs(value)), false);
            layOut(to, Double.doubleToRawLongBits(value) < 0, shortest, plain);
        }
    }

    /**
     * What most floats are, without arithmetic: in this range Schubfach prints them as Go does, but
     * for the {@code .0} of whole numbers.
     */
    private static boolean appendCommon(StringBuilder to, float value) {
        if (!isCommon(Math.abs(value))) {
            return false;
        }
        appendWithoutZero(to, FloatToDecimal.toString(value));
        return true;
    }

    private static boolean appendCommon(StringBuilder to, double value) {
        if (!isCommon(Math.abs(value))) {
            return false;
        }
        appendWithoutZero(to, DoubleToDecimal.toString(value));
        return true;
    }

    private static boolean isCommon(double magnitude) {
        return magnitude >= 1e-3 && magnitude < 1e6;
    }

    private static void appendWithoutZero(StringBuilder to, String text) {
        to.append(text, 0, text.endsWith(".0") ? text.length() - 2 : text.length());
    }

    private static boolean appendSpecial(StringBuilder to, double value) {
        if (Double.isNaN(value)) {
            to.append("NaN");
        } else if (Double.isInfinite(value)) {
            to.append(value > 0 ? "+Inf" : "-Inf");
        } else {
            return false;
        }
        return true;
    }

    /** Of a number of two digits, the nearest number of one digit if it is the same float. */
    private static String shorten(String text, boolean single) {
        BigDecimal digits = new BigDecimal(text).stripTrailingZeros();
        if (digits.precision() != 2) {
            return text;
        }
        BigDecimal exact =
                single
                        ? new BigDecimal(Float.parseFloat(text))
                        : new BigDecimal(Double.parseDouble(text));
        BigDecimal one = exact.round(new java.math.MathContext(1));
        boolean same =
                single
                        ? one.floatValue() == exact.floatValue()
                        : one.doubleValue() == exact.doubleValue();
        return same ? one.toString() : text;
    }

    private static void layOut(StringBuilder to, boolean negative, String shortest, boolean plain) {
        if (negative) {
            to.append('-');
        }
        BigDecimal value = new BigDecimal(shortest).stripTrailingZeros();
        int exponent = value.precision() - value.scale() - 1;
        boolean zero = value.signum() == 0;
        if (zero || plain || exponent >= MIN_PLAIN_EXPONENT && exponent < END_OF_PLAIN_EXPONENT) {
            to.append(zero ? "0" : value.toPlainString());
            return;
        }
        String digits = value.unscaledValue().toString();
        to.append(digits.charAt(0));
        if (digits.length() > 1) {
            to.append('.').append(digits, 1, digits.length());
        }
        to.append('e').append(exponent < 0 ? '-' : '+');
        int magnitude = Math.abs(exponent);
        if (magnitude < 10) {
            to.append('0');
        }
        to.append(magnitude);
    }
}
