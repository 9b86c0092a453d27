package io.dhara.sessionizer;

import com.google.protobuf.InvalidProtocolBufferException;
import io.dhara.proto.v1.SessionRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Follows the session topic, to act the moment a record appears. */
final class SessionTail implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(50);

    private record Watch(Predicate<SessionRecord> wanted, CompletableFuture<SessionRecord> seen) {}

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Thread thread;
    private final List<Watch> watches = new ArrayList<>();
    private volatile boolean closed;

    /** Sees what comes after this. */
    SessionTail(SessionBed bed) {
        consumer =
                new KafkaConsumer<>(
                        Map.of(
                                "bootstrap.servers",
                                bed.config().kafka().bootstrapServers(),
                                "fetch.max.wait.ms",
                                "10"),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer());
        List<TopicPartition> partitions =
                consumer.partitionsFor(bed.config().topics().sessions()).stream()
                        .map(p -> new TopicPartition(p.topic(), p.partition()))
                        .toList();
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position);
        thread = new Thread(this::run, "session-tail");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * The first record from now on that is wanted. Completed on the tail's own thread, as soon as
     * the record is read.
     */
    CompletableFuture<SessionRecord> first(Predicate<SessionRecord> wanted) {
        Watch watch = new Watch(wanted, new CompletableFuture<>());
        synchronized (watches) {
            watches.add(watch);
        }
        return watch.seen();
    }

    private void run() {
        try (consumer) {
            while (!closed) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    tell(SessionRecord.parseFrom(record.value()));
                }
            }
        } catch (InvalidProtocolBufferException | RuntimeException e) {
            synchronized (watches) {
                watches.forEach(watch -> watch.seen().completeExceptionally(e));
            }
        }
    }

    private void tell(SessionRecord record) {
        List<Watch> fulfilled;
        synchronized (watches) {
            fulfilled = watches.stream().filter(watch -> watch.wanted().test(record)).toList();
            watches.removeAll(fulfilled);
        }
        fulfilled.forEach(watch -> watch.seen().complete(record));
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        thread.join(POLL.toMillis() * 100);
    }
}
