package io.dhara.realtime.domain.aggregate;

import io.dhara.realtime.domain.bytes.ByteWriter;
import org.jspecify.annotations.Nullable;

/** The smallest or largest value. */
final class ExtremePartial implements Partial {
    static final PartialType MIN = type("min", true);
    static final PartialType MAX = type("max", false);

    private final boolean smallest;
    private @Nullable Object extreme;

    private ExtremePartial(boolean smallest) {
        this.smallest = smallest;
    }

    private static PartialType type(String spec, boolean smallest) {
        return new SimpleType(
                spec,
                () -> new ExtremePartial(smallest),
                in -> {
                    ExtremePartial partial = new ExtremePartial(smallest);
                    partial.extreme = Values.read(in);
                    return partial;
                });
    }

    @Nullable Object extreme() {
        return extreme;
    }

    @Override
    public boolean isEmpty() {
        return extreme == null;
    }

    @Override
    public void add(Object value, long eventTimeMillis) {
        if (extreme == null || Values.compare(value, extreme) < 0 == smallest) {
            extreme = value;
        }
    }

    @Override
    public void merge(Partial other) {
        Object that = ((ExtremePartial) other).extreme;
        if (that != null) {
            add(that, 0);
        }
    }

    @Override
    public void write(ByteWriter out) {
        Values.write(extreme, out);
    }
}
