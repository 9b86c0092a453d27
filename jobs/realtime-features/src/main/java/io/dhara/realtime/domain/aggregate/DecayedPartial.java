package io.dhara.realtime.domain.aggregate;

import io.dhara.realtime.domain.bytes.ByteReader;
import io.dhara.realtime.domain.bytes.ByteWriter;
import java.time.Duration;

/**
 * A sum in which a value counts half after each half-life. Kept as the sum at the newest event time
 * (forward decay), so that adding costs one power of two and an old event is right too.
 */
public final class DecayedPartial implements Partial {
    private final long halfLifeMillis;
    private double sum;
    private long atMillis = Long.MIN_VALUE;

    private DecayedPartial(long halfLifeMillis) {
        this.halfLifeMillis = halfLifeMillis;
    }

    /**
     * @param instantMillis not before the newest event
     */
    public double sumAt(long instantMillis) {
        return isEmpty() ? 0 : sum * factor(instantMillis - atMillis);
    }

    /** Event time of the newest value; not of an empty one. */
    public long newestMillis() {
        return atMillis;
    }

    @Override
    public boolean isEmpty() {
        return atMillis == Long.MIN_VALUE;
    }

    /**
     * @param value a number, or true for one event
     */
    @Override
    public void add(Object value, long eventTimeMillis) {
        plus(value instanceof Number number ? number.doubleValue() : 1, eventTimeMillis);
    }

    @Override
    public void merge(Partial other) {
        DecayedPartial that = (DecayedPartial) other;
        if (!that.isEmpty()) {
            plus(that.sum, that.atMillis);
        }
    }

    private void plus(double value, long timeMillis) {
        if (isEmpty()) {
            sum = value;
            atMillis = timeMillis;
        } else if (timeMillis > atMillis) {
            sum = sum * factor(timeMillis - atMillis) + value;
            atMillis = timeMillis;
        } else {
            sum += value * factor(atMillis - timeMillis);
        }
    }

    private double factor(long elapsedMillis) {
        return elapsedMillis == 0 ? 1 : Math.pow(2, -((double) elapsedMillis / halfLifeMillis));
    }

    @Override
    public void write(ByteWriter out) {
        out.writeDouble(sum);
        out.writeSigned(atMillis);
    }

    /** Of a whole number of milliseconds, at least one. */
    public record Type(Duration halfLife) implements PartialType {
        @Override
        public String spec() {
            return "decayed(" + halfLife.toMillis() + ")";
        }

        @Override
        public Partial create() {
            return new DecayedPartial(halfLife.toMillis());
        }

        @Override
        public Partial read(ByteReader in) {
            DecayedPartial partial = new DecayedPartial(halfLife.toMillis());
            partial.sum = in.readDouble();
            partial.atMillis = in.readSigned();
            return partial;
        }
    }
}
