package io.dhara.core.psdb;

import io.dhara.core.model.DataType;
import io.dhara.core.model.SchemaVersion;
import io.dhara.core.psdb.BlockRefusedException.Reason;

/** The encoder's refusals in words: what was given, what is allowed, what to change. */
final class Refusals {
    private Refusals() {}

    static BlockRefusedException layout(int layoutVersion) {
        return new BlockRefusedException(
                Reason.UNSUPPORTED,
                "layout version must be 1 or 2: got "
                        + layoutVersion
                        + " (layout-version of the feature group)");
    }

    static BlockRefusedException noFeatures(SchemaVersion version) {
        return new BlockRefusedException(
                Reason.UNSUPPORTED,
                "version " + version.version() + " has no features: nothing to write");
    }

    static BlockRefusedException expiryRange(long expiryEpochSeconds) {
        return new BlockRefusedException(
                Reason.EXPIRY_OUT_OF_RANGE,
                "expiry must be 0.."
                        + Expiry.MAX_EPOCH_SECONDS
                        + " epoch seconds: got "
                        + expiryEpochSeconds);
    }

    static BlockRefusedException expiryDistance(long seconds) {
        return new BlockRefusedException(
                Reason.EXPIRY_OUT_OF_RANGE,
                "expiry must be 1.."
                        + Expiry.MAX_TTL_SECONDS
                        + " seconds (513 days) after the event time: got "
                        + seconds
                        + " (ttl-in-seconds of the feature group)");
    }

    static BlockRefusedException wrongType(DataType type, DataType.Kind offered, boolean vector) {
        return new BlockRefusedException(
                Reason.WRONG_TYPE,
                (vector ? "a vector of " : "a single ")
                        + offered
                        + " was given to a group of "
                        + type.wireName());
    }

    static BlockRefusedException unknownSequence(SchemaVersion version, int sequence) {
        return new BlockRefusedException(
                Reason.UNKNOWN_SEQUENCE,
                "version "
                        + version.version()
                        + " has sequences 0.."
                        + (version.featureCount() - 1)
                        + ": got "
                        + sequence);
    }

    static BlockRefusedException vectorLength(SchemaVersion version, int sequence, int count) {
        return new BlockRefusedException(
                Reason.WRONG_VECTOR_LENGTH,
                "vector of feature "
                        + label(version, sequence)
                        + " has "
                        + count
                        + " elements, its vector-length is "
                        + version.vectorLength(sequence));
    }

    static BlockRefusedException stringLength(SchemaVersion version, int sequence, int length) {
        return new BlockRefusedException(
                Reason.STRING_TOO_LONG,
                "string of feature "
                        + label(version, sequence)
                        + " has "
                        + length
                        + " bytes, its string-length is "
                        + version.stringLength(sequence));
    }

    static BlockRefusedException noDefault(SchemaVersion version, int sequence, String problem) {
        return new BlockRefusedException(
                Reason.NO_DEFAULT,
                "feature " + label(version, sequence) + " is not given and " + problem);
    }

    static BlockRefusedException blockLength(SchemaVersion version, long length) {
        return new BlockRefusedException(
                Reason.BLOCK_TOO_LARGE,
                "block of version "
                        + version.version()
                        + " has "
                        + length
                        + " bytes, at most "
                        + PsdbFormat.MAX_BLOCK_LENGTH
                        + " can be stored: split the feature group");
    }

    private static String label(SchemaVersion version, int sequence) {
        return version.features().get(sequence).label();
    }
}
