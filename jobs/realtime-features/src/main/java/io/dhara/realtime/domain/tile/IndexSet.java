package io.dhara.realtime.domain.tile;

import io.dhara.realtime.domain.bytes.ByteReader;
import io.dhara.realtime.domain.bytes.ByteWriter;
import java.util.Arrays;

/** A small sorted set of tile numbers, mostly added at its end and removed from its start. */
final class IndexSet {
    /** Larger than any tile number. */
    static final long NONE = Long.MAX_VALUE;

    private long[] numbers = new long[4];
    private int from;
    private int to;

    boolean isEmpty() {
        return from == to;
    }

    int size() {
        return to - from;
    }

    /** The smallest, or {@link #NONE}. */
    long first() {
        return from == to ? NONE : numbers[from];
    }

    /** The largest; not of an empty set. */
    long last() {
        return numbers[to - 1];
    }

    boolean contains(long number) {
        return Arrays.binarySearch(numbers, from, to, number) >= 0;
    }

    /** The smallest that is not below {@code number}, or {@link #NONE}. */
    long next(long number) {
        int place = Arrays.binarySearch(numbers, from, to, number);
        int next = place < 0 ? -place - 1 : place;
        return next == to ? NONE : numbers[next];
    }

    void add(long number) {
        if (from == to || number > numbers[to - 1]) {
            insert(to, number);
            return;
        }
        int place = Arrays.binarySearch(numbers, from, to, number);
        if (place < 0) {
            insert(-place - 1, number);
        }
    }

    private void insert(int place, long number) {
        if (to == numbers.length) {
            int size = to - from;
            long[] target = size * 2 > numbers.length ? new long[numbers.length * 2] : numbers;
            System.arraycopy(numbers, from, target, 0, size);
            numbers = target;
            insertAt(place - from, size, number);
        } else {
            insertAt(place, to, number);
        }
    }

    private void insertAt(int place, int end, long number) {
        if (end != to) {
            from = 0;
        }
        System.arraycopy(numbers, place, numbers, place + 1, end - place);
        numbers[place] = number;
        to = end + 1;
    }

    long removeFirst() {
        return numbers[from++];
    }

    /** Runs of neighbours: gap to the run before, then its length less one. */
    void write(ByteWriter out) {
        int runs = 0;
        for (int i = from; i < to; i++) {
            if (i == from || numbers[i] != numbers[i - 1] + 1) {
                runs++;
            }
        }
        out.writeUnsigned(runs);
        long before = 0;
        for (int i = from; i < to; ) {
            int end = i + 1;
            while (end < to && numbers[end] == numbers[end - 1] + 1) {
                end++;
            }
            out.writeSigned(numbers[i] - before);
            out.writeUnsigned(end - i - 1L);
            before = numbers[end - 1];
            i = end;
        }
    }

    /**
     * @param limit most numbers it may hold
     */
    static IndexSet read(ByteReader in, int limit) {
        IndexSet set = new IndexSet();
        int runs = in.readCount();
        long number = 0;
        for (int run = 0; run < runs; run++) {
            long start = number + in.readSigned();
            long more = in.readUnsigned();
            if (run > 0 && start <= number || more < 0 || more >= limit - set.size()) {
                throw in.malformed("tile numbers not in order, or more than " + limit);
            }
            for (number = start; number <= start + more; number++) {
                set.add(number);
            }
            number--;
        }
        return set;
    }
}
