package io.dhara.sessionizer.state;

import io.dhara.flink.serde.ValueFormat;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** Bytes of {@link SubtaskClocks}, layout 1: int64 session clock, int64 highest number. */
final class SubtaskClocksFormat implements ValueFormat<SubtaskClocks> {
    static final SubtaskClocksFormat INSTANCE = new SubtaskClocksFormat();
    private static final long serialVersionUID = 1L;
    private static final int VERSION = 1;

    private SubtaskClocksFormat() {}

    @Override
    public int version() {
        return VERSION;
    }

    @Override
    public void write(SubtaskClocks clocks, DataOutput out) throws IOException {
        out.writeLong(clocks.sessionMillis());
        out.writeLong(clocks.highestNumber());
    }

    @Override
    public SubtaskClocks read(int version, DataInput in) throws IOException {
        return new SubtaskClocks(in.readLong(), in.readLong());
    }

    private Object readResolve() {
        return INSTANCE;
    }
}
