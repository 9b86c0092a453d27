package io.dhara.ingest.domain;

import io.dhara.core.model.DataType;
import io.dhara.core.model.NumberRange;
import io.dhara.ingest.domain.IngestRules.IntegerOverflow;
import io.dhara.ingest.domain.IngestRules.NotANumber;

/** Refuses numbers that would be stored as something else. */
final class NumberChecks {
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
        if (!NumberRange.holds(type, value)) {
            throw outOfRange(type, String.valueOf(value), feature);
        }
        return value;
    }

    /**
     * @param type element type, an integer
     */
    long checked(DataType type, long value, String feature) {
        if (wrapIntegers || type.elementBytes() > Short.BYTES) {
            return value;
        }
        if (!NumberRange.holds(type, value)) {
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
