package io.dhara.serving.persist;

import io.dhara.core.registry.SchemaRegistry;
import io.dhara.serving.invalidation.AppliedWaits;
import io.grpc.ServerServiceDefinition;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** The persist services with the producer and the threads they use. */
public final class PersistServices implements AutoCloseable {
    private final RecordProducer producer;
    private final ExecutorService executor;
    private final ServerServiceDefinition features;
    private final Handover handover;

    private PersistServices(
            RecordProducer producer,
            ExecutorService executor,
            ServerServiceDefinition features,
            Handover handover) {
        this.producer = producer;
        this.executor = executor;
        this.features = features;
        this.handover = handover;
    }

    /**
     * Opens the producer without waiting for Kafka.
     *
     * @param followsInvalidations whether {@code waits} hears of applied writes now
     */
    public static PersistServices open(
            PersistSettings settings,
            SchemaRegistry registry,
            AppliedWaits waits,
            BooleanSupplier followsInvalidations,
            Clock clock) {
        RecordProducer producer = RecordProducer.open(settings);
        ExecutorService executor =
                new ThreadPoolExecutor(
                        settings.threads(),
                        settings.threads(),
                        0,
                        TimeUnit.MILLISECONDS,
                        new ArrayBlockingQueue<>(settings.maxQueued()),
                        new DefaultThreadFactory("dhara-persist", true));
        PersistService service =
                new PersistService(
                        registry, producer, waits, followsInvalidations, settings, executor, clock);
        return new PersistServices(
                producer,
                executor,
                service.withOptions(),
                new Handover(producer, executor, settings.maxQueued(), clock));
    }

    public List<ServerServiceDefinition> definitions() {
        return List.of(features);
    }

    /** For services of other records; shares producer and threads. */
    public Handover handover() {
        return handover;
    }

    /** Ends the threads and sends what the producer still holds. */
    @Override
    public void close() {
        executor.shutdown();
        producer.close();
    }
}
