package io.dhara.realtime.domain.aggregate;

import io.dhara.realtime.domain.bytes.ByteReader;
import io.dhara.realtime.domain.bytes.ByteWriter;

/**
 * The sum of whole numbers, modulo 2^64: exact whenever the sum itself fits 64 bits, whatever the
 * sums on the way there were.
 */
final class IntegerSumPartial implements Partial {
    static final PartialType TYPE =
            new SimpleType("sum(int64)", IntegerSumPartial::new, IntegerSumPartial::read);

    private long count;
    private long sum;

    long sum() {
        return sum;
    }

    @Override
    public boolean isEmpty() {
        return count == 0;
    }

    @Override
    public void add(Object value, long eventTimeMillis) {
        count++;
        sum += (Long) value;
    }

    @Override
    public void merge(Partial other) {
        IntegerSumPartial that = (IntegerSumPartial) other;
        count += that.count;
        sum += that.sum;
    }

    @Override
    public void write(ByteWriter out) {
        out.writeUnsigned(count);
        out.writeSigned(sum);
    }

    private static Partial read(ByteReader in) {
        IntegerSumPartial partial = new IntegerSumPartial();
        partial.count = in.readUnsigned();
        partial.sum = in.readSigned();
        return partial;
    }
}
