package io.dhara.stores.redis;

import io.dhara.core.interaction.InteractionType;
import io.dhara.core.interaction.InteractionTypes;
import io.dhara.stores.interaction.HotAnswer;
import io.dhara.stores.interaction.HotTierConfig;
import io.dhara.stores.interaction.HotTierKeys;
import io.dhara.stores.interaction.HotTierReader;
import io.dhara.stores.interaction.InteractionQuery;
import io.dhara.stores.read.StoreReadException;
import io.dhara.stores.read.StoreReadException.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;

/**
 * Reads the hot tier with {@code hot-read.lua}: marker, sets and the beacon's version as of one
 * instant, in one round trip. The beacon itself is asked for only when its version has changed, or,
 * in a cluster, when what is known of it has become old.
 */
public final class RedisHotTierReader implements HotTierReader {
    private static final int ALL = 1_000_000;

    /** Parts that start together write the beacon one after the other. */
    private static final int BEACONS_TRIED = 5;

    private final RedisConfig config;
    private final HotTierKeys keys;
    private final Clock clock;
    private final RedisCacheConnection connection;
    private final RedisCacheConnection.Script script;
    private final HotBeacons beacons;

    private RedisHotTierReader(
            RedisConfig config, HotTierConfig tier, InteractionTypes types, Clock clock) {
        this.config = config;
        this.keys = new HotTierKeys(tier, types);
        this.clock = clock;
        this.connection = RedisCacheConnection.open(config);
        this.script = RedisCacheConnection.Script.load("hot-read.lua");
        this.beacons = new HotBeacons(connection, config, tier, clock);
    }

    /**
     * Opens a connection of its own; does not wait for the server.
     *
     * @param clock that deadlines are told by
     * @throws IllegalArgumentException if the layout cannot work on such a Redis, naming the remedy
     */
    public static RedisHotTierReader open(
            RedisConfig config, HotTierConfig tier, InteractionTypes types, Clock clock) {
        tier.requireFits(config);
        return new RedisHotTierReader(config, tier, types, clock);
    }

    @Override
    public CompletionStage<HotAnswer> read(
            String userId, InteractionQuery query, Instant deadline) {
        List<byte[]> userKeys = keys.ofTypes(userId, query.types());
        CompletableFuture<HotAnswer> answer;
        if (config.mode() == RedisConfig.Mode.CLUSTER) {
            // Known before the read: a beacon that is seen later may vouch for more than was read.
            answer =
                    beacons.recent(left(deadline))
                            .thenCompose(
                                    known ->
                                            ask(userId, userKeys, query, query.limit(), deadline)
                                                    .thenApply(
                                                            reply ->
                                                                    reply.answer(
                                                                            HotBeacons.of(
                                                                                    known,
                                                                                    reply
                                                                                            .server()))));
        } else {
            userKeys.add(HotBeaconKeys.single().key());
            answer = underOneBeacon(userId, userKeys, query, deadline, BEACONS_TRIED);
        }
        return answer.handle(RedisHotTierReader::result).thenCompose(stage -> stage);
    }

    /**
     * Reads until the answer and the beacon it stands under are of one version: a part that starts
     * writes its beacon between the two, and its neighbour right after.
     */
    private CompletableFuture<HotAnswer> underOneBeacon(
            String userId,
            List<byte[]> userKeys,
            InteractionQuery query,
            Instant deadline,
            int tries) {
        return ask(userId, userKeys, query, query.limit(), deadline)
                .thenCompose(
                        reply ->
                                beacons.ofVersion(reply.beaconVersion(), left(deadline))
                                        .thenCompose(
                                                beacon -> {
                                                    if (tries > 1 && !reply.isUnder(beacon)) {
                                                        return underOneBeacon(
                                                                userId, userKeys, query, deadline,
                                                                tries - 1);
                                                    }
                                                    return CompletableFuture.completedFuture(
                                                            reply.answer(beacon));
                                                }));
    }

    private CompletableFuture<HotReply> ask(
            String userId,
            List<byte[]> userKeys,
            InteractionQuery query,
            int members,
            Instant deadline) {
        List<byte[]> arguments = new ArrayList<>();
        arguments.add(ascii(query.fromMillis()));
        arguments.add(ascii(query.toMillis()));
        arguments.add(ascii(members));
        for (InteractionType type : query.types()) {
            arguments.add(type.name().getBytes(StandardCharsets.US_ASCII));
        }
        Duration wait = left(deadline);
        if (wait.isZero() || wait.isNegative()) {
            return CompletableFuture.failedFuture(new TimeoutException());
        }
        return connection
                .answer(script, userKeys, arguments, wait)
                .thenCompose(
                        raw -> {
                            HotReply reply = new HotReply(userId, query, raw);
                            return members < ALL && reply.isCutShort()
                                    ? ask(userId, userKeys, query, ALL, deadline)
                                    : CompletableFuture.completedFuture(reply);
                        });
    }

    private Duration left(Instant deadline) {
        return Duration.between(clock.instant(), deadline);
    }

    private static byte[] ascii(long number) {
        return Long.toString(number).getBytes(StandardCharsets.US_ASCII);
    }

    private static CompletionStage<HotAnswer> result(HotAnswer answer, Throwable thrown) {
        if (thrown == null) {
            return CompletableFuture.completedStage(answer);
        }
        Throwable failure =
                thrown instanceof CompletionException && thrown.getCause() != null
                        ? thrown.getCause()
                        : thrown;
        if (failure instanceof TimeoutException) {
            return failed(
                    Kind.DEADLINE, "the hot tier did not answer before the deadline", failure);
        }
        if (failure instanceof IllegalArgumentException) {
            return failed(
                    Kind.CORRUPT,
                    "the hot tier holds what no job writes: " + failure.getMessage(),
                    failure);
        }
        return failed(Kind.UNAVAILABLE, "cannot read the hot tier: " + failure, failure);
    }

    private static CompletionStage<HotAnswer> failed(Kind kind, String why, Throwable cause) {
        return CompletableFuture.failedStage(new StoreReadException(kind, why, cause));
    }

    @Override
    public void close() {
        connection.close();
    }
}
