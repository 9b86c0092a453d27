package io.dhara.realtime.domain.aggregate;

import io.dhara.realtime.domain.bytes.ByteReader;
import io.dhara.realtime.domain.bytes.ByteWriter;
import org.jspecify.annotations.Nullable;

/**
 * The first or last value by event time. Of values of one millisecond the smallest is first and the
 * largest last, so that the order of arrival does not matter.
 */
final class EdgePartial implements Partial {
    static final PartialType FIRST = type("first", true);
    static final PartialType LAST = type("last", false);

    private final boolean first;
    private long timeMillis;
    private @Nullable Object value;

    private EdgePartial(boolean first) {
        this.first = first;
    }

    private static PartialType type(String spec, boolean first) {
        return new SimpleType(spec, () -> new EdgePartial(first), in -> read(in, first));
    }

    @Nullable Object value() {
        return value;
    }

    @Override
    public boolean isEmpty() {
        return value == null;
    }

    @Override
    public void add(Object candidate, long eventTimeMillis) {
        if (value != null) {
            int order = Long.compare(eventTimeMillis, timeMillis);
            if (order == 0) {
                order = Values.compare(candidate, value);
            }
            if (order == 0 || order < 0 != first) {
                return;
            }
        }
        value = candidate;
        timeMillis = eventTimeMillis;
    }

    @Override
    public void merge(Partial other) {
        EdgePartial that = (EdgePartial) other;
        if (that.value != null) {
            add(that.value, that.timeMillis);
        }
    }

    @Override
    public void write(ByteWriter out) {
        Values.write(value, out);
        if (value != null) {
            out.writeSigned(timeMillis);
        }
    }

    private static Partial read(ByteReader in, boolean first) {
        EdgePartial partial = new EdgePartial(first);
        partial.value = Values.read(in);
        if (partial.value != null) {
            partial.timeMillis = in.readSigned();
        }
        return partial;
    }
}
