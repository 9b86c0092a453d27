package io.dhara.serving.persist;

import static java.util.Objects.requireNonNull;

import io.dhara.serving.grpc.ServingException;
import io.dhara.serving.grpc.ServingException.Kind;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Hands records to Kafka and says when every in-sync replica has all of them. Thread-safe. */
public final class Handover {
    private final RecordProducer producer;
    private final Executor executor;
    private final int maxQueued;
    private final Clock clock;

    /**
     * @param executor runs what may block: a full producer buffer
     * @param maxQueued how many wait for it before more are refused
     */
    Handover(RecordProducer producer, Executor executor, int maxQueued, Clock clock) {
        this.producer = requireNonNull(producer, "producer is null");
        this.executor = requireNonNull(executor, "executor is null");
        this.maxQueued = maxQueued;
        this.clock = requireNonNull(clock, "clock is null");
    }

    /** One record; the arrays are not copied. */
    public record Message(byte[] key, byte[] value, long eventTimeMillis) {
        public Message {
            requireNonNull(key, "key is null");
            requireNonNull(value, "value is null");
        }
    }

    /**
     * Sends in order and does not begin a message after one that was refused.
     *
     * @param repeat what the caller is told about doing it again after a failure that leaves open
     *     what was written
     * @return completes when all are acknowledged; fails with a {@link ServingException}, and then
     *     some may have been written
     */
    public CompletableFuture<Void> send(
            String topic, List<Message> messages, String repeat, Instant deadline) {
        CompletableFuture<Void> sent;
        try {
            sent =
                    CompletableFuture.supplyAsync(
                                    () -> begin(topic, messages, repeat, deadline), executor)
                            .thenCompose(all -> all);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(
                    new ServingException(
                            Kind.EXHAUSTED,
                            maxQueued
                                    + " persists wait already, the limit"
                                    + " (serving.persist.max-queued), and nothing was sent: try"
                                    + " again",
                            e));
        }
        return sent.orTimeout(Math.max(left(deadline).toNanos(), 1), TimeUnit.NANOSECONDS)
                .exceptionallyCompose(
                        failure -> CompletableFuture.failedFuture(translated(failure, repeat)));
    }

    private CompletableFuture<Void> begin(
            String topic, List<Message> messages, String repeat, Instant deadline) {
        List<CompletableFuture<Void>> acknowledged = new ArrayList<>(messages.size());
        for (Message message : messages) {
            if (left(deadline).isNegative()) {
                acknowledged.add(CompletableFuture.failedFuture(new TimeoutException()));
                break;
            }
            CompletableFuture<Void> one =
                    producer.send(
                            new ProducerRecord<>(
                                    topic,
                                    null,
                                    message.eventTimeMillis(),
                                    message.key(),
                                    message.value()),
                            repeat);
            acknowledged.add(one);
            if (one.isCompletedExceptionally()) {
                break;
            }
        }
        return CompletableFuture.allOf(acknowledged.toArray(CompletableFuture[]::new));
    }

    private Duration left(Instant deadline) {
        return Duration.between(clock.instant(), deadline);
    }

    private static Throwable translated(Throwable failure, String repeat) {
        Throwable cause = failure.getCause();
        Throwable origin =
                failure instanceof CompletionException && cause != null ? cause : failure;
        return origin instanceof TimeoutException
                ? new ServingException(
                        Kind.DEADLINE,
                        "Kafka has not acknowledged everything by the deadline, so it may or may"
                                + " not be written. "
                                + repeat,
                        failure)
                : origin;
    }
}
