package io.dhara.ingest.domain;

import static java.util.Objects.requireNonNull;

import io.dhara.core.model.DataType;
import io.dhara.core.psdb.BlockRefusedException;
import io.dhara.core.psdb.PsdbEncoder;
import io.dhara.proto.persist.Values;
import java.util.List;

/**
 * Turns the values of one row and group into a block: element k of the list goes to the sequence of
 * the k-th feature named, all other features take their defaults. Reusable, for one thread.
 */
final class BlockBuilder {
    private final PsdbEncoder encoder = new PsdbEncoder();
    private final NumberChecks numbers;
    private double[] doubles = new double[16];
    private long[] longs = new long[16];
    private boolean[] bools = new boolean[16];

    BlockBuilder(NumberChecks numbers) {
        this.numbers = requireNonNull(numbers, "numbers is null");
    }

    /**
     * What a row and group became.
     *
     * @param block the PSDB block
     * @param lenientFp64 its floats came in {@code fp64_values} although the type takes {@code
     *     fp32_values}
     */
    record Built(byte[] block, boolean lenientFp64) {}

    /**
     * @throws RejectedException if the values do not make a block
     */
    Built build(GroupPlan plan, Values values, long eventMillis) {
        try {
            encoder.begin(
                    plan.type(),
                    plan.version(),
                    plan.schema().layoutVersion(),
                    plan.expiryEpochSeconds(),
                    Math.multiplyExact(eventMillis, 1000L));
            boolean lenient =
                    plan.type().isVector() ? putVectors(plan, values) : putScalars(plan, values);
            byte[] block = encoder.toBlock(true);
            plan.checkCapacity(block.length);
            return new Built(block, lenient);
        } catch (BlockRefusedException e) {
            throw new RejectedException(reasonOf(e.reason()), requireNonNull(e.getMessage()));
        }
    }

    private boolean putScalars(GroupPlan plan, Values values) {
        DataType type = plan.type();
        ValueList wanted = ValueList.ofElement(type);
        ValueList list = listSent(wanted, values, plan.featureCount());
        checkCount(list.field(), list.size(values), plan.featureCount());
        for (int i = 0; i < plan.featureCount(); i++) {
            int sequence = plan.sequence(i);
            switch (type.kind()) {
                case FLOAT ->
                        encoder.putDouble(
                                sequence,
                                numbers.checked(type, list.doubleAt(values, i), plan.label(i)));
                case INT, UINT ->
                        encoder.putLong(
                                sequence,
                                numbers.checked(type, list.longAt(values, i), plan.label(i)));
                case STRING -> encoder.putString(sequence, values.getStringValues(i));
                case BOOL -> encoder.putBool(sequence, values.getBoolValues(i));
            }
        }
        return list != wanted;
    }

    private boolean putVectors(GroupPlan plan, Values values) {
        int count = ValueList.VECTOR.size(values);
        if (count == 0 && plan.featureCount() > 0) {
            throw missing(ValueList.VECTOR, values);
        }
        checkCount(ValueList.VECTOR.field(), count, plan.featureCount());
        boolean lenient = false;
        for (int i = 0; i < count; i++) {
            lenient |= putVector(plan, i, values.getVector(i).getValues());
        }
        return lenient;
    }

    private boolean putVector(GroupPlan plan, int index, Values values) {
        int sequence = plan.sequence(index);
        DataType type = plan.type().scalar();
        ValueList wanted = ValueList.ofElement(type);
        ValueList list = listSent(wanted, values, plan.version().vectorLength(sequence));
        int count = list.size(values);
        checkVectorLength(plan, index, count);
        switch (type.kind()) {
            case FLOAT -> {
                doubles = doubles.length < count ? new double[count] : doubles;
                for (int i = 0; i < count; i++) {
                    doubles[i] = numbers.checked(type, list.doubleAt(values, i), plan.label(index));
                }
                encoder.putDoubles(sequence, doubles, 0, count);
            }
            case INT, UINT -> {
                longs = longs.length < count ? new long[count] : longs;
                for (int i = 0; i < count; i++) {
                    longs[i] = numbers.checked(type, list.longAt(values, i), plan.label(index));
                }
                encoder.putLongs(sequence, longs, 0, count);
            }
            case BOOL -> {
                bools = bools.length < count ? new boolean[count] : bools;
                for (int i = 0; i < count; i++) {
                    bools[i] = values.getBoolValues(i);
                }
                encoder.putBools(sequence, bools, 0, count);
            }
            case STRING -> {
                List<String> strings = values.getStringValuesList();
                encoder.putStrings(sequence, strings);
            }
        }
        return list != wanted;
    }

    /** The list to read: the one the type takes, or fp64_values in place of empty fp32_values. */
    private static ValueList listSent(ValueList wanted, Values values, int count) {
        if (wanted.size(values) > 0 || count == 0) {
            return wanted;
        }
        if (wanted == ValueList.FP32 && ValueList.FP64.size(values) > 0) {
            return ValueList.FP64;
        }
        throw missing(wanted, values);
    }

    private static RejectedException missing(ValueList wanted, Values values) {
        String sent = ValueList.sent(values);
        return new RejectedException(
                "none".equals(sent) ? RejectReason.MISSING_VALUES : RejectReason.WRONG_TYPE,
                "the group's type takes values in " + wanted.field() + ": got " + sent);
    }

    private static void checkCount(String field, int got, int wanted) {
        if (got != wanted) {
            throw new RejectedException(
                    RejectReason.WRONG_COUNT,
                    field + " must have one value per feature named, " + wanted + ": got " + got);
        }
    }

    private static void checkVectorLength(GroupPlan plan, int index, int got) {
        int wanted = plan.version().vectorLength(plan.sequence(index));
        if (got != wanted) {
            throw new RejectedException(
                    RejectReason.WRONG_VECTOR_LENGTH,
                    "vector of feature "
                            + plan.label(index)
                            + " must have "
                            + wanted
                            + " elements (vector-length): got "
                            + got);
        }
    }

    private static RejectReason reasonOf(BlockRefusedException.Reason reason) {
        return switch (reason) {
            case UNKNOWN_SEQUENCE, UNSUPPORTED -> RejectReason.UNSUPPORTED_SCHEMA;
            case WRONG_TYPE -> RejectReason.WRONG_TYPE;
            case STRING_TOO_LONG -> RejectReason.STRING_TOO_LONG;
            case WRONG_VECTOR_LENGTH -> RejectReason.WRONG_VECTOR_LENGTH;
            case NO_DEFAULT -> RejectReason.NO_DEFAULT;
            case EXPIRY_OUT_OF_RANGE -> RejectReason.EXPIRY_OUT_OF_RANGE;
            case BLOCK_TOO_LARGE -> RejectReason.BLOCK_TOO_LARGE;
        };
    }
}
