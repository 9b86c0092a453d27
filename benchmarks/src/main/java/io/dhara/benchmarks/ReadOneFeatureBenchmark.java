package io.dhara.benchmarks;

import com.google.protobuf.InvalidProtocolBufferException;
import io.dhara.core.model.DataType;
import io.dhara.core.model.SchemaVersion;
import io.dhara.core.psdb.PsdbBlock;
import io.dhara.core.psdb.PsdbEncoder;
import io.dhara.core.psdb.PsdbFormat;
import io.dhara.proto.persist.Values;
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

/** One of 1,000 int32 values of a stored block or message; another one each time. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ReadOneFeatureBenchmark {
    /** Odd and coprime with 1,000, so that every feature gets its turn. */
    private static final int STEP = 617;

    private static final long EXPIRY = 1_772_368_496;

    private final SchemaVersion version = IntFeatures.version();
    private final PsdbBlock block = new PsdbBlock();
    private byte[] psdb = new byte[0];
    private byte[] protobuf = new byte[0];
    private ByteBuffer raw = ByteBuffer.allocate(0);
    private long nowMillis = EXPIRY * 1000;
    private int next;

    @Setup
    public void encode() {
        int[] values = IntFeatures.values();
        PsdbEncoder encoder = new PsdbEncoder();
        encoder.begin(DataType.INT32, version, PsdbFormat.LAYOUT_1, EXPIRY, 0);
        encoder.putInts(0, values, 0, values.length);
        psdb = encoder.toBlock(false);
        protobuf = IntFeatures.message(values).toByteArray();
        raw = ByteBuffer.wrap(psdb).order(ByteOrder.LITTLE_ENDIAN);
    }

    private int sequence() {
        next += STEP;
        if (next >= IntFeatures.COUNT) {
            next -= IntFeatures.COUNT;
        }
        return next;
    }

    /** From bytes as they come from a store: header, expiry, sizes, then the feature. */
    @Benchmark
    public long dhara() {
        block.wrap(psdb, 0, psdb.length).open(version);
        return block.isExpiredAt(nowMillis) ? 0 : block.getLong(sequence());
    }

    @Benchmark
    public int protobufParse() throws InvalidProtocolBufferException {
        return Values.parseFrom(protobuf).getInt32Values(sequence());
    }

    /** The limit: no header is looked at. */
    @Benchmark
    public int rawByteBuffer() {
        return raw.getInt(PsdbFormat.HEADER_LENGTH + sequence() * Integer.BYTES);
    }
}
