package io.dhara.stores.write.redis;

import io.dhara.stores.key.RedisKeys;
import io.dhara.stores.redis.RedisConfig;
import io.dhara.stores.write.FeatureStoreWriter.Outcome;
import io.dhara.stores.write.FeatureStoreWriter.Result;
import java.util.ArrayList;
import java.util.List;
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
 * Calls the merge script, many keys per pipeline. Connects when needed and takes a new connection
 * after an error that may be the old one's fault. For one thread; blocks for at most the configured
 * timeouts per pipeline.
 */
final class MergeClient implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MergeClient.class);
    private static final Outcome REPLACED_UNREADABLE =
            new Outcome(Result.APPLIED, "replaced a stored value that could not be taken apart");
    private static final Outcome SCRIPT_LOST =
            new Outcome(Result.RETRY, "Redis forgot the script between two calls");

    private final RedisConfig config;
    private @Nullable UnifiedJedis client;
    private boolean clientIsSuspect;

    MergeClient(RedisConfig config) {
        this.config = config;
    }

    /** One outcome per key, in order. After a lost connection the rest is not tried. */
    List<Outcome> merge(List<KeyMerge> keys) {
        List<Outcome> outcomes = new ArrayList<>(keys.size());
        try {
            for (int from = 0; from < keys.size(); from += config.pipelineKeys()) {
                int to = Math.min(keys.size(), from + config.pipelineKeys());
                outcomes.addAll(mergeInOnePipeline(keys.subList(from, to)));
            }
        } catch (JedisException e) {
            clientIsSuspect = true;
            Outcome lost = RedisFailures.noAnswer(e);
            while (outcomes.size() < keys.size()) {
                outcomes.add(lost);
            }
        }
        return outcomes;
    }

    /** Sends the text of the script after all to servers that do not know it by its digest. */
    private List<Outcome> mergeInOnePipeline(List<KeyMerge> keys) {
        List<@Nullable Outcome> outcomes = send(keys, false);
        List<KeyMerge> again = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            if (outcomes.get(i) == null) {
                again.add(keys.get(i));
            }
        }
        List<@Nullable Outcome> late = again.isEmpty() ? List.of() : send(again, true);
        List<Outcome> all = new ArrayList<>(keys.size());
        int next = 0;
        for (Outcome outcome : outcomes) {
            Outcome last = outcome == null ? late.get(next++) : outcome;
            all.add(last == null ? SCRIPT_LOST : last);
        }
        long replaced = all.stream().filter(outcome -> outcome == REPLACED_UNREADABLE).count();
        if (replaced > 0) {
            LOG.warn("replaced {} stored values that could not be taken apart", replaced);
        }
        return all;
    }

    /** An outcome per key; null where the server does not know the script. */
    private List<@Nullable Outcome> send(List<KeyMerge> keys, boolean withText) {
        long now = System.currentTimeMillis();
        try (AbstractPipeline pipeline = client().pipelined()) {
            List<Response<Object>> answers = new ArrayList<>(keys.size());
            for (KeyMerge key : keys) {
                byte[][] parameters =
                        OrderedWriteScript.parameters(
                                RedisKeys.storeKey(key.key()), now, key.groups());
                answers.add(
                        withText
                                ? pipeline.eval(OrderedWriteScript.TEXT, 1, parameters)
                                : pipeline.evalsha(OrderedWriteScript.SHA, 1, parameters));
            }
            pipeline.sync();
            List<@Nullable Outcome> outcomes = new ArrayList<>(keys.size());
            for (Response<Object> answer : answers) {
                outcomes.add(outcome(answer));
            }
            return outcomes;
        }
    }

    private @Nullable Outcome outcome(Response<Object> answer) {
        try {
            return Long.valueOf(OrderedWriteScript.REPLACED_UNREADABLE).equals(answer.get())
                    ? REPLACED_UNREADABLE
                    : Outcome.APPLIED;
        } catch (JedisNoScriptException e) {
            return null;
        } catch (JedisDataException e) {
            // A redirection: the cluster has moved slots, and the next client asks who is who.
            clientIsSuspect |= e instanceof JedisRedirectionException;
            return RedisFailures.of(e);
        } catch (IllegalStateException e) {
            // A node of the cluster went away before it answered.
            clientIsSuspect = true;
            return RedisFailures.noAnswer(e);
        }
    }

    private UnifiedJedis client() {
        if (clientIsSuspect) {
            close();
        }
        UnifiedJedis open = client;
        if (open == null) {
            open = JedisClients.open(config);
            client = open;
        }
        return open;
    }

    @Override
    public void close() {
        UnifiedJedis open = client;
        client = null;
        clientIsSuspect = false;
        if (open != null) {
            open.close();
        }
    }
}
