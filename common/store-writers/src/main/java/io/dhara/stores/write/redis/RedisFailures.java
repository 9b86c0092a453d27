package io.dhara.stores.write.redis;

import io.dhara.stores.write.FeatureStoreWriter.Outcome;
import io.dhara.stores.write.FeatureStoreWriter.Result;
import java.util.List;
import redis.clients.jedis.exceptions.JedisDataException;

/** Tells answers that will be the same next time from those that may not be. */
final class RedisFailures {
    /** The key or the call is wrong, whatever the state of the server. */
    private static final List<String> FINAL =
            List.of(
                    "WRONGTYPE",
                    "TOOMANY",
                    "ERR Error running script",
                    "ERR Error compiling script");

    /** States of a server that pass; inside a script's error they stand behind a dash. */
    private static final List<String> PASSING =
            List.of(
                    "OOM ",
                    "LOADING ",
                    "READONLY ",
                    "MISCONF ",
                    "NOREPLICAS ",
                    "MASTERDOWN ",
                    "CLUSTERDOWN ",
                    "TRYAGAIN ",
                    "BUSY ",
                    "UNKILLABLE ",
                    "MOVED ",
                    "ASK ");

    private RedisFailures() {}

    /** REFUSED for what the server will never take; RETRY for all else, also for the unknown. */
    static Outcome of(JedisDataException error) {
        String message = String.valueOf(error.getMessage());
        boolean passing =
                PASSING.stream().anyMatch(p -> message.startsWith(p) || message.contains("-" + p));
        boolean last = !passing && FINAL.stream().anyMatch(message::startsWith);
        return new Outcome(last ? Result.REFUSED : Result.RETRY, "Redis answered: " + message);
    }

    /** No answer, or none that can be told apart. */
    static Outcome noAnswer(Throwable error) {
        return new Outcome(Result.RETRY, "no answer from Redis: " + error);
    }
}
