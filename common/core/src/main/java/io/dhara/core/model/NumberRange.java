package io.dhara.core.model;

/**
 * Which numbers an element of a data type holds. Rounding inside the range, and underflow to zero,
 * are what narrow types are for; a number outside would be stored as another one. Stateless.
 */
public final class NumberRange {
    /** Half way between the largest finite value and the next: from here a value rounds away. */
    private static final float FP16_LIMIT = 65_520f;

    private static final float E5M2_LIMIT = 61_440f;

    /** The last that rounds to the largest value, 448; above it a value is stored as NaN. */
    private static final float E4M3_LAST = 464f;

    private NumberRange() {}

    /**
     * Whether a finite number stays finite.
     *
     * @param type a float type, scalar or vector
     */
    public static boolean holds(DataType type, double value) {
        float magnitude = Math.abs((float) value);
        return switch (type.scalar()) {
            case FP64 -> Double.isFinite(value);
            case FP16 -> magnitude < FP16_LIMIT;
            case FP8_E5M2 -> magnitude < E5M2_LIMIT;
            case FP8_E4M3 -> magnitude <= E4M3_LAST;
            default -> Float.isFinite(magnitude);
        };
    }

    /**
     * Whether an integer keeps its value.
     *
     * @param type an integer type, scalar or vector; for 64 bits unsigned, 0..2^63-1
     */
    public static boolean holds(DataType type, long value) {
        int bits = type.elementBytes() * Byte.SIZE;
        boolean signed = type.kind() == DataType.Kind.INT;
        if (bits == Long.SIZE) {
            return signed || value >= 0;
        }
        long least = signed ? -(1L << bits - 1) : 0;
        long greatest = signed ? (1L << bits - 1) - 1 : (1L << bits) - 1;
        return value >= least && value <= greatest;
    }
}
