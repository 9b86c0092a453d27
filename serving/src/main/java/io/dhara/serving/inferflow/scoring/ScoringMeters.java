package io.dhara.serving.inferflow.scoring;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts of calls to model servers and candidate generators. Tags are outcomes only, so that their
 * number does not grow with graphs; single nodes are seen in the reports of an answer.
 */
final class ScoringMeters {
    private static final String OK = "ok";
    private static final String DROPPED = "dropped";

    private final MeterRegistry registry;

    ScoringMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    void watchEndpoints(IntSupplier models, IntSupplier candidates) {
        gauge("model", models);
        gauge("candidates", candidates);
    }

    private void gauge(String kind, IntSupplier count) {
        Gauge.builder("dhara.serving.scoring.endpoints", count::getAsInt)
                .tag("kind", kind)
                .register(registry);
    }

    void batch(long nanos, @Nullable Throwable failure) {
        timer("dhara.serving.model.batches", outcome(failure)).record(Duration.ofNanos(nanos));
    }

    void shadow(long nanos, @Nullable Throwable failure) {
        timer("dhara.serving.model.shadows", outcome(failure)).record(Duration.ofNanos(nanos));
    }

    void shadowDropped() {
        timer("dhara.serving.model.shadows", DROPPED).record(Duration.ZERO);
    }

    void candidates(long nanos, @Nullable Throwable failure) {
        timer("dhara.serving.candidates", outcome(failure)).record(Duration.ofNanos(nanos));
    }

    private Timer timer(String name, String outcome) {
        return Timer.builder(name).tag("outcome", outcome).register(registry);
    }

    static String outcome(@Nullable Throwable failure) {
        if (failure == null) {
            return OK;
        }
        return failure instanceof RemoteCallException call
                ? call.kind().name().toLowerCase(Locale.ROOT).replace('_', '-')
                : "defect";
    }
}
