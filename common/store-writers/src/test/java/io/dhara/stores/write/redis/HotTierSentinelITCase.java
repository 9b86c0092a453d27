package io.dhara.stores.write.redis;

import static io.dhara.stores.write.redis.HotTierFixture.EPOCH;
import static io.dhara.stores.write.redis.HotTierFixture.READS_WITHIN;
import static io.dhara.stores.write.redis.HotTierFixture.T;
import static io.dhara.stores.write.redis.HotTierFixture.TYPES;
import static io.dhara.stores.write.redis.HotTierFixture.await;
import static io.dhara.stores.write.redis.HotTierFixture.click;
import static io.dhara.stores.write.redis.HotTierFixture.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.stores.interaction.HotAnswer;
import io.dhara.stores.interaction.HotAnswer.State;
import io.dhara.stores.interaction.HotTierConfig;
import io.dhara.stores.interaction.HotTierReader;
import io.dhara.stores.interaction.InteractionQuery;
import io.dhara.stores.redis.RedisHotTierReader;
import io.dhara.stores.write.interaction.HotTierWriter;
import io.dhara.stores.write.interaction.HotTierWriter.Added;
import io.dhara.stores.write.interaction.HotTierWriter.HotAdd;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/** A replica that has the markers is promoted: it may lag, so nothing is trusted until rebuilt. */
final class HotTierSentinelITCase {
    private static final String U = "u1";

    @Test
    void master_killed_theNewOnesMarkersAreNotTrustedUntilEverythingIsAddedAgain(@TempDir Path dir)
            throws Exception {
        HotTierConfig tier = HotTierConfig.defaults();
        try (EmbeddedSentinel sentinel = EmbeddedSentinel.start(dir);
                HotTierWriter writer =
                        RedisHotTierWriter.open(sentinel.config(), tier, TYPES, 0, 1);
                HotTierReader reader =
                        RedisHotTierReader.open(
                                sentinel.config(), tier, TYPES, Clock.systemUTC())) {
            eventually(writer::isWhole);
            rebuild(writer, reader);
            try (Jedis replica = new Jedis("127.0.0.1", sentinel.replica().port())) {
                Awaitility.await()
                        .atMost(READS_WITHIN)
                        .until(() -> "hot".equals(replica.hget(U + "_SESSION", "state")));
            }

            sentinel.master().kill();
            HotAnswer promoted = eventually(() -> read(reader));
            assertThat(promoted.state()).isEqualTo(State.LOADING);
            assertThat(promoted.established()).isFalse();
            assertThat(promoted.lists().get(0).interactions()).isNotEmpty();

            assertThat(eventually(writer::isWhole)).isFalse();
            rebuild(writer, reader);
        }
    }

    private static void rebuild(HotTierWriter writer, HotTierReader reader) {
        HotAdd add = new HotAdd(U, EPOCH, false, List.of(click(U, 1, T)));
        assertThat(eventually(() -> writer.add(List.of(add)))).containsExactly(Added.LOADING);
        eventually(writer::establish);
        assertThat(await(writer.load(U, EPOCH, List.of()))).isTrue();
        HotAnswer answer = eventually(() -> read(reader));
        assertThat(answer.state()).isEqualTo(State.HOT);
        assertThat(answer.established()).isTrue();
    }

    private static CompletionStage<HotAnswer> read(HotTierReader reader) {
        return reader.read(
                U,
                new InteractionQuery(
                        List.of(TYPES.byName("CLICK").orElseThrow()), 0, Long.MAX_VALUE, 100),
                Instant.now().plus(READS_WITHIN));
    }
}
