package io.dhara.ingest.domain;

import io.dhara.core.model.DataType;
import io.dhara.ingest.domain.IngestRules.IntegerOverflow;
import io.dhara.ingest.domain.IngestRules.NotANumber;

/** Refuses numbers that would be stored as something else. */
final class NumberChecks {
    /** Half way between the largest finite value and the next: from here a value rounds away. */
    private static final float FP16_LIMIT = 65_520f;

    private static final float E5M2_LIMIT = 61_440f;

    /** The last that rounds to the largest value, 448; above it a value is stored as NaN. */
    private static final float E4M3_LAST = 464f;

    private final boolean acceptNotANumber;
    private final boolean wrapIntegers;

    NumberChecks(IngestRules rules) {
        this.acceptNotANumber = rules.notANumber() == NotANumber.ACCEPT;
        this.wrapIntegers = rules.integerOverflow() == IntegerOverflow.WRAP;
    }

    /**
     * @param type element type, a float
     * @param feature label, for the detail
     */
    double checked(DataType type, double value, String feature) {
        if (acceptNotANumber) {
            return value;
        }
        if (!Double.isFinite(value)) {
            throw new RejectedException(
                    RejectReason.NOT_A_NUMBER,
                    "feature " + feature + " must be a finite number: got " + value);
        }
        if (type != DataType.FP64 && !fits(type, Math.abs((float) value))) {
            throw outOfRange(type, String.valueOf(value), feature);
        }
        return value;
    }

    private static boolean fits(DataType type, float magnitude) {
        return switch (type) {
            case FP16 -> magnitude < FP16_LIMIT;
            case FP8_E5M2 -> magnitude < E5M2_LIMIT;
            case FP8_E4M3 -> magnitude <= E4M3_LAST;
            default -> Float.isFinite(magnitude);
        };
    }

    /**
     * @param type element type, an integer
     */
    long checked(DataType type, long value, String feature) {
        if (wrapIntegers || type.elementBytes() > Short.BYTES) {
            return value;
        }
        int bits = type.elementBytes() * Byte.SIZE;
        boolean signed = type.kind() == DataType.Kind.INT;
        long least = signed ? -(1L << bits - 1) : 0;
        long greatest = signed ? (1L << bits - 1) - 1 : (1L << bits) - 1;
        if (value < least || value > greatest) {
            throw outOfRange(type, String.valueOf(value), feature);
        }
        return value;
    }

    private static RejectedException outOfRange(DataType type, String value, String feature) {
        return new RejectedException(
                RejectReason.OUT_OF_RANGE,
                "feature "
                        + feature
                        + " of "
                        + type.wireName()
                        + " cannot hold "
                        + value
                        + ": choose a wider type, or see ingest.integer-overflow and"
                        + " ingest.not-a-number");
    }
}
