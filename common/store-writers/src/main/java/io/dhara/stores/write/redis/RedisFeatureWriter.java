package io.dhara.stores.write.redis;

import io.dhara.core.model.EntityKey;
import io.dhara.core.model.FeatureGroupSchema;
import io.dhara.core.psdb.CsdbFormat;
import io.dhara.core.psdb.PsdbFormat;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.stores.Gathering;
import io.dhara.stores.redis.RedisConfig;
import io.dhara.stores.write.BlockWrite;
import io.dhara.stores.write.FeatureStoreWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Merges groups into the value of their key with {@code ordered-write.lua}. Blocking client, own
 * thread: {@link #write} only hands over, and a connection that is away costs nobody but this
 * thread. Effects repeat harmlessly, so a call without an answer is simply to be repeated.
 */
public final class RedisFeatureWriter implements FeatureStoreWriter {
    private static final Logger LOG = LoggerFactory.getLogger(RedisFeatureWriter.class);
    private static final int MIN_BLOCK_BYTES = PsdbFormat.HEADER_LENGTH;
    private static final int MAX_BLOCK_BYTES = CsdbFormat.MAX_ENTRY_LENGTH;

    private final RedisConfig config;
    private final MergeClient client;
    private final ThreadPoolExecutor thread;
    private volatile boolean closed;

    private RedisFeatureWriter(RedisConfig config) {
        this.config = config;
        this.client = new MergeClient(config);
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
                        client.close();
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
        Gathering<Outcome> outcomes = new Gathering<>(writes.size());
        Map<EntityKey, List<Integer>> indexesByKey = new LinkedHashMap<>();
        for (int i = 0; i < writes.size(); i++) {
            Optional<Outcome> problem = problem(writes.get(i));
            if (problem.isPresent()) {
                outcomes.set(i, problem.get());
            } else {
                indexesByKey.computeIfAbsent(writes.get(i).key(), key -> new ArrayList<>()).add(i);
            }
        }
        try {
            thread.execute(() -> merge(writes, indexesByKey, outcomes));
        } catch (RejectedExecutionException e) {
            outcomes.setMissing(
                    retry(
                            closed
                                    ? "the Redis writer is closed"
                                    : "the Redis writer has max-queued-writes = "
                                            + config.maxQueuedWrites()
                                            + " calls waiting"));
        }
        return outcomes.stage();
    }

    private void merge(
            List<BlockWrite> writes,
            Map<EntityKey, List<Integer>> indexesByKey,
            Gathering<Outcome> outcomes) {
        if (closed) {
            outcomes.setMissing(retry("the Redis writer is closed"));
            return;
        }
        try {
            List<KeyMerge> keys = new ArrayList<>(indexesByKey.size());
            indexesByKey.forEach(
                    (key, indexes) ->
                            keys.add(
                                    new KeyMerge(key, indexes.stream().map(writes::get).toList())));
            List<Outcome> ended = client.merge(keys);
            int key = 0;
            for (List<Integer> indexes : indexesByKey.values()) {
                Outcome outcome = ended.get(key++);
                indexes.forEach(index -> outcomes.set(index, outcome));
            }
        } catch (RuntimeException e) {
            LOG.error("a write to {} failed in a way that is not known", config, e);
            outcomes.setMissing(RedisFailures.noAnswer(e));
        }
    }

    private static Outcome retry(String why) {
        return new Outcome(Result.RETRY, why);
    }

    /** Lengths in the value have 16 bits; what does not fit would corrupt its neighbours. */
    private static Optional<Outcome> problem(BlockWrite write) {
        String group = "feature group " + write.key().entity() + "/" + write.group();
        int length = write.block().length;
        if (length > MAX_BLOCK_BYTES || length < MIN_BLOCK_BYTES) {
            return refused(
                    "block of "
                            + group
                            + " must have "
                            + MIN_BLOCK_BYTES
                            + ".."
                            + MAX_BLOCK_BYTES
                            + " bytes in Redis: has "
                            + length
                            + "; split the group or shorten its strings and vectors");
        }
        if (write.groupId() < 0 || write.groupId() > FeatureGroupSchema.MAX_ID) {
            return refused(
                    "id of "
                            + group
                            + " must be 0.."
                            + FeatureGroupSchema.MAX_ID
                            + ": got "
                            + write.groupId());
        }
        return Optional.empty();
    }

    private static Optional<Outcome> refused(String why) {
        return Optional.of(new Outcome(Result.REFUSED, why));
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
}
