package io.dhara.stores.write.redis;

import io.dhara.stores.redis.HotBeaconKeys;
import io.dhara.stores.redis.RedisConfig;
import io.dhara.stores.write.interaction.HotTierException;
import io.dhara.stores.write.redis.HotCalls.Call;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.AbstractPipeline;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.RedisClusterClient;
import redis.clients.jedis.Response;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisNoScriptException;
import redis.clients.jedis.exceptions.JedisRedirectionException;

/**
 * Calls the hot tier's scripts, many per pipeline. Connects when needed and takes a new connection
 * after an error that may be the old one's fault. For one thread; blocks for at most the configured
 * timeouts per pipeline.
 */
final class HotClient implements AutoCloseable {
    private final RedisConfig config;
    private @Nullable UnifiedJedis client;
    private boolean clientIsSuspect;

    HotClient(RedisConfig config) {
        this.config = config;
    }

    /**
     * What came back of one call.
     *
     * @param answer of the script; null if it failed
     */
    record Reply(@Nullable Object answer, @Nullable HotTierException failure) {
        Object orThrow() throws HotTierException {
            if (failure != null) {
                throw failure;
            }
            return answer == null ? "" : answer;
        }
    }

    /** One reply per call, in order; calls may be of different scripts, but one per user. */
    List<Reply> call(List<Call> calls) {
        List<@Nullable Reply> replies = send(calls, false);
        List<Call> again = new ArrayList<>();
        for (int i = 0; i < calls.size(); i++) {
            if (replies.get(i) == null) {
                again.add(calls.get(i));
            }
        }
        List<@Nullable Reply> late = again.isEmpty() ? List.of() : send(again, true);
        List<Reply> all = new ArrayList<>(calls.size());
        int next = 0;
        for (Reply reply : replies) {
            Reply last = reply == null ? late.get(next++) : reply;
            all.add(
                    last == null
                            ? failed("Redis forgot the script between two calls", null)
                            : last);
        }
        return all;
    }

    /** Null where the server does not know the script by its digest. */
    private List<@Nullable Reply> send(List<Call> calls, boolean withText) {
        return inPipeline(
                calls,
                (pipeline, call) ->
                        withText
                                ? pipeline.eval(
                                        call.script().text(), call.keys(), call.parameters())
                                : pipeline.evalsha(
                                        call.script().sha(), call.keys(), call.parameters()));
    }

    /** Deletes keys, a user's at a time. */
    List<Reply> delete(List<byte[][]> keys) {
        List<Reply> replies = new ArrayList<>();
        for (Reply reply :
                inPipeline(
                        keys,
                        (pipeline, some) -> {
                            Response<?> answer = pipeline.del(some);
                            return answer;
                        })) {
            replies.add(reply == null ? failed("Redis did not delete", null) : reply);
        }
        return replies;
    }

    private interface Sender<T> {
        Response<?> send(AbstractPipeline pipeline, T call);
    }

    private <T> List<@Nullable Reply> inPipeline(List<T> calls, Sender<T> sender) {
        List<@Nullable Reply> replies = new ArrayList<>(calls.size());
        try (AbstractPipeline pipeline = client().pipelined()) {
            List<Response<?>> answers = new ArrayList<>(calls.size());
            for (T call : calls) {
                answers.add(sender.send(pipeline, call));
            }
            pipeline.sync();
            for (Response<?> answer : answers) {
                replies.add(reply(answer));
            }
        } catch (JedisException e) {
            clientIsSuspect = true;
            while (replies.size() < calls.size()) {
                replies.add(failed("no answer from Redis: " + e, e));
            }
        }
        return replies;
    }

    private @Nullable Reply reply(Response<?> answer) {
        try {
            return new Reply(answer.get(), null);
        } catch (JedisNoScriptException e) {
            return null;
        } catch (JedisDataException e) {
            // A redirection: the cluster has moved slots, and the next client asks who is who.
            clientIsSuspect |= e instanceof JedisRedirectionException;
            return failed("Redis answered: " + e.getMessage(), e);
        } catch (IllegalStateException e) {
            // A node of the cluster went away before it answered.
            clientIsSuspect = true;
            return failed("no answer from Redis: " + e, e);
        }
    }

    private static Reply failed(String why, @Nullable Throwable cause) {
        return new Reply(
                null, cause == null ? new HotTierException(why) : new HotTierException(why, cause));
    }

    /** Places of the beacons; in a cluster one per primary that there is now. */
    List<HotBeaconKeys.Place> beacons() throws HotTierException {
        if (config.mode() != RedisConfig.Mode.CLUSTER) {
            return List.of(HotBeaconKeys.single());
        }
        try (Connection node = ((RedisClusterClient) client()).getConnectionFromSlot(0)) {
            node.sendCommand(Protocol.Command.CLUSTER, "SLOTS");
            return HotBeaconKeys.ofCluster(node.getObjectMultiBulkReply());
        } catch (JedisException | IllegalArgumentException e) {
            clientIsSuspect = true;
            throw new HotTierException("cannot tell the primaries of the cluster: " + e, e);
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
