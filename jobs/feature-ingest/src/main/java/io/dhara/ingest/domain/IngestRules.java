package io.dhara.ingest.domain;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import java.time.Duration;

/**
 * What the reader accepts.
 *
 * @param maxMessageBytes longest value of a record
 * @param maxUnitsPerMessage most rows x groups of a message
 * @param maxFuture how far an event time may be ahead of the clock
 * @param notANumber what becomes of NaN, infinities and numbers that would be stored as one
 * @param integerOverflow what becomes of an integer wider than an 8- or 16-bit type
 */
public record IngestRules(
        int maxMessageBytes,
        int maxUnitsPerMessage,
        Duration maxFuture,
        NotANumber notANumber,
        IntegerOverflow integerOverflow)
        implements Serializable {

    /** What becomes of NaN, infinities and numbers that would be stored as one. */
    public enum NotANumber {
        REJECT,
        ACCEPT
    }

    /** What becomes of an integer wider than its type. */
    public enum IntegerOverflow {
        REJECT,
        /** Keep the low bits, as BharatMLStack does. */
        WRAP
    }

    public static final IngestRules DEFAULT =
            new IngestRules(
                    4 << 20,
                    100_000,
                    Duration.ofMinutes(10),
                    NotANumber.REJECT,
                    IntegerOverflow.REJECT);

    public IngestRules {
        requireNonNull(maxFuture, "maxFuture is null");
        requireNonNull(notANumber, "notANumber is null");
        requireNonNull(integerOverflow, "integerOverflow is null");
        if (maxMessageBytes < 1 || maxUnitsPerMessage < 1) {
            throw new IllegalArgumentException(
                    "limits of a message must be positive: got "
                            + maxMessageBytes
                            + " bytes, "
                            + maxUnitsPerMessage
                            + " units");
        }
        if (maxFuture.isNegative()) {
            throw new IllegalArgumentException("max-future must not be negative: " + maxFuture);
        }
    }
}
