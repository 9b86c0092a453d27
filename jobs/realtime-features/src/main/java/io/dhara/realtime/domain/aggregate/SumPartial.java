package io.dhara.realtime.domain.aggregate;

import io.dhara.realtime.domain.bytes.ByteReader;
import io.dhara.realtime.domain.bytes.ByteWriter;

/**
 * Count and sum of numbers. The sum is kept as a double and what did not fit into it (a
 * double-double, about 106 bits; Knuth's exact two-sum), so it does not depend noticeably on order
 * and nothing small is lost beside something large.
 */
final class SumPartial implements Partial {
    static final PartialType TYPE =
            new SimpleType("sum(double)", SumPartial::new, SumPartial::read);

    private long count;
    private double high;
    private double low;

    long count() {
        return count;
    }

    double sum() {
        return high + low;
    }

    @Override
    public boolean isEmpty() {
        return count == 0;
    }

    @Override
    public void add(Object value, long eventTimeMillis) {
        count++;
        if (value instanceof Long whole) {
            double rounded = (double) whole;
            plus(rounded);
            // The rounding of a large whole number; 2^63 itself has no long to subtract from.
            low +=
                    rounded == 0x1p63
                            ? (double) (whole - Long.MAX_VALUE) - 1
                            : whole - (long) rounded;
        } else {
            plus((Double) value);
        }
    }

    @Override
    public void merge(Partial other) {
        SumPartial that = (SumPartial) other;
        count += that.count;
        plus(that.high);
        plus(that.low);
    }

    private void plus(double value) {
        double sum = high + value;
        double part = sum - high;
        low += (high - (sum - part)) + (value - part);
        high = sum;
        if (!Double.isFinite(high)) {
            low = 0;
        }
    }

    @Override
    public void write(ByteWriter out) {
        out.writeUnsigned(count);
        out.writeDouble(high);
        out.writeDouble(low);
    }

    private static Partial read(ByteReader in) {
        SumPartial partial = new SumPartial();
        partial.count = in.readUnsigned();
        partial.high = in.readDouble();
        partial.low = in.readDouble();
        return partial;
    }
}
