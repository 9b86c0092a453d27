package io.dhara.benchmarks;

import com.google.protobuf.CodedOutputStream;
import io.dhara.core.model.DataType;
import io.dhara.core.model.SchemaVersion;
import io.dhara.core.psdb.PsdbEncoder;
import io.dhara.core.psdb.PsdbFormat;
import io.dhara.proto.persist.Values;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** 1,000 int32 values into a reused buffer; per operation one block or message. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class EncodeBenchmark {
    private static final int EXPIRY = 1_772_368_496;

    private final byte[] buffer = new byte[16 * 1024];
    private final ByteBuffer raw = ByteBuffer.wrap(buffer).order(ByteOrder.LITTLE_ENDIAN);
    private final PsdbEncoder encoder = new PsdbEncoder();
    private final SchemaVersion version = IntFeatures.version();
    private final int[] values = IntFeatures.values();
    private Values message = Values.getDefaultInstance();

    @Setup
    public void buildMessage() {
        message = IntFeatures.message(values);
    }

    /** A whole array at once. */
    @Benchmark
    public int dharaBulk() {
        encoder.begin(DataType.INT32, version, PsdbFormat.LAYOUT_1, EXPIRY, 0);
        encoder.putInts(0, values, 0, values.length);
        return encoder.finish(buffer, 0, false);
    }

    /** Value by value, as feature messages arrive. */
    @Benchmark
    public int dharaBySequence() {
        encoder.begin(DataType.INT32, version, PsdbFormat.LAYOUT_1, EXPIRY, 0);
        for (int i = 0; i < values.length; i++) {
            encoder.putLong(i, values[i]);
        }
        return encoder.finish(buffer, 0, false);
    }

    /** The same and compressed, which these values do allow. */
    @Benchmark
    public int dharaBulkZstd() {
        encoder.begin(DataType.INT32, version, PsdbFormat.LAYOUT_1, EXPIRY, 0);
        encoder.putInts(0, values, 0, values.length);
        return encoder.finish(buffer, 0, true);
    }

    /** A message that is already built and knows its size, so only the bytes are written. */
    @Benchmark
    public int protobufSerialise() throws IOException {
        CodedOutputStream out = CodedOutputStream.newInstance(buffer);
        message.writeTo(out);
        return out.getTotalBytesWritten();
    }

    /** From the values, as an encoder gets them. */
    @Benchmark
    public int protobufBuildAndSerialise() throws IOException {
        CodedOutputStream out = CodedOutputStream.newInstance(buffer);
        IntFeatures.message(values).writeTo(out);
        return out.getTotalBytesWritten();
    }

    /** The limit: the same bytes without header, checks or defaults. */
    @Benchmark
    public int rawByteBuffer() {
        raw.clear();
        for (int value : values) {
            raw.putInt(value);
        }
        return raw.position();
    }
}
