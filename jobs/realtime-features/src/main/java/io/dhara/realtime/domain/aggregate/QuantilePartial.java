package io.dhara.realtime.domain.aggregate;

import io.dhara.realtime.domain.bytes.ByteReader;
import io.dhara.realtime.domain.bytes.ByteWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.datasketches.common.SketchesArgumentException;
import org.apache.datasketches.kll.KllDoublesSketch;
import org.apache.datasketches.memory.Memory;
import org.jspecify.annotations.Nullable;

/**
 * The distribution of numbers: an Apache DataSketches KLL sketch, on the heap. Exact up to k
 * values; beyond that a value's rank is off by at most 1.33 % (k = 200) with 99 % confidence.
 *
 * <p>A sketch takes room for k values at once and most tiles have few events, so the first {@value
 * #FEW} are kept as they are.
 */
final class QuantilePartial implements Partial {
    private static final int FEW = 24;

    private final int k;
    private double[] few;
    private int count;
    private @Nullable KllDoublesSketch sketch;

    private QuantilePartial(int k, double[] few, @Nullable KllDoublesSketch sketch) {
        this.k = k;
        this.few = few;
        this.count = few.length;
        this.sketch = sketch;
    }

    /** One value per rank; not for an empty one. */
    List<Object> quantiles(double[] ranks) {
        List<Object> quantiles = new ArrayList<>(ranks.length);
        for (double quantile : (sketch != null ? sketch : sketchOfFew()).getQuantiles(ranks)) {
            quantiles.add(quantile);
        }
        return quantiles;
    }

    private KllDoublesSketch sketchOfFew() {
        KllDoublesSketch all = KllDoublesSketch.newHeapInstance(k);
        for (int i = 0; i < count; i++) {
            all.update(few[i]);
        }
        return all;
    }

    @Override
    public boolean isEmpty() {
        return count == 0 && sketch == null;
    }

    @Override
    public void add(Object value, long eventTimeMillis) {
        add(((Number) value).doubleValue());
    }

    private void add(double value) {
        if (sketch != null) {
            sketch.update(value);
            return;
        }
        if (count < FEW) {
            if (count == few.length) {
                few = Arrays.copyOf(few, Math.min(FEW, Math.max(2, count * 2)));
            }
            few[count++] = value;
            return;
        }
        becomeSketch().update(value);
    }

    private KllDoublesSketch becomeSketch() {
        KllDoublesSketch all = sketchOfFew();
        sketch = all;
        few = new double[0];
        count = 0;
        return all;
    }

    @Override
    public void merge(Partial other) {
        QuantilePartial that = (QuantilePartial) other;
        if (that.sketch != null) {
            (sketch != null ? sketch : becomeSketch()).merge(that.sketch);
        }
        for (int i = 0; i < that.count; i++) {
            add(that.few[i]);
        }
    }

    @Override
    public void write(ByteWriter out) {
        out.writeUnsigned(sketch != null ? FEW + 1 : count);
        if (sketch != null) {
            out.writeBytes(sketch.toByteArray());
            return;
        }
        for (int i = 0; i < count; i++) {
            out.writeDouble(few[i]);
        }
    }

    /**
     * @param k size of the sketch, 8..4096
     */
    record Type(int k) implements PartialType {
        @Override
        public String spec() {
            return "quantiles(" + k + ")";
        }

        @Override
        public Partial create() {
            return new QuantilePartial(k, new double[0], null);
        }

        @Override
        public Partial read(ByteReader in) {
            int count = in.readCount();
            if (count <= FEW) {
                double[] few = new double[count];
                for (int i = 0; i < count; i++) {
                    few[i] = in.readDouble();
                }
                return new QuantilePartial(k, few, null);
            }
            byte[] bytes = in.readBytes();
            try {
                return new QuantilePartial(
                        k, new double[0], KllDoublesSketch.heapify(Memory.wrap(bytes)));
            } catch (SketchesArgumentException | IndexOutOfBoundsException e) {
                throw in.malformed("no KLL sketch: " + e.getMessage());
            }
        }
    }
}
