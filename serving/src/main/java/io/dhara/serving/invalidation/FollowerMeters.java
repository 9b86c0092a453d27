package io.dhara.serving.invalidation;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** What is counted about following the invalidation topic. */
public final class FollowerMeters {
    private final MeterRegistry meters;
    private final Counter received;
    private final Counter failures;
    private final AtomicLong lag = new AtomicLong();

    public FollowerMeters(MeterRegistry meters) {
        this.meters = meters;
        this.received = meters.counter("dhara.serving.invalidation.records");
        this.failures = meters.counter("dhara.serving.invalidation.failures");
        Gauge.builder("dhara.serving.invalidation.lag", lag, AtomicLong::get)
                .description("records between the follower and the end of the topic")
                .register(meters);
        for (Gap gap : Gap.values()) {
            counter(gap);
        }
    }

    void age(Supplier<Number> seconds) {
        Gauge.builder("dhara.serving.invalidation.age", seconds)
                .description("since the end of the topic was last proven to be reached")
                .baseUnit("seconds")
                .register(meters);
    }

    void received() {
        received.increment();
    }

    void failed() {
        failures.increment();
    }

    void lag(long records) {
        lag.set(records);
    }

    void gap(Gap gap) {
        counter(gap).increment();
    }

    private Counter counter(Gap gap) {
        String reason = gap.name().toLowerCase(Locale.ROOT).replace('_', '-');
        return meters.counter("dhara.serving.invalidation.gaps", "reason", reason);
    }
}
