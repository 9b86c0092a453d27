package io.dhara.stores.write.redis;

import static io.dhara.stores.write.redis.HotTierFixture.EPOCH;
import static io.dhara.stores.write.redis.HotTierFixture.HEALS_WITHIN;
import static io.dhara.stores.write.redis.HotTierFixture.READS_WITHIN;
import static io.dhara.stores.write.redis.HotTierFixture.T;
import static io.dhara.stores.write.redis.HotTierFixture.TYPES;
import static io.dhara.stores.write.redis.HotTierFixture.await;
import static io.dhara.stores.write.redis.HotTierFixture.click;
import static io.dhara.stores.write.redis.HotTierFixture.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dhara.stores.Endpoint;
import io.dhara.stores.interaction.HotAnswer;
import io.dhara.stores.interaction.HotAnswer.State;
import io.dhara.stores.interaction.HotTierConfig;
import io.dhara.stores.interaction.HotTierConfig.KeyStyle;
import io.dhara.stores.interaction.HotTierReader;
import io.dhara.stores.interaction.InteractionQuery;
import io.dhara.stores.redis.RedisConfig;
import io.dhara.stores.redis.RedisHotTierReader;
import io.dhara.stores.write.interaction.HotTierWriter;
import io.dhara.stores.write.interaction.HotTierWriter.HotAdd;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/** The hot tier on a real cluster: one beacon per primary, and losses of one primary. */
final class HotTierClusterITCase {
    private static final HotTierConfig TIER =
            new HotTierConfig(
                    KeyStyle.HASH_TAG,
                    HotTierConfig.Member.EVENT,
                    HotTierConfig.defaults().ttl(),
                    HotTierConfig.defaults().beaconRefresh());
    private static final List<String> USERS =
            IntStream.range(0, 30).mapToObj(i -> "u" + i).toList();

    @Test
    void cluster_sessionsFlushedRestartedAndMovedNodes_areNoticedAndRebuilt(@TempDir Path dir)
            throws Exception {
        try (EmbeddedCluster cluster = EmbeddedCluster.start(dir);
                HotTierWriter writer =
                        RedisHotTierWriter.open(cluster.config(), TIER, TYPES, 0, 1);
                HotTierReader reader =
                        RedisHotTierReader.open(cluster.config(), TIER, TYPES, Clock.systemUTC())) {
            assertThat(eventually(writer::isWhole)).isFalse();
            rebuild(writer, reader, 1);

            try (Jedis admin = cluster.admin(1)) {
                admin.flushAll();
            }
            Awaitility.await()
                    .atMost(HEALS_WITHIN)
                    .until(() -> !read(reader, userOf(1)).established());
            assertThat(read(reader, userOf(0)).state()).isEqualTo(State.HOT);
            assertThat(await(writer.isWhole())).isFalse();
            Awaitility.await()
                    .atMost(HEALS_WITHIN)
                    .until(() -> !read(reader, userOf(0)).established());
            rebuild(writer, reader, 2);

            cluster.node(2).restart();
            cluster.awaitFormed();
            assertThat(eventually(() -> ask(reader, userOf(2))).established()).isFalse();
            assertThat(eventually(writer::isWhole)).isFalse();
            rebuild(writer, reader, 3);

            cluster.moveAllSlots(1, 2);
            assertThat(eventuallyNotWhole(writer)).isTrue();
            rebuild(writer, reader, 4);
        }
    }

    @Test
    void open_plainKeysOnACluster_failsWithTheRemedy() {
        assertThatThrownBy(
                        () ->
                                RedisHotTierWriter.open(
                                        RedisConfig.of(
                                                RedisConfig.Mode.CLUSTER,
                                                List.of(new Endpoint("127.0.0.1", 1)),
                                                ""),
                                        HotTierConfig.defaults(),
                                        TYPES,
                                        0,
                                        1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("interactions.hot.key-style to hash-tag");
    }

    private static String userOf(int node) {
        return USERS.stream()
                .filter(user -> EmbeddedCluster.nodeOf("{" + user + "}") == node)
                .findFirst()
                .orElseThrow();
    }

    /** Adds and loads all users until all are hot to the reader, as a job would. */
    private static void rebuild(HotTierWriter writer, HotTierReader reader, long round) {
        for (String user : USERS) {
            HotAdd add = new HotAdd(user, EPOCH + round, false, List.of(click(user, round, T)));
            eventually(() -> writer.add(List.of(add)));
            eventually(() -> writer.load(user, EPOCH + round, List.of(click(user, 99, T - 1))));
        }
        eventually(writer::establish);
        Awaitility.await()
                .atMost(HEALS_WITHIN)
                .untilAsserted(
                        () ->
                                assertThat(USERS)
                                        .allSatisfy(user -> assertHot(read(reader, user), round)));
    }

    private static void assertHot(HotAnswer answer, long round) {
        assertThat(answer.established()).isTrue();
        assertThat(answer.state()).isEqualTo(State.HOT);
        assertThat(answer.lists().get(0).complete()).isTrue();
        assertThat(answer.lists().get(0).interactions())
                .extracting(interaction -> interaction.productId())
                .contains(round, 99L);
    }

    private static boolean eventuallyNotWhole(HotTierWriter writer) {
        Awaitility.await()
                .atMost(HEALS_WITHIN)
                .until(
                        () -> {
                            try {
                                return !await(writer.isWhole());
                            } catch (CompletionException e) {
                                return false;
                            }
                        });
        return true;
    }

    private static HotAnswer read(HotTierReader reader, String user) {
        return await(ask(reader, user));
    }

    private static CompletionStage<HotAnswer> ask(HotTierReader reader, String user) {
        return reader.read(
                user,
                new InteractionQuery(
                        List.of(TYPES.byName("CLICK").orElseThrow()), 0, Long.MAX_VALUE, 100),
                Instant.now().plus(READS_WITHIN));
    }
}
