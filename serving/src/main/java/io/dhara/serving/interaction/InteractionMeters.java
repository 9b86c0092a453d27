package io.dhara.serving.interaction;

import static java.util.Objects.requireNonNull;

import io.dhara.stores.read.StoreReadException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What interaction calls count. Every label is from a closed set. Thread-safe. */
final class InteractionMeters {
    /** Upper ends of the classes of result sizes, and their names. */
    private static final int[] SIZE_ENDS = {0, 10, 100, 500, 2_000};

    private static final String[] SIZES = {"0", "1-10", "11-100", "101-500", "501-2000"};
    private static final String LARGEST = "over-2000";
    private static final String OK = "ok";
    private static final String FAILED = "failed";

    private record Series(String name, String first, String second) {}

    private final MeterRegistry registry;
    private final Map<Series, Timer> timers = new ConcurrentHashMap<>();
    private final Counter lateAnswers;

    InteractionMeters(MeterRegistry registry) {
        this.registry = requireNonNull(registry, "registry is null");
        this.lateAnswers = registry.counter("dhara.serving.answers.late");
    }

    /** Times a whole read from now on. */
    Read read() {
        return new Read();
    }

    /** Times one tier's part of a read from now on. */
    TierRead tierRead(ServedTier tier) {
        return new TierRead(tier.label());
    }

    /** An answer had to do without the hot tier, or with what a rebuilt one has so far. */
    void hotTierIncomplete(String reason) {
        registry.counter("dhara.serving.interaction.hot.incomplete", "reason", reason).increment();
    }

    /** Events that Kafka has acknowledged. */
    void handedOver(String type, int events) {
        registry.counter("dhara.serving.interaction.handed.over", "type", type).increment(events);
    }

    /** An answer was ready when nobody waited any more. */
    void lateAnswer() {
        lateAnswers.increment();
    }

    /** Times an HTTP call, those included that never become a gRPC call. */
    void http(String route, int status, long nanos) {
        timer("dhara.serving.http.calls", "route", route, "status", Integer.toString(status))
                .record(nanos, TimeUnit.NANOSECONDS);
    }

    /** A failure as a label. */
    static String outcome(Throwable failure) {
        Throwable cause = failure.getCause();
        Throwable origin =
                failure instanceof CompletionException && cause != null ? cause : failure;
        return origin instanceof StoreReadException store
                ? store.kind().name().toLowerCase(Locale.ROOT)
                : FAILED;
    }

    private static String sizeClass(int size) {
        for (int i = 0; i < SIZE_ENDS.length; i++) {
            if (size <= SIZE_ENDS[i]) {
                return SIZES[i];
            }
        }
        return LARGEST;
    }

    private Timer timer(
            String name, String firstTag, String first, String secondTag, String second) {
        return timers.computeIfAbsent(
                new Series(name, first, second),
                series ->
                        Timer.builder(name)
                                .tag(firstTag, first)
                                .tag(secondTag, second)
                                .publishPercentileHistogram()
                                .minimumExpectedValue(Duration.ofNanos(100_000))
                                .maximumExpectedValue(Duration.ofSeconds(10))
                                .register(registry));
    }

    /** One read of both tiers. */
    final class Read {
        private final long start = System.nanoTime();

        /** Returns the answer. */
        InteractionAnswer answered(InteractionAnswer answer) {
            ended(answer.tier().label(), sizeClass(answer.size()));
            return answer;
        }

        void failed() {
            ended(FAILED, SIZES[0]);
        }

        private void ended(String tier, String size) {
            timer("dhara.serving.interaction.reads", "tier", tier, "size", size)
                    .record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
        }
    }

    /** One tier's part of a read. */
    final class TierRead {
        private final long start = System.nanoTime();
        private final String tier;

        private TierRead(String tier) {
            this.tier = tier;
        }

        void ended(@Nullable Throwable failure) {
            String outcome = failure == null ? OK : outcome(failure);
            timer("dhara.serving.interaction.tier.reads", "tier", tier, "outcome", outcome)
                    .record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
        }

        void late() {
            registry.counter("dhara.serving.interaction.late.answers", "tier", tier).increment();
        }
    }
}
