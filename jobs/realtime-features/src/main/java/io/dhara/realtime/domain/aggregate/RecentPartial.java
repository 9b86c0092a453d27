package io.dhara.realtime.domain.aggregate;

import io.dhara.realtime.domain.bytes.ByteReader;
import io.dhara.realtime.domain.bytes.ByteWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * The newest k values, newest first; of one millisecond the larger value first. If distinct, each
 * value stands once, at its newest time.
 */
final class RecentPartial implements Partial {

    private record Entry(long timeMillis, Object value) {
        boolean isNewerThan(Entry that) {
            return timeMillis != that.timeMillis
                    ? timeMillis > that.timeMillis
                    : Values.compare(value, that.value) > 0;
        }
    }

    private final Type type;
    private final List<Entry> entries;

    private RecentPartial(Type type, List<Entry> entries) {
        this.type = type;
        this.entries = entries;
    }

    /** Newest first; at most k. */
    List<Object> values() {
        return entries.stream().map(Entry::value).toList();
    }

    @Override
    public boolean isEmpty() {
        return entries.isEmpty();
    }

    @Override
    public void add(Object value, long eventTimeMillis) {
        insert(new Entry(eventTimeMillis, value));
    }

    @Override
    public void merge(Partial other) {
        List<Entry> theirs = ((RecentPartial) other).entries;
        for (int i = 0; i < theirs.size(); i++) {
            insert(theirs.get(i));
        }
    }

    private void insert(Entry entry) {
        int last = entries.size() - 1;
        if (last + 1 == type.limit() && !entry.isNewerThan(entries.get(last))) {
            return;
        }
        if (type.distinct()) {
            for (int i = 0; i <= last; i++) {
                if (entries.get(i).value().equals(entry.value())) {
                    if (entries.get(i).timeMillis() >= entry.timeMillis()) {
                        return;
                    }
                    entries.remove(i);
                    break;
                }
            }
        }
        int place = 0;
        while (place < entries.size() && entries.get(place).isNewerThan(entry)) {
            place++;
        }
        entries.add(place, entry);
        if (entries.size() > type.limit()) {
            entries.remove(type.limit());
        }
    }

    @Override
    public void write(ByteWriter out) {
        out.writeUnsigned(entries.size());
        long newer = 0;
        for (Entry entry : entries) {
            out.writeSigned(newer - entry.timeMillis());
            newer = entry.timeMillis();
            Values.write(entry.value(), out);
        }
    }

    /**
     * @param limit most values kept
     */
    record Type(int limit, boolean distinct) implements PartialType {
        @Override
        public String spec() {
            return (distinct ? "last-distinct(" : "last(") + limit + ")";
        }

        @Override
        public Partial create() {
            return new RecentPartial(this, new ArrayList<>());
        }

        @Override
        public Partial read(ByteReader in) {
            int count = in.readCount();
            List<Entry> entries = new ArrayList<>(count);
            long newer = 0;
            for (int i = 0; i < count; i++) {
                newer -= in.readSigned();
                entries.add(new Entry(newer, Values.readPresent(in)));
            }
            return new RecentPartial(this, entries);
        }
    }
}
