package io.dhara.stores.write.redis;

import io.dhara.core.model.EntityKey;
import io.dhara.core.model.FeatureGroupSchema;
import io.dhara.core.psdb.CsdbFormat;
import io.dhara.core.psdb.PsdbFormat;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.stores.key.RedisKeys;
import io.dhara.stores.redis.RedisConfig;
import io.dhara.stores.write.BlockWrite;
import io.dhara.stores.write.FeatureStoreWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.AbstractPipeline;
import redis.clients.jedis.Response;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisNoScriptException;
import redis.clients.jedis.exceptions.JedisRedirectionException;

/**
 * Merges groups into the value of their key with {@code ordered-write.lua}, one call per key, many
 * keys per pipeline. Blocking client, own thread: {@link #write} only hands over, and a connection
 * that is away costs nobody but this thread. Effects repeat harmlessly, so a call without an answer
 * is simply to be repeated.
 */
public final class RedisFeatureWriter implements FeatureStoreWriter {
    private static final Logger LOG = LoggerFactory.getLogger(RedisFeatureWriter.class);

    private static final int MIN_BLOCK_BYTES = PsdbFormat.HEADER_LENGTH;
    private static final int MAX_BLOCK_BYTES = CsdbFormat.MAX_ENTRY_LENGTH;
    private static final String REPLACED_UNREADABLE =
            "replaced a stored value that could not be taken apart";

    private static final Outcome UNANSWERED =
            new Outcome(Result.RETRY, "Redis forgot the script between two calls");

    private final RedisConfig config;
    private final ThreadPoolExecutor thread;
    private volatile boolean closed;

    /** Only for the writer's thread; null until needed. */
    private @Nullable UnifiedJedis client;

    /** Only for the writer's thread: the next send takes a new client. */
    private boolean clientIsSuspect;

    private RedisFeatureWriter(RedisConfig config) {
        this.config = config;
        this.thread =
                new ThreadPoolExecutor(
                        1,
                        1,
                        0,
                        TimeUnit.SECONDS,
                        new ArrayBlockingQueue<>(config.maxQueuedWrites()),
                        RedisFeatureWriter::daemon) {
                    @Override
                    protected void terminated() {
                        dropClient();
                    }
                };
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "dhara-redis-writer");
        thread.setDaemon(true);
        return thread;
    }

    /** Connects at the first write. */
    public static RedisFeatureWriter open(RedisConfig config) {
        return new RedisFeatureWriter(config);
    }

    @Override
    public CompletionStage<List<Outcome>> write(SchemaSnapshot snapshot, List<BlockWrite> writes) {
        CompletableFuture<List<Outcome>> answer = new CompletableFuture<>();
        try {
            thread.execute(() -> answer.complete(closed ? notTaken(writes) : writeAll(writes)));
        } catch (RejectedExecutionException e) {
            answer.complete(notTaken(writes));
        }
        return answer;
    }

    private List<Outcome> notTaken(List<BlockWrite> writes) {
        String why =
                closed
                        ? "the Redis writer is closed"
                        : "the Redis writer has max-queued-writes = "
                                + config.maxQueuedWrites()
                                + " calls waiting";
        return Collections.nCopies(writes.size(), new Outcome(Result.RETRY, why));
    }

    private List<Outcome> writeAll(List<BlockWrite> writes) {
        @Nullable Outcome[] outcomes = new Outcome[writes.size()];
        Map<EntityKey, KeyWrite> byKey = new LinkedHashMap<>();
        for (int i = 0; i < writes.size(); i++) {
            Outcome problem = problem(writes.get(i));
            if (problem != null) {
                outcomes[i] = problem;
                continue;
            }
            KeyWrite write =
                    byKey.computeIfAbsent(
                            writes.get(i).key(), key -> new KeyWrite(key, new ArrayList<>()));
            write.indexes.add(i);
        }
        List<KeyWrite> keys = List.copyOf(byKey.values());
        for (int from = 0; from < keys.size(); from += config.pipelineKeys()) {
            int to = Math.min(keys.size(), from + config.pipelineKeys());
            List<KeyWrite> unknownScript = send(keys.subList(from, to), writes, outcomes, false);
            if (!unknownScript.isEmpty()) {
                send(unknownScript, writes, outcomes, true);
            }
        }
        return Arrays.stream(outcomes)
                .map(outcome -> outcome == null ? UNANSWERED : outcome)
                .toList();
    }

    /** Lengths in the value have 16 bits; what does not fit would corrupt its neighbours. */
    private static @Nullable Outcome problem(BlockWrite write) {
        String group = "feature group " + write.key().entity() + "/" + write.group();
        if (write.block().length > MAX_BLOCK_BYTES || write.block().length < MIN_BLOCK_BYTES) {
            return new Outcome(
                    Result.REFUSED,
                    "block of "
                            + group
                            + " must have "
                            + MIN_BLOCK_BYTES
                            + ".."
                            + MAX_BLOCK_BYTES
                            + " bytes in Redis: has "
                            + write.block().length
                            + "; split the group or shorten its strings and vectors");
        }
        if (write.groupId() < 0 || write.groupId() > FeatureGroupSchema.MAX_ID) {
            return new Outcome(
                    Result.REFUSED,
                    "id of "
                            + group
                            + " must be 0.."
                            + FeatureGroupSchema.MAX_ID
                            + ": got "
                            + write.groupId());
        }
        return null;
    }

    /**
     * Sends one call per key and waits for all answers.
     *
     * @param withText sends the script itself, which the server then keeps, instead of its digest
     * @return the keys whose server did not know the script; empty when it was sent along
     */
    private List<KeyWrite> send(
            List<KeyWrite> keys,
            List<BlockWrite> writes,
            @Nullable Outcome[] outcomes,
            boolean withText) {
        List<KeyWrite> unknownScript = new ArrayList<>();
        long now = System.currentTimeMillis();
        try (AbstractPipeline pipeline = client().pipelined()) {
            List<Response<Object>> answers = new ArrayList<>(keys.size());
            for (KeyWrite key : keys) {
                List<BlockWrite> groups = key.indexes.stream().map(writes::get).toList();
                byte[][] parameters =
                        OrderedWriteScript.parameters(RedisKeys.storeKey(key.key), now, groups);
                answers.add(
                        withText
                                ? pipeline.eval(OrderedWriteScript.TEXT, 1, parameters)
                                : pipeline.evalsha(OrderedWriteScript.SHA, 1, parameters));
            }
            pipeline.sync();
            for (int i = 0; i < keys.size(); i++) {
                KeyWrite key = keys.get(i);
                Outcome outcome = outcome(key, answers.get(i));
                if (outcome == null) {
                    unknownScript.add(key);
                } else {
                    key.indexes.forEach(index -> outcomes[index] = outcome);
                }
            }
        } catch (JedisException e) {
            clientIsSuspect = true;
            Outcome lost = RedisFailures.noAnswer(e);
            for (KeyWrite key : keys) {
                key.indexes.forEach(
                        index ->
                                outcomes[index] = outcomes[index] == null ? lost : outcomes[index]);
            }
            return List.of();
        }
        return unknownScript;
    }

    /** Null when the server does not know the script. */
    private @Nullable Outcome outcome(KeyWrite key, Response<Object> answer) {
        try {
            Object result = answer.get();
            if (result instanceof Long code && code == OrderedWriteScript.REPLACED_UNREADABLE) {
                LOG.warn(
                        "replaced a value of entity {} that could not be taken apart",
                        key.key.entity());
                return new Outcome(Result.APPLIED, REPLACED_UNREADABLE);
            }
            return Outcome.APPLIED;
        } catch (JedisNoScriptException e) {
            return null;
        } catch (JedisDataException e) {
            if (e instanceof JedisRedirectionException) {
                // The cluster has moved slots: the next client asks who is who.
                clientIsSuspect = true;
            }
            return RedisFailures.of(e);
        } catch (IllegalStateException e) {
            // A node of the cluster went away before it answered.
            clientIsSuspect = true;
            return RedisFailures.noAnswer(e);
        }
    }

    private UnifiedJedis client() {
        if (clientIsSuspect) {
            dropClient();
        }
        UnifiedJedis open = client;
        if (open == null) {
            open = JedisClients.open(config);
            client = open;
        }
        return open;
    }

    private void dropClient() {
        UnifiedJedis open = client;
        client = null;
        clientIsSuspect = false;
        if (open != null) {
            open.close();
        }
    }

    /**
     * Waits for the call on its way, within its timeouts; calls still waiting come back as RETRY.
     */
    @Override
    public void close() {
        closed = true;
        thread.shutdown();
        Duration longest = config.connectTimeout().plus(config.requestTimeout());
        try {
            if (!thread.awaitTermination(longest.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("a write to {} did not end within {}", config, longest);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The writes of one key, by index into the batch. */
    private record KeyWrite(EntityKey key, List<Integer> indexes) {}
}
