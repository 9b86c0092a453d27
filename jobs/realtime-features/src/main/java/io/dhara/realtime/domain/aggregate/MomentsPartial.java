package io.dhara.realtime.domain.aggregate;

import io.dhara.realtime.domain.bytes.ByteReader;
import io.dhara.realtime.domain.bytes.ByteWriter;

/**
 * Count, mean and summed squared distance from the mean. Adding is Welford's method, merging that
 * of Chan, Golub and LeVeque: no large squares are subtracted from each other.
 */
final class MomentsPartial implements Partial {
    static final PartialType TYPE =
            new SimpleType("moments", MomentsPartial::new, MomentsPartial::read);

    private long count;
    private double mean;
    private double squares;

    long count() {
        return count;
    }

    /** Summed squared distance from the mean, at least 0. */
    double squares() {
        return squares;
    }

    @Override
    public boolean isEmpty() {
        return count == 0;
    }

    @Override
    public void add(Object value, long eventTimeMillis) {
        double number = ((Number) value).doubleValue();
        count++;
        double distance = number - mean;
        mean += distance / count;
        squares += distance * (number - mean);
    }

    @Override
    public void merge(Partial other) {
        MomentsPartial that = (MomentsPartial) other;
        if (that.count == 0) {
            return;
        }
        long total = count + that.count;
        double distance = that.mean - mean;
        double share = (double) that.count / total;
        squares += that.squares + distance * distance * count * share;
        mean += distance * share;
        count = total;
    }

    @Override
    public void write(ByteWriter out) {
        out.writeUnsigned(count);
        out.writeDouble(mean);
        out.writeDouble(squares);
    }

    private static Partial read(ByteReader in) {
        MomentsPartial partial = new MomentsPartial();
        partial.count = in.readUnsigned();
        partial.mean = in.readDouble();
        partial.squares = in.readDouble();
        return partial;
    }
}
