package io.dhara.serving.invalidation;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.InvalidProtocolBufferException;
import io.dhara.core.model.EntityKey;
import io.dhara.proto.v1.Invalidation;
import io.dhara.proto.v1.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows every partition of the invalidation topic on a thread of its own and tells the listeners.
 *
 * <p>What it guarantees, for a listener that keeps to {@link InvalidationListener}:
 *
 * <ul>
 *   <li>It starts at the topic's end and calls {@code gap} once it stands there: whatever was read
 *       from a store after that call is told about when it becomes stale.
 *   <li>Whenever it may have missed a record, or could not read one, it calls {@code gap}.
 *   <li>{@link #isCurrent} is true only while there is a proof, younger than the longest silence
 *       allowed, that it had read to the end of every partition. It falls by itself when this
 *       thread hangs or Kafka does not answer.
 *   <li>Listeners are told of a record before {@link #hasReached} shows it and before a waiting
 *       persist is answered.
 * </ul>
 */
public final class InvalidationFollower implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(InvalidationFollower.class);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration MAX_FETCH_WAIT = Duration.ofMillis(250);
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final Duration STOP_WAIT = Duration.ofSeconds(10);
    private static final long NEVER = Long.MIN_VALUE;

    private final FollowerSettings settings;
    private final AppliedWaits waits;
    private final FollowerMeters meters;
    private final LongSupplier nanoClock;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Map<Integer, Long> reached = new ConcurrentHashMap<>();
    private final Thread thread;
    private volatile long currentAsOfNanos = NEVER;

    // Of the follower's thread only, but for start.
    private List<InvalidationListener> listeners = List.of();
    private final Map<TopicPartition, Long> next = new HashMap<>();
    private long checkedNanos;
    private boolean toldOfSilence = true;

    /** Follows nothing before {@link #start}. */
    public InvalidationFollower(
            FollowerSettings settings,
            AppliedWaits waits,
            FollowerMeters meters,
            LongSupplier nanoClock) {
        this.settings = requireNonNull(settings, "settings is null");
        this.waits = requireNonNull(waits, "waits is null");
        this.meters = requireNonNull(meters, "meters is null");
        this.nanoClock = requireNonNull(nanoClock, "nanoClock is null");
        this.thread = new Thread(this::run, "dhara-invalidations");
        thread.setDaemon(true);
        meters.age(this::ageSeconds);
    }

    /** Starts following, once. Does not wait for Kafka: until it answers, nothing is current. */
    public void start(List<InvalidationListener> told) {
        listeners = List.copyOf(told);
        thread.start();
    }

    /** Whether caches that listen here may be believed now. */
    public boolean isCurrent() {
        long asOf = currentAsOfNanos;
        return asOf != NEVER && nanoClock.getAsLong() - asOf <= settings.maxSilence().toNanos();
    }

    /** Whether the listeners have been told of everything up to these places. */
    public boolean hasReached(TopicPositions positions) {
        for (Map.Entry<Integer, Long> wanted : positions.offsets().entrySet()) {
            Long last = reached.get(wanted.getKey());
            if (last == null || last < wanted.getValue()) {
                return false;
            }
        }
        return true;
    }

    private double ageSeconds() {
        long asOf = currentAsOfNanos;
        return asOf == NEVER
                ? Double.POSITIVE_INFINITY
                : (nanoClock.getAsLong() - asOf) / (double) TimeUnit.SECONDS.toNanos(1);
    }

    private void run() {
        Duration pause = SHORTEST_PAUSE;
        while (!isStopping()) {
            long startedNanos = nanoClock.getAsLong();
            try (Consumer<byte[], byte[]> consumer = open()) {
                follow(consumer);
            } catch (RuntimeException e) {
                if (!isStopping()) {
                    meters.failed();
                    LOG.warn("following {} anew after a failure", settings.topic(), e);
                }
            }
            currentAsOfNanos = NEVER;
            boolean wentWell = nanoClock.getAsLong() - startedNanos > LONGEST_PAUSE.toNanos();
            pause = wentWell ? SHORTEST_PAUSE : min(pause.multipliedBy(2), LONGEST_PAUSE);
            await(pause);
        }
    }

    private Consumer<byte[], byte[]> open() {
        Map<String, Object> config = new HashMap<>(settings.kafka());
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        // A broker answers a connection's requests in turn: a waiting fetch holds up the question
        // for the ends.
        config.put(
                ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
                (int) min(settings.checkInterval(), MAX_FETCH_WAIT).toMillis());
        config.put(
                ConsumerConfig.METADATA_MAX_AGE_CONFIG,
                (int) settings.partitionInterval().toMillis());
        return new KafkaConsumer<>(
                config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private void follow(Consumer<byte[], byte[]> consumer) {
        if (!joinAtEnd(consumer)) {
            return;
        }
        while (!isStopping()) {
            try {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    apply(record);
                }
            } catch (InvalidOffsetException e) {
                LOG.warn("{} no longer holds what was to be read next", settings.topic(), e);
                seekToEnd(consumer, e.partitions());
                gap(Gap.OUT_OF_RANGE);
            }
            long now = nanoClock.getAsLong();
            if (now - checkedNanos >= settings.checkInterval().toNanos()) {
                checkedNanos = now;
                joinNewPartitions(consumer);
                proveCurrent(consumer);
            }
            if (!isCurrent() && !toldOfSilence) {
                toldOfSilence = true;
                gap(Gap.SILENCE);
            }
        }
    }

    /** False when there is no such topic yet. */
    private boolean joinAtEnd(Consumer<byte[], byte[]> consumer) {
        List<TopicPartition> partitions = partitions(consumer);
        if (partitions.isEmpty()) {
            return false;
        }
        next.clear();
        reached.clear();
        consumer.assign(partitions);
        seekToEnd(consumer, partitions);
        gap(Gap.STARTED);
        toldOfSilence = true;
        proveCurrent(consumer);
        LOG.info("following {} from {}", settings.topic(), next);
        return true;
    }

    private void seekToEnd(
            Consumer<byte[], byte[]> consumer, Collection<TopicPartition> partitions) {
        consumer.seekToEnd(partitions);
        for (TopicPartition partition : partitions) {
            standAt(partition, consumer.position(partition, settings.maxSilence()));
        }
    }

    private void standAt(TopicPartition partition, long offset) {
        next.put(partition, offset);
        reached.remove(partition.partition());
    }

    /** What lies before the places just taken no longer matters to listeners: they were dropped. */
    private void reachedBeforeNext() {
        next.forEach(
                (partition, offset) -> {
                    if (offset > 0) {
                        reached.put(partition.partition(), offset - 1);
                    }
                });
    }

    /** New partitions are read from their beginning, so nothing announced there is missed. */
    private void joinNewPartitions(Consumer<byte[], byte[]> consumer) {
        List<TopicPartition> added = partitions(consumer);
        added.removeAll(next.keySet());
        if (added.isEmpty()) {
            return;
        }
        List<TopicPartition> all = new ArrayList<>(next.keySet());
        all.addAll(added);
        consumer.assign(all);
        consumer.seekToBeginning(added);
        for (TopicPartition partition : added) {
            standAt(partition, consumer.position(partition, settings.maxSilence()));
        }
        LOG.info("{} has new partitions: {}", settings.topic(), added);
        gap(Gap.NEW_PARTITIONS);
    }

    private List<TopicPartition> partitions(Consumer<byte[], byte[]> consumer) {
        List<TopicPartition> partitions = new ArrayList<>();
        try {
            List<PartitionInfo> known = consumer.partitionsFor(settings.topic(), patience());
            for (PartitionInfo partition : known) {
                partitions.add(new TopicPartition(partition.topic(), partition.partition()));
            }
        } catch (TimeoutException e) {
            LOG.debug("Kafka does not name the partitions of {}", settings.topic(), e);
        }
        return partitions;
    }

    /** Asks Kafka for the ends; having read up to them is the proof, as of the asking. */
    private void proveCurrent(Consumer<byte[], byte[]> consumer) {
        long asked = nanoClock.getAsLong();
        try {
            Map<TopicPartition, Long> ends = consumer.endOffsets(next.keySet(), patience());
            long lag = 0;
            for (Map.Entry<TopicPartition, Long> end : ends.entrySet()) {
                lag += Math.max(0, end.getValue() - consumer.position(end.getKey()));
            }
            meters.lag(lag);
            if (lag == 0) {
                currentAsOfNanos = asked;
                toldOfSilence = false;
            }
        } catch (TimeoutException e) {
            LOG.debug("Kafka does not name the ends of {}", settings.topic(), e);
        }
    }

    /** For one question to Kafka: two may go unanswered before the silence is too long. */
    private Duration patience() {
        return settings.maxSilence().dividedBy(2);
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    private void apply(ConsumerRecord<byte[], byte[]> record) {
        TopicPartition partition = new TopicPartition(record.topic(), record.partition());
        long expected = next.getOrDefault(partition, record.offset());
        if (record.offset() > expected) {
            LOG.warn("{} goes from offset {} to {}", partition, expected, record.offset());
            gap(Gap.MISSING_OFFSETS);
        }
        next.put(partition, record.offset() + 1);
        meters.received();
        try {
            Invalidation invalidation = Invalidation.parseFrom(record.value());
            tell(invalidation);
            reached.put(record.partition(), record.offset());
            waits.settle(invalidation, record.partition(), record.offset());
        } catch (InvalidProtocolBufferException e) {
            LOG.warn("{} at offset {} is no Invalidation", partition, record.offset(), e);
            gap(Gap.UNREADABLE);
        }
    }

    private void tell(Invalidation invalidation) {
        if (invalidation.getOutcome() == Outcome.OUTCOME_REJECTED) {
            return;
        }
        EntityKey key = new EntityKey(invalidation.getEntity(), invalidation.getKeyValuesList());
        List<String> groups = List.copyOf(invalidation.getGroupsList());
        for (InvalidationListener listener : listeners) {
            listener.invalidated(key, groups, invalidation.getWriteTimeMicros());
        }
    }

    private void gap(Gap reason) {
        meters.gap(reason);
        for (InvalidationListener listener : listeners) {
            listener.gap(reason.text());
        }
        reachedBeforeNext();
    }

    private boolean isStopping() {
        return stop.getCount() == 0;
    }

    private void await(Duration pause) {
        try {
            stop.await(pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            stop.countDown();
            Thread.currentThread().interrupt();
        }
    }

    /** Stops following; nothing is current any more. May be called twice. */
    @Override
    public void close() {
        stop.countDown();
        try {
            thread.join(STOP_WAIT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        currentAsOfNanos = NEVER;
    }
}
