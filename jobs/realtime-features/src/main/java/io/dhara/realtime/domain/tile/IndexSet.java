package io.dhara.realtime.domain.tile;

import io.dhara.realtime.domain.bytes.ByteReader;
import io.dhara.realtime.domain.bytes.ByteWriter;
import java.util.Arrays;

/**
 * A sorted set of tile numbers, mostly added at its end and removed from its start. Kept as runs of
 * neighbours, so that it is small and quick to read and write for a key that has events in every
 * tile.
 */
final class IndexSet {
    /** Larger than any tile number. */
    static final long NONE = Long.MAX_VALUE;

    /** First and last of each run; runs are sorted and do not touch. */
    private long[] firsts = new long[2];

    private long[] lasts = new long[2];
    private int runs;

    boolean isEmpty() {
        return runs == 0;
    }

    long size() {
        long size = 0;
        for (int run = 0; run < runs; run++) {
            size += lasts[run] - firsts[run] + 1;
        }
        return size;
    }

    /** The smallest, or {@link #NONE}. */
    long first() {
        return runs == 0 ? NONE : firsts[0];
    }

    /** The largest; not of an empty set. */
    long last() {
        return lasts[runs - 1];
    }

    boolean contains(long number) {
        return next(number) == number;
    }

    /** The smallest that is not below {@code number}, or {@link #NONE}. */
    long next(long number) {
        int run = runEndingFrom(number);
        return run == runs ? NONE : Math.max(number, firsts[run]);
    }

    /** The first run that does not end before {@code number}. */
    private int runEndingFrom(long number) {
        int place = Arrays.binarySearch(lasts, 0, runs, number);
        return place < 0 ? -place - 1 : place;
    }

    void add(long number) {
        int run = runEndingFrom(number);
        if (run < runs && firsts[run] <= number) {
            return;
        }
        boolean after = run > 0 && lasts[run - 1] + 1 == number;
        boolean before = run < runs && firsts[run] - 1 == number;
        if (after && before) {
            lasts[run - 1] = lasts[run];
            remove(run);
        } else if (after) {
            lasts[run - 1] = number;
        } else if (before) {
            firsts[run] = number;
        } else {
            insert(run, number, number);
        }
    }

    private void insert(int run, long first, long last) {
        if (runs == firsts.length) {
            firsts = Arrays.copyOf(firsts, runs * 2);
            lasts = Arrays.copyOf(lasts, runs * 2);
        }
        System.arraycopy(firsts, run, firsts, run + 1, runs - run);
        System.arraycopy(lasts, run, lasts, run + 1, runs - run);
        firsts[run] = first;
        lasts[run] = last;
        runs++;
    }

    private void remove(int run) {
        runs--;
        System.arraycopy(firsts, run + 1, firsts, run, runs - run);
        System.arraycopy(lasts, run + 1, lasts, run, runs - run);
    }

    /** Gives the smallest; not of an empty set. */
    long removeFirst() {
        long first = firsts[0];
        if (first == lasts[0]) {
            remove(0);
        } else {
            firsts[0]++;
        }
        return first;
    }

    /** Per run: the gap to the run before, then its length less one. */
    void write(ByteWriter out) {
        out.writeUnsigned(runs);
        long before = 0;
        for (int run = 0; run < runs; run++) {
            out.writeSigned(firsts[run] - before);
            out.writeUnsigned(lasts[run] - firsts[run]);
            before = lasts[run];
        }
    }

    /**
     * @param limit most numbers it may hold
     */
    static IndexSet read(ByteReader in, int limit) {
        IndexSet set = new IndexSet();
        int runs = in.readCount();
        long before = 0;
        long size = 0;
        for (int run = 0; run < runs; run++) {
            long first = before + in.readSigned();
            long more = in.readUnsigned();
            if (run > 0 && first <= before + 1 || more < 0 || more >= limit - size) {
                throw in.malformed("tile numbers not in order, or more than " + limit);
            }
            before = first + more;
            size += more + 1;
            set.insert(run, first, before);
        }
        return set;
    }
}
