package io.dhara.benchmarks;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/**
 * Turns JMH results of the codec benchmarks into figures with their targets.
 *
 * <p>Like is compared with like: a whole array with a protobuf message that is already built, and
 * value by value with one that is built value by value. The other comparisons are reported.
 */
final class CodecFigures {
    private static final double ENCODE_RATIO = 4;
    private static final double READ_NANOS = 20;

    /** What the profiler itself leaves per operation is a fraction of a byte. */
    private static final double ZERO_BYTES = 0.5;

    private static final String ALLOCATED = "gc.alloc.rate.norm";
    private static final String BUILT = "protobuf-java, serialise a built message";
    private static final String FROM_VALUES = "protobuf-java, build and serialise";
    private static final String LIMIT = "raw ByteBuffer, one value at a time";

    private final Map<String, RunResult> results = new HashMap<>();

    CodecFigures(Collection<RunResult> runs) {
        for (RunResult run : runs) {
            results.put(run.getPrimaryResult().getLabel(), run);
        }
    }

    List<BenchmarkFigure> encode() {
        String bulk = "encode-1000-int32/array";
        String single = "encode-1000-int32/value-by-value";
        String zstd = "encode-1000-int32/array-zstd";
        String unit = "ns/block";
        return List.of(
                encodeTarget(bulk, "dharaBulk", BUILT, "protobufSerialise"),
                reported(bulk, "dharaBulk", unit, FROM_VALUES, "protobufBuildAndSerialise"),
                reported(bulk, "dharaBulk", unit, LIMIT, "rawByteBuffer"),
                allocation(bulk, "B/block", "dharaBulk"),
                encodeTarget(single, "dharaBySequence", FROM_VALUES, "protobufBuildAndSerialise"),
                reported(single, "dharaBySequence", unit, BUILT, "protobufSerialise"),
                reported(single, "dharaBySequence", unit, LIMIT, "rawByteBuffer"),
                allocation(single, "B/block", "dharaBySequence"),
                reported(zstd, "dharaBulkZstd", unit, FROM_VALUES, "protobufBuildAndSerialise"));
    }

    List<BenchmarkFigure> readOne() {
        String name = "read-1-of-1000-int32";
        String unit = "ns/read";
        double nanos = nanos("dhara");
        return List.of(
                new BenchmarkFigure(
                        name,
                        nanos,
                        unit,
                        "<= 20 ns",
                        "protobuf-java, parse",
                        nanos("protobufParse") / nanos,
                        nanos <= READ_NANOS),
                reported(name, "dhara", unit, "raw ByteBuffer", "rawByteBuffer"),
                allocation(name, "B/read", "dhara"));
    }

    private BenchmarkFigure encodeTarget(
            String name, String method, String ratioTo, String otherMethod) {
        double nanos = nanos(method);
        double ratio = nanos(otherMethod) / nanos;
        return new BenchmarkFigure(
                name,
                nanos,
                "ns/block",
                ">= 4x faster than protobuf",
                ratioTo,
                ratio,
                ratio >= ENCODE_RATIO);
    }

    private BenchmarkFigure reported(
            String name, String method, String unit, String ratioTo, String otherMethod) {
        double nanos = nanos(method);
        return new BenchmarkFigure(
                name, nanos, unit, null, ratioTo, nanos(otherMethod) / nanos, null);
    }

    private BenchmarkFigure allocation(String name, String unit, String method) {
        Result<?> allocated = run(method).getSecondaryResults().get(ALLOCATED);
        if (allocated == null) {
            throw new IllegalStateException("JMH gave no " + ALLOCATED + " for " + method);
        }
        double bytes = allocated.getScore();
        return new BenchmarkFigure(
                name + "/allocated", bytes, unit, "0 B", null, null, bytes < ZERO_BYTES);
    }

    /** Median of the iterations: the machine is shared, and single slow iterations are its own. */
    private double nanos(String method) {
        return run(method).getPrimaryResult().getStatistics().getPercentile(50);
    }

    private RunResult run(String method) {
        RunResult run = results.get(method);
        if (run == null) {
            throw new IllegalStateException(
                    "JMH gave no result for " + method + ", only for " + results.keySet());
        }
        return run;
    }
}
