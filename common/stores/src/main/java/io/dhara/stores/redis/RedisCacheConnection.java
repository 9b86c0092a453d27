package io.dhara.stores.redis;

import io.dhara.stores.Reopening;
import io.lettuce.core.KeyValue;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A Redis used as a cache: values by key, and scripts over one key. Asynchronous and without
 * retries; a server that is away fails every call at once or after its wait. Thread-safe.
 */
public final class RedisCacheConnection implements AutoCloseable {
    /** A script, known to servers by the digest of its text. */
    public record Script(String text, String digest) {
        /** A resource beside this class. */
        static Script load(String resource) {
            try (InputStream in = RedisCacheConnection.class.getResourceAsStream(resource)) {
                if (in == null) {
                    throw new IllegalStateException(resource + " is not on the class path");
                }
                return of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        public static Script of(String text) {
            try {
                MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
                byte[] digest = sha1.digest(text.getBytes(StandardCharsets.UTF_8));
                return new Script(text, HexFormat.of().formatHex(digest));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java has SHA-1", e);
            }
        }
    }

    private final RedisConfig config;
    private final LettuceConnection connection;

    private RedisCacheConnection(RedisConfig config) {
        this.config = config;
        this.connection = LettuceConnection.open(config);
    }

    /** Opens a connection of its own; does not wait for the server. */
    public static RedisCacheConnection open(RedisConfig config) {
        return new RedisCacheConnection(config);
    }

    /**
     * Reads values: one MGET, or one GET per key in a cluster.
     *
     * @return a value per key, null where there is none; fails as a whole
     */
    public CompletableFuture<List<byte @Nullable []>> get(List<byte[]> keys, Duration wait) {
        return within(
                wait,
                commands -> {
                    if (config.mode() != RedisConfig.Mode.CLUSTER) {
                        return commands.mget(keys.toArray(byte[][]::new))
                                .toCompletableFuture()
                                .thenApply(RedisCacheConnection::values);
                    }
                    List<CompletableFuture<byte[]>> single = new ArrayList<>();
                    keys.forEach(key -> single.add(commands.get(key).toCompletableFuture()));
                    return CompletableFuture.allOf(single.toArray(CompletableFuture[]::new))
                            .thenApply(all -> joined(single));
                });
    }

    private static List<byte @Nullable []> values(List<KeyValue<byte[], byte[]>> found) {
        List<byte @Nullable []> values = new ArrayList<>(found.size());
        found.forEach(value -> values.add(value.getValueOrElse(null)));
        return values;
    }

    private static List<byte @Nullable []> joined(List<CompletableFuture<byte[]>> found) {
        List<byte @Nullable []> values = new ArrayList<>(found.size());
        found.forEach(value -> values.add(value.join()));
        return values;
    }

    /** The server's clock, epoch microseconds; of any node in a cluster. */
    public CompletableFuture<Long> timeMicros(Duration wait) {
        return within(
                wait,
                commands ->
                        commands.time()
                                .toCompletableFuture()
                                .thenApply(
                                        time ->
                                                number(time.get(0)) * 1_000_000
                                                        + number(time.get(1))));
    }

    private static long number(byte[] text) {
        return Long.parseLong(new String(text, StandardCharsets.US_ASCII));
    }

    /** Runs a script over one key; its text is sent only to servers that do not know it. */
    public CompletableFuture<Void> run(
            Script script, byte[] key, List<byte[]> arguments, Duration wait) {
        return run(script, ScriptOutputType.STATUS, List.of(key), arguments, wait)
                .thenAccept(done -> {});
    }

    /** As {@link #run}, over keys of one slot and with an answer, which is a list. */
    CompletableFuture<List<Object>> answer(
            Script script, List<byte[]> keys, List<byte[]> arguments, Duration wait) {
        return run(script, ScriptOutputType.OBJECT, keys, arguments, wait);
    }

    private <T> CompletableFuture<T> run(
            Script script,
            ScriptOutputType type,
            List<byte[]> scriptKeys,
            List<byte[]> arguments,
            Duration wait) {
        byte[][] keys = scriptKeys.toArray(byte[][]::new);
        byte[][] values = arguments.toArray(byte[][]::new);
        return within(
                wait,
                commands ->
                        within(commands.<T>evalsha(script.digest(), type, keys, values), wait)
                                .handle(
                                        (done, failure) ->
                                                isUnknownScript(failure)
                                                        ? within(
                                                                commands.<T>eval(
                                                                        script.text(),
                                                                        type,
                                                                        keys,
                                                                        values),
                                                                wait)
                                                        : sameAs(done, failure))
                                .thenCompose(Function.identity()));
    }

    /** Gives the command up when its time is over: one that is not yet sent is then never sent. */
    private static <T> CompletableFuture<T> within(RedisFuture<T> command, Duration wait) {
        return Reopening.within(command.toCompletableFuture(), wait)
                .whenComplete(
                        (answer, failure) -> {
                            if (failure instanceof TimeoutException) {
                                command.cancel(true);
                            }
                        });
    }

    /** All fields of a hash; empty if there is none. */
    CompletableFuture<Map<byte[], byte[]>> hash(byte[] key, Duration wait) {
        return within(wait, commands -> commands.hgetall(key).toCompletableFuture());
    }

    /** Which slots of the cluster are where, as CLUSTER SLOTS says it. */
    CompletableFuture<List<Object>> clusterSlots(Duration wait) {
        return within(wait, commands -> commands.clusterSlots().toCompletableFuture());
    }

    private static boolean isUnknownScript(@Nullable Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return cause instanceof RedisNoScriptException;
    }

    private static <T> CompletableFuture<T> sameAs(T done, @Nullable Throwable failure) {
        return failure == null
                ? CompletableFuture.completedFuture(done)
                : CompletableFuture.failedFuture(failure);
    }

    private <T> CompletableFuture<T> within(
            Duration wait,
            Function<RedisClusterAsyncCommands<byte[], byte[]>, CompletableFuture<T>> call) {
        return Reopening.within(connection.commands(wait).thenCompose(call), wait);
    }

    @Override
    public void close() {
        connection.close();
    }
}
