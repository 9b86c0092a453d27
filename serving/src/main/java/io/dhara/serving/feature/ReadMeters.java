package io.dhara.serving.feature;

import io.dhara.core.model.StoreConfig;
import io.dhara.serving.feature.ReadPlan.Group;
import io.dhara.stores.read.StoreReadException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * What the read path counts. Meters of a group or store are looked up by a key object that already
 * exists, so counting allocates nothing once they are known. Thread-safe.
 */
final class ReadMeters {
    private record GroupName(String entity, String group) {}

    private record StoreMeters(
            Timer reads, Counter late, Map<StoreReadException.Kind, Counter> failures) {}

    private final MeterRegistry registry;
    private final Map<GroupName, Counter[]> byGroup = new ConcurrentHashMap<>();
    private final Map<String, StoreMeters> byStore = new ConcurrentHashMap<>();
    private final Counter lateAnswers;
    private final Counter joinedCells;

    ReadMeters(MeterRegistry registry) {
        this.registry = registry;
        this.joinedCells = registry.counter("dhara.serving.cache.joined");
        this.lateAnswers = registry.counter("dhara.serving.answers.late");
        // There from the start: an alert on a rate does not see a counter's first value.
        Degradation.CAUSES.forEach(this::degradedRows);
    }

    /** Counts the distinct keys of an answer per group and status. */
    void answered(Answer answer) {
        int keys = answer.keys().distinct().size();
        int[] counts = new int[ValueStatus.values().length];
        for (Group group : answer.plan().groups()) {
            Arrays.fill(counts, 0);
            for (int key = 0; key < keys; key++) {
                counts[answer.status(key, group).ordinal()]++;
            }
            Counter[] counters = groupCounters(group);
            for (int i = 0; i < counts.length; i++) {
                if (counts[i] > 0) {
                    counters[i].increment(counts[i]);
                }
            }
        }
    }

    private Counter[] groupCounters(Group group) {
        return byGroup.computeIfAbsent(
                new GroupName(group.schema().entity(), group.schema().label()),
                name -> {
                    ValueStatus[] statuses = ValueStatus.values();
                    Counter[] counters = new Counter[statuses.length];
                    for (int i = 0; i < counters.length; i++) {
                        counters[i] =
                                registry.counter(
                                        "dhara.serving.group.reads",
                                        "entity",
                                        name.entity,
                                        "group",
                                        name.group,
                                        "status",
                                        lower(statuses[i]));
                    }
                    return counters;
                });
    }

    /** One read of a store came back, well or not. */
    void storeRead(StoreConfig store, long nanos) {
        of(store).reads.record(nanos, TimeUnit.NANOSECONDS);
    }

    /** One key could not be read. */
    void storeFailure(StoreConfig store, StoreReadException.Kind kind) {
        of(store).failures.get(kind).increment();
    }

    /** Cells that wait for a store read another request has under way. */
    void joined(int cells) {
        joinedCells.increment(cells);
    }

    /** A store answered after its deadline; the request had gone on without it. */
    void lateStoreAnswer(StoreConfig store) {
        of(store).late.increment();
    }

    /** An answer was ready when nobody waited any more. */
    void lateAnswer() {
        lateAnswers.increment();
    }

    /**
     * Rows of a compatible call whose failure the peer's wire format cannot show.
     *
     * @param cause as in the trailer
     */
    void degradedRows(String cause, int rows) {
        degradedRows(cause).increment(rows);
    }

    private Counter degradedRows(String cause) {
        return registry.counter("dhara.serving.degraded.rows", "cause", cause);
    }

    private StoreMeters of(StoreConfig store) {
        return byStore.computeIfAbsent(
                store.id(),
                id -> {
                    Map<StoreReadException.Kind, Counter> failures = new ConcurrentHashMap<>();
                    for (StoreReadException.Kind kind : StoreReadException.Kind.values()) {
                        failures.put(
                                kind,
                                registry.counter(
                                        "dhara.serving.store.failed.keys",
                                        "store",
                                        id,
                                        "kind",
                                        lower(kind)));
                    }
                    return new StoreMeters(
                            Timer.builder("dhara.serving.store.reads")
                                    .tag("store", id)
                                    .publishPercentileHistogram()
                                    .register(registry),
                            registry.counter("dhara.serving.store.late.answers", "store", id),
                            failures);
                });
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
