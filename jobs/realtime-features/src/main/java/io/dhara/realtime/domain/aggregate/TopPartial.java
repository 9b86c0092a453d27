package io.dhara.realtime.domain.aggregate;

import io.dhara.realtime.domain.bytes.ByteReader;
import io.dhara.realtime.domain.bytes.ByteWriter;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.datasketches.common.ArrayOfStringsSerDe;
import org.apache.datasketches.common.SketchesArgumentException;
import org.apache.datasketches.frequencies.ErrorType;
import org.apache.datasketches.frequencies.ItemsSketch;
import org.apache.datasketches.memory.Memory;

/**
 * The most frequent values: an Apache DataSketches frequent-items sketch, on the heap. Exact up to
 * 3/4 of its capacity in distinct values; beyond that a count is off by at most 3.5 / capacity of
 * all values.
 */
final class TopPartial implements Partial {
    private static final ArrayOfStringsSerDe TEXTS = new ArrayOfStringsSerDe();

    private final ItemsSketch<String> sketch;

    private TopPartial(ItemsSketch<String> sketch) {
        this.sketch = sketch;
    }

    /** Most frequent first, of equal counts the smaller text; at most {@code limit}. */
    List<String> top(int limit) {
        return rows().limit(limit).map(ItemsSketch.Row::getItem).toList();
    }

    /** The estimated counts of {@link #top}, in its order. */
    List<Long> counts(int limit) {
        return rows().limit(limit).map(ItemsSketch.Row::getEstimate).toList();
    }

    private Stream<ItemsSketch.Row<String>> rows() {
        return Arrays.stream(sketch.getFrequentItems(0, ErrorType.NO_FALSE_NEGATIVES))
                .sorted(
                        Comparator.<ItemsSketch.Row<String>>comparingLong(
                                        ItemsSketch.Row::getEstimate)
                                .reversed()
                                .thenComparing(ItemsSketch.Row::getItem));
    }

    @Override
    public boolean isEmpty() {
        return sketch.isEmpty();
    }

    @Override
    public void add(Object value, long eventTimeMillis) {
        sketch.update(value.toString());
    }

    @Override
    public void merge(Partial other) {
        sketch.merge(((TopPartial) other).sketch);
    }

    @Override
    public void write(ByteWriter out) {
        out.writeBytes(sketch.toByteArray(TEXTS));
    }

    /**
     * @param capacity a power of two, 16..65536: the most values it holds while it works
     */
    record Type(int capacity) implements PartialType {
        @Override
        public String spec() {
            return "top(" + capacity + ")";
        }

        @Override
        public Partial create() {
            return new TopPartial(new ItemsSketch<>(capacity));
        }

        @Override
        public Partial read(ByteReader in) {
            byte[] bytes = in.readBytes();
            try {
                return new TopPartial(ItemsSketch.getInstance(Memory.wrap(bytes), TEXTS));
            } catch (SketchesArgumentException | IndexOutOfBoundsException e) {
                throw in.malformed("no frequent-items sketch: " + e.getMessage());
            }
        }
    }
}
