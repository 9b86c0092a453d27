package io.dhara.localstack.demo;

import io.dhara.core.model.EntityKey;
import io.dhara.localstack.StackView;
import io.dhara.proto.v1.FeatureStatus;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Orders and clicks through the realtime-features jobs of both example definitions and through
 * feature-ingest: sent, read back over gRPC, each value compared with a plain recount, and the
 * freshness of each group measured.
 */
final class FeaturesPhase {
    private static final String ORDERS_TOPIC = "shop.order-events";
    private static final String CLICKS_TOPIC = "shop.clicks";

    /** From the last event sent until all values must be right. */
    private static final Duration SETTLE = Duration.ofSeconds(20);

    private static final long POLL_MILLIS = 100;
    private static final int KEYS_PER_READ = 200;
    private static final int EXAMPLES = 5;

    /**
     * @param orders order events sent
     * @param clicks clicks sent
     * @param keys keys of groups read back
     * @param values values compared
     * @param wrong keys of groups of which a value is not as it must be
     * @param examples of them
     * @param freshnessMicros by group: from the hand-over to Kafka until a read over gRPC shows the
     *     value
     */
    record Result(
            long orders,
            long clicks,
            long keys,
            long values,
            long wrong,
            List<String> examples,
            Map<String, Histogram> freshnessMicros) {}

    private final StackView stack;
    private final DemoProgress progress;
    private final Clock clock;
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private final List<String> examples = new ArrayList<>();
    private long values;

    FeaturesPhase(StackView stack, DemoProgress progress, Clock clock) {
        this.stack = stack;
        this.progress = progress;
        this.clock = clock;
    }

    /**
     * @param orders by event time
     * @param clicks by event time
     * @param measure how long freshness is measured
     */
    Result run(List<OrderEvent> orders, List<ClickEvent> clicks, Duration measure)
            throws Exception {
        try (KafkaProducer<byte[], byte[]> producer =
                        new KafkaProducer<>(
                                Map.of(
                                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                                        stack.endpoints().kafka(),
                                        ProducerConfig.ACKS_CONFIG,
                                        "all"),
                                new ByteArraySerializer(),
                                new ByteArraySerializer());
                FeatureReads reads =
                        new FeatureReads(stack.endpoints().serving(), "demo", "demo")) {
            orders.forEach(order -> send(producer, order));
            clicks.forEach(click -> send(producer, click));
            flush(producer);
            long deadline = System.nanoTime() + SETTLE.toNanos();
            long keys = 0;
            long wrong = 0;
            for (PlainFeature.Group<OrderEvent> group : PlainExamples.kitchen()) {
                Map<List<String>, List<OrderEvent>> byKey = group.byKey(orders);
                keys += byKey.size();
                wrong += wrong(reads, group, byKey, deadline);
            }
            for (PlainFeature.Group<ClickEvent> group : PlainExamples.shop()) {
                Map<List<String>, List<ClickEvent>> byKey = group.byKey(clicks);
                keys += byKey.size();
                wrong += wrong(reads, group, byKey, deadline);
            }
            Map<String, Histogram> freshness =
                    new FreshnessProbes(reads, clock, event -> sendAny(producer, event))
                            .run(measure);
            flush(producer);
            return new Result(
                    orders.size(),
                    clicks.size(),
                    keys,
                    values,
                    wrong,
                    List.copyOf(examples),
                    freshness);
        }
    }

    private void send(KafkaProducer<byte[], byte[]> producer, OrderEvent order) {
        send(
                producer,
                new ProducerRecord<>(ORDERS_TOPIC, bytes(order.restaurant()), order.toJson()));
    }

    private void send(KafkaProducer<byte[], byte[]> producer, ClickEvent click) {
        send(producer, new ProducerRecord<>(CLICKS_TOPIC, bytes(click.user()), click.toJson()));
    }

    private static byte[] bytes(String key) {
        return key.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }

    private void send(
            KafkaProducer<byte[], byte[]> producer, ProducerRecord<byte[], byte[]> record) {
        producer.send(
                record,
                (metadata, thrown) -> {
                    if (thrown != null) {
                        failure.compareAndSet(null, thrown);
                    }
                });
    }

    private void sendAny(KafkaProducer<byte[], byte[]> producer, Object event) {
        if (event instanceof OrderEvent order) {
            send(producer, order);
        } else if (event instanceof ClickEvent click) {
            send(producer, click);
        } else {
            throw new IllegalArgumentException("neither order nor click: " + event);
        }
    }

    private void flush(KafkaProducer<byte[], byte[]> producer) throws ExecutionException {
        producer.flush();
        Exception thrown = failure.get();
        if (thrown != null) {
            throw new ExecutionException("Kafka did not take every event", thrown);
        }
    }

    /** Reads until every key is right or the time is over; how many are not. */
    private <E> long wrong(
            FeatureReads reads,
            PlainFeature.Group<E> group,
            Map<List<String>, List<E>> byKey,
            long deadline)
            throws InterruptedException {
        progress.begin("read " + group.name() + " back", byKey.size());
        Map<List<String>, List<E>> left = new LinkedHashMap<>(byKey);
        Map<List<String>, String> problems = new HashMap<>();
        boolean inTime = true;
        while (!left.isEmpty() && inTime) {
            inTime = System.nanoTime() < deadline;
            problems.clear();
            List<List<String>> keys = List.copyOf(left.keySet());
            for (int from = 0; from < keys.size(); from += KEYS_PER_READ) {
                List<List<String>> some =
                        keys.subList(from, Math.min(keys.size(), from + KEYS_PER_READ));
                read(reads, group, some)
                        .forEach(
                                (key, served) -> {
                                    String problem = served.problem(group, left.get(key));
                                    if (problem.isEmpty()) {
                                        left.remove(key);
                                    } else {
                                        problems.put(key, problem);
                                    }
                                });
            }
            progress.done(byKey.size() - left.size());
            if (!left.isEmpty() && inTime) {
                TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            }
        }
        progress.end();
        values += (long) byKey.size() * group.features().size();
        problems.values().stream()
                .limit(Math.max(0, EXAMPLES - examples.size()))
                .forEach(examples::add);
        return left.size();
    }

    private <E> Map<List<String>, Served> read(
            FeatureReads reads, PlainFeature.Group<E> group, List<List<String>> keys) {
        List<EntityKey> entityKeys =
                keys.stream().map(key -> new EntityKey(group.entity(), key)).toList();
        Map<List<String>, Served> served = new LinkedHashMap<>();
        for (PackedCells.Cell cell :
                PackedCells.of(reads.read(group.entity(), entityKeys, List.of(group.name())))) {
            served.computeIfAbsent(
                            keys.get(cell.row()),
                            key ->
                                    new Served(
                                            key,
                                            cell.eventTimeMs(),
                                            cell.status(),
                                            clock.millis(),
                                            new HashMap<>()))
                    .values
                    .put(cell.feature(), cell.value());
        }
        return served;
    }

    /**
     * What is served of a group for a key.
     *
     * @param eventTimeMs the instant the values are of, 0 if nothing is stored
     * @param readAtMs when it was read
     */
    private record Served(
            List<String> key,
            long eventTimeMs,
            FeatureStatus status,
            long readAtMs,
            Map<String, Object> values) {

        /**
         * What is wrong, or nothing. Values must be those of all events at their instant. Where
         * defaults are served for values past their life, they must be the values of now.
         */
        <E> String problem(PlainFeature.Group<E> group, List<E> events) {
            long newest = events.stream().mapToLong(group.time()).max().orElseThrow();
            boolean stored = eventTimeMs > 0 && status != FeatureStatus.FEATURE_STATUS_EXPIRED;
            long instant = stored ? eventTimeMs : readAtMs;
            Map<String, Object> expected = group.at(events, instant);
            for (Map.Entry<String, Object> feature : expected.entrySet()) {
                Object value = unpadded(values.get(feature.getKey()));
                if (!PlainFeature.same(value, feature.getValue())) {
                    return "%s of %s %s at %d (%s, newest event %d): served %s, must be %s"
                            .formatted(
                                    feature.getKey(),
                                    group.name(),
                                    key,
                                    instant,
                                    status,
                                    newest,
                                    value,
                                    feature.getValue());
                }
            }
            return "";
        }

        /** Vectors are served at full length, -1 behind what there is (the example's default). */
        private static Object unpadded(Object value) {
            return value instanceof List<?> elements
                    ? elements.stream().filter(element -> !element.equals(-1L)).toList()
                    : value;
        }
    }
}
