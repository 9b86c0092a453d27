package io.dhara.stores.write.redis;

import io.dhara.core.interaction.Interaction;
import io.dhara.core.interaction.InteractionTypes;
import io.dhara.stores.interaction.HotTierConfig;
import io.dhara.stores.interaction.HotTierKeys;
import io.dhara.stores.redis.RedisConfig;
import io.dhara.stores.write.interaction.HotTierException;
import io.dhara.stores.write.interaction.HotTierWriter;
import io.dhara.stores.write.redis.HotCalls.Call;
import io.dhara.stores.write.redis.HotClient.Reply;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The hot tier in Redis: one script call per user and operation, as many as wait in one pipeline.
 * Blocking client, own thread: calls only hand over, and a connection that is away costs nobody but
 * this thread. Calls take effect in the order they were made; one that fails does not stop those
 * after it.
 */
public final class RedisHotTierWriter implements HotTierWriter {
    private static final Logger LOG = LoggerFactory.getLogger(RedisHotTierWriter.class);
    private static final String LOST = "lost";
    private static final String HOT = "hot";

    private final RedisConfig config;
    private final HotCalls calls;
    private final HotClient client;
    private final HotGeneration generation;
    private final Clock clock;
    private final LinkedBlockingQueue<Work> queue;
    private final Thread thread;
    private volatile boolean closed;

    private RedisHotTierWriter(
            RedisConfig config,
            HotTierConfig tier,
            InteractionTypes types,
            int part,
            int parts,
            Clock clock) {
        this.config = config;
        this.calls = new HotCalls(tier, new HotTierKeys(tier, types));
        this.client = new HotClient(config);
        this.generation = new HotGeneration(tier, client, part, parts, clock);
        this.clock = clock;
        this.queue = new LinkedBlockingQueue<>(config.maxQueuedWrites() * config.pipelineKeys());
        this.thread = new Thread(this::run, "dhara-hot-tier-writer-" + part);
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Connects at the first call.
     *
     * @param part number of this writer, from 0
     * @param parts how many writers the job has; each writes other users
     * @throws IllegalArgumentException if the layout cannot work on such a Redis, naming the remedy
     */
    public static RedisHotTierWriter open(
            RedisConfig config, HotTierConfig tier, InteractionTypes types, int part, int parts) {
        tier.requireFits(config);
        if (part < 0 || part >= parts) {
            throw new IllegalArgumentException("part must be 0.." + (parts - 1) + ": got " + part);
        }
        return new RedisHotTierWriter(config, tier, types, part, parts, Clock.systemUTC());
    }

    /** Something to do on the thread: calls of one user or more, or something on its own. */
    private interface Work {
        void fail(HotTierException failure);
    }

    /** Makes a call when its turn comes: the generation may change until then. */
    private interface CallMaker {
        Call make(long generation, long nowMillis);
    }

    private record UserCall(String userId, CallMaker maker, CompletableFuture<Object> done)
            implements Work {
        @Override
        public void fail(HotTierException failure) {
            done.completeExceptionally(failure);
        }
    }

    private interface Task<T> {
        T run() throws HotTierException;
    }

    private record Alone<T>(Task<T> task, CompletableFuture<T> done) implements Work {
        @Override
        public void fail(HotTierException failure) {
            done.completeExceptionally(failure);
        }

        void run() {
            try {
                done.complete(task.run());
            } catch (HotTierException e) {
                fail(e);
            } catch (RuntimeException e) {
                LOG.error("the hot tier failed in a way that is not known", e);
                fail(new HotTierException("failed: " + e, e));
            }
        }
    }

    @Override
    public CompletionStage<List<Added>> add(List<HotAdd> adds) {
        List<CompletableFuture<Added>> each = new ArrayList<>(adds.size());
        adds.forEach(add -> calls.check(add.interactions()));
        for (HotAdd add : adds) {
            each.add(
                    enqueue(add.userId(), (g, now) -> calls.add(add, g, now))
                            .thenApply(RedisHotTierWriter::added));
        }
        return CompletableFuture.allOf(each.toArray(CompletableFuture[]::new))
                .thenApply(all -> each.stream().map(CompletableFuture::join).toList());
    }

    private static Added added(Object state) {
        return switch (text(state)) {
            case HOT -> Added.HOT;
            case LOST -> Added.LOST;
            default -> Added.LOADING;
        };
    }

    @Override
    public CompletionStage<Boolean> load(String userId, long epoch, List<Interaction> history) {
        List<Interaction> copy = List.copyOf(history);
        calls.check(copy);
        return enqueue(userId, (g, now) -> calls.load(userId, epoch, g, now, copy))
                .thenApply(state -> text(state).equals(HOT));
    }

    @Override
    public CompletionStage<Boolean> close(String userId, long epoch) {
        return enqueue(userId, (g, now) -> calls.close(userId, epoch))
                .thenApply(removed -> Long.valueOf(1).equals(removed));
    }

    @Override
    public CompletionStage<Void> erase(String userId) {
        return enqueueAlone(
                () -> {
                    client.delete(List.<byte[][]>of(calls.keys(userId))).get(0).orThrow();
                    return null;
                });
    }

    @Override
    public CompletionStage<Boolean> isWhole() {
        return enqueueAlone(generation::isWhole);
    }

    @Override
    public CompletionStage<Void> establish() {
        return enqueueAlone(
                () -> {
                    generation.establish();
                    return null;
                });
    }

    private CompletableFuture<Object> enqueue(String userId, CallMaker maker) {
        UserCall call = new UserCall(userId, maker, new CompletableFuture<>());
        enqueue(call);
        return call.done();
    }

    private <T> CompletableFuture<T> enqueueAlone(Task<T> task) {
        Alone<T> alone = new Alone<>(task, new CompletableFuture<>());
        enqueue(alone);
        return alone.done();
    }

    private void enqueue(Work work) {
        if (closed) {
            work.fail(new HotTierException("the hot tier writer is closed"));
        } else if (!queue.offer(work)) {
            work.fail(
                    new HotTierException(
                            "the hot tier writer has max-queued-writes x pipeline-keys = "
                                    + config.maxQueuedWrites() * config.pipelineKeys()
                                    + " calls waiting"));
        } else if (closed) {
            failAllWaiting();
        }
    }

    private void run() {
        @Nullable Work next = null;
        while (!closed) {
            try {
                Work work = next == null ? queue.take() : next;
                next = work instanceof UserCall call ? pipeline(call) : alone(work);
            } catch (InterruptedException e) {
                closed = true;
            }
        }
        if (next != null) {
            next.fail(new HotTierException("the hot tier writer is closed"));
        }
        failAllWaiting();
        client.close();
    }

    private static @Nullable Work alone(Work work) {
        ((Alone<?>) work).run();
        return null;
    }

    /**
     * Sends what waits, but no two calls of one user: then their order holds also when one of them
     * has to be sent again.
     *
     * @return the first piece of work that does not belong to the pipeline any more, or null
     */
    private @Nullable Work pipeline(UserCall first) {
        List<UserCall> batch = new ArrayList<>();
        Set<String> users = new HashSet<>();
        Work next = first;
        while (next instanceof UserCall call
                && batch.size() < config.pipelineKeys()
                && users.add(call.userId())) {
            batch.add(call);
            next = queue.poll();
        }
        send(batch);
        return next;
    }

    private void send(List<UserCall> batch) {
        try {
            long under = generation.current();
            long now = clock.millis();
            List<Call> made = new ArrayList<>(batch.size());
            batch.forEach(call -> made.add(call.maker().make(under, now)));
            List<Reply> replies = client.call(made);
            boolean lost = false;
            for (Reply reply : replies) {
                lost |= reply.answer() != null && text(reply.answer()).equals(LOST);
            }
            if (lost) {
                generation.loseUser();
                generation.look();
            }
            for (int i = 0; i < batch.size(); i++) {
                complete(batch.get(i), replies.get(i));
            }
        } catch (HotTierException e) {
            batch.forEach(call -> call.fail(e));
        } catch (RuntimeException e) {
            LOG.error("calls to the hot tier on {} failed in a way that is not known", config, e);
            HotTierException failure = new HotTierException("failed: " + e, e);
            batch.forEach(call -> call.fail(failure));
        }
    }

    private static void complete(UserCall call, Reply reply) {
        if (reply.failure() != null) {
            call.fail(reply.failure());
        } else {
            call.done().complete(reply.answer());
        }
    }

    private static String text(Object answer) {
        return answer instanceof byte[] bytes
                ? new String(bytes, StandardCharsets.US_ASCII)
                : String.valueOf(answer);
    }

    private void failAllWaiting() {
        List<Work> waiting = new ArrayList<>();
        queue.drainTo(waiting);
        waiting.forEach(work -> work.fail(new HotTierException("the hot tier writer is closed")));
    }

    /** Waits for the pipeline on its way, within its timeouts; calls still waiting fail. */
    @Override
    public void close() {
        closed = true;
        queue.offer(new Alone<>(() -> true, new CompletableFuture<>()));
        Duration longest = config.connectTimeout().plus(config.requestTimeout());
        try {
            thread.join(longest.toMillis());
            if (thread.isAlive()) {
                LOG.warn("a call to {} did not end within {}", config, longest);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
