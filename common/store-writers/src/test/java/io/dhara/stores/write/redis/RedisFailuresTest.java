package io.dhara.stores.write.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.stores.write.FeatureStoreWriter.Result;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.exceptions.JedisDataException;

final class RedisFailuresTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "OOM command not allowed when used memory > 'maxmemory'.",
                "@user_script: 161: -OOM command not allowed when used memory > 'maxmemory'.",
                "ERR Error running script (call to f_1): @user_script:161: @user_script: 161: -READONLY"
                        + " You can't write against a read only replica.",
                "LOADING Redis is loading the dataset in memory",
                "READONLY You can't write against a read only replica.",
                "MISCONF Redis is configured to save RDB snapshots",
                "NOREPLICAS Not enough good replicas to write.",
                "CLUSTERDOWN Hash slot not served",
                "TRYAGAIN Multiple keys request during rehashing of slot",
                "BUSY Redis is busy running a script.",
                "NOAUTH Authentication required.",
                "ERR something nobody has seen yet"
            })
    void of_statesThatPassAndTheUnknown_isRetry(String message) {
        assertThat(RedisFailures.of(new JedisDataException(message)).result())
                .isEqualTo(Result.RETRY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "WRONGTYPE Operation against a key holding the wrong kind of value",
                "TOOMANY feature groups under one key: at most 6553",
                "ERR Error running script (call to f_1): @user_script:9: attempt to index a nil value"
            })
    void of_whatWillNeverBeTaken_isRefusedWithTheMessage(String message) {
        assertThat(RedisFailures.of(new JedisDataException(message)).result())
                .isEqualTo(Result.REFUSED);
        assertThat(RedisFailures.of(new JedisDataException(message)).detail()).contains(message);
    }
}
