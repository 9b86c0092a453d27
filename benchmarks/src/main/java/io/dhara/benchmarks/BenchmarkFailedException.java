package io.dhara.benchmarks;

/** A benchmark that has no figures, because what it measures or needs failed. */
public final class BenchmarkFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BenchmarkFailedException(String name, Throwable cause) {
        super("benchmark " + name + " failed: " + cause, cause);
    }
}
