package io.dhara.realtime.domain.aggregate;

import io.dhara.realtime.domain.bytes.ByteWriter;

/** How many values there were. */
final class CountPartial implements Partial {
    static final PartialType TYPE =
            new SimpleType("count", CountPartial::new, in -> new CountPartial(in.readUnsigned()));

    private long count;

    CountPartial() {}

    private CountPartial(long count) {
        this.count = count;
    }

    long count() {
        return count;
    }

    @Override
    public boolean isEmpty() {
        return count == 0;
    }

    @Override
    public void add(Object value, long eventTimeMillis) {
        count++;
    }

    @Override
    public void merge(Partial other) {
        count += ((CountPartial) other).count;
    }

    @Override
    public void write(ByteWriter out) {
        out.writeUnsigned(count);
    }
}
