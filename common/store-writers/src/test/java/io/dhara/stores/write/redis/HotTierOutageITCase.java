package io.dhara.stores.write.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dhara.core.config.Settings;
import io.dhara.embedded.EmbeddedRedis;
import io.dhara.stores.interaction.HotAnswer;
import io.dhara.stores.interaction.HotAnswer.State;
import io.dhara.stores.interaction.HotTierConfig;
import io.dhara.stores.interaction.HotTierReader;
import io.dhara.stores.interaction.InteractionQuery;
import io.dhara.stores.read.StoreReadException;
import io.dhara.stores.redis.RedisConfig;
import io.dhara.stores.redis.RedisHotTierReader;
import io.dhara.stores.write.interaction.HotTierException;
import io.dhara.stores.write.interaction.HotTierWriter;
import io.dhara.stores.write.interaction.HotTierWriter.Added;
import io.dhara.stores.write.interaction.HotTierWriter.HotAdd;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/** Redis away at open, hanging, killed and full: calls fail in time, and it heals by itself. */
final class HotTierOutageITCase {
    private static final String U = "u1";
    private static final Duration READS_WITHIN = Duration.ofSeconds(1);

    @Test
    void redis_awayHangingAndKilled_failsInTimeAndHeals(@TempDir Path dir) throws Exception {
        try (EmbeddedRedis server = EmbeddedRedis.startPersistent(dir)) {
            server.kill();
            try (HotTierWriter writer = writer(server);
                    HotTierReader reader = reader(server)) {
                assertUnavailable(reader);
                assertFails(add(writer, 1));

                server.start();
                assertThat(HotTierFixture.eventually(writer::isWhole)).isFalse();
                rebuild(writer, reader, 1);

                assertHangIsSurvived(server, writer, reader);

                server.kill(); // everything acknowledged survives, but that nobody can know
                assertUnavailable(reader);
                assertFails(add(writer, 2));
                server.start();
                HotAnswer back = HotTierFixture.eventually(() -> read(reader));
                assertThat(back.established()).isFalse();
                assertThat(back.state()).isEqualTo(State.LOADING);
                assertThat(back.lists().get(0).interactions()).isNotEmpty();
                assertThat(HotTierFixture.eventually(writer::isWhole)).isFalse();
                rebuild(writer, reader, 2);
            }
        }
    }

    /** A process that is stopped keeps its connections and answers nothing. */
    private static void assertHangIsSurvived(
            EmbeddedRedis server, HotTierWriter writer, HotTierReader reader) throws Exception {
        signal("-STOP", server.pid());
        try {
            long start = System.nanoTime();
            assertThat(kind(reader)).isEqualTo(StoreReadException.Kind.DEADLINE);
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(READS_WITHIN, READS_WITHIN.plusMillis(500));
            assertFails(add(writer, 1));
            assertFails(writer.isWhole());
        } finally {
            signal("-CONT", server.pid());
        }
        assertThat(HotTierFixture.eventually(writer::isWhole)).as("nothing was lost").isTrue();
        HotAnswer after = HotTierFixture.eventually(() -> read(reader));
        assertThat(after.state()).isEqualTo(State.HOT);
        assertThat(after.established()).isTrue();
    }

    @Test
    void redis_full_failsTheCallWithoutAnyEffect(@TempDir Path dir) throws Exception {
        try (EmbeddedRedis server = EmbeddedRedis.start(dir);
                Jedis admin = new Jedis("127.0.0.1", server.port());
                HotTierWriter writer = writer(server);
                HotTierReader reader = reader(server)) {
            HotTierFixture.await(writer.isWhole());
            rebuild(writer, reader, 1);
            Map<String, String> marker = admin.hgetAll(U + "_SESSION");
            admin.configSet("maxmemory", "1");
            assertFails(add(writer, 2));
            admin.configSet("maxmemory", "0");
            assertThat(admin.hgetAll(U + "_SESSION")).isEqualTo(marker);
            assertThat(HotTierFixture.await(add(writer, 2)).get(0)).isEqualTo(Added.HOT);
        }
    }

    @Test
    void writer_closed_failsWhatWaitsAndWhatComes(@TempDir Path dir) throws Exception {
        try (EmbeddedRedis server = EmbeddedRedis.start(dir)) {
            HotTierWriter writer = writer(server);
            HotTierFixture.await(writer.isWhole());
            writer.close();
            writer.close();
            assertFails(add(writer, 1));
            assertFails(writer.isWhole());
        }
    }

    private static void rebuild(HotTierWriter writer, HotTierReader reader, long product) {
        HotTierFixture.eventually(() -> add(writer, product));
        HotTierFixture.await(writer.establish());
        assertThat(HotTierFixture.await(writer.load(U, HotTierFixture.EPOCH, List.of()))).isTrue();
        HotAnswer answer = HotTierFixture.eventually(() -> read(reader));
        assertThat(answer.state()).isEqualTo(State.HOT);
        assertThat(answer.established()).isTrue();
    }

    private static CompletionStage<List<Added>> add(HotTierWriter writer, long product) {
        return writer.add(
                List.of(
                        new HotAdd(
                                U,
                                HotTierFixture.EPOCH,
                                false,
                                List.of(HotTierFixture.click(U, product, HotTierFixture.T)))));
    }

    private static void assertFails(CompletionStage<?> call) {
        assertThatThrownBy(() -> HotTierFixture.await(call))
                .hasCauseInstanceOf(HotTierException.class);
    }

    private static void assertUnavailable(HotTierReader reader) {
        assertThat(kind(reader)).isEqualTo(StoreReadException.Kind.UNAVAILABLE);
    }

    private static StoreReadException.Kind kind(HotTierReader reader) {
        try {
            throw new AssertionError("answered " + HotTierFixture.await(read(reader)));
        } catch (CompletionException e) {
            return ((StoreReadException) e.getCause()).kind();
        }
    }

    private static CompletionStage<HotAnswer> read(HotTierReader reader) {
        return reader.read(
                U,
                new InteractionQuery(
                        List.of(HotTierFixture.TYPES.byName("CLICK").orElseThrow()),
                        0,
                        Long.MAX_VALUE,
                        100),
                Instant.now().plus(READS_WITHIN));
    }

    private static HotTierWriter writer(EmbeddedRedis server) {
        return RedisHotTierWriter.open(
                config(server), HotTierConfig.defaults(), HotTierFixture.TYPES, 0, 1);
    }

    private static HotTierReader reader(EmbeddedRedis server) {
        return RedisHotTierReader.open(
                config(server), HotTierConfig.defaults(), HotTierFixture.TYPES, Clock.systemUTC());
    }

    private static RedisConfig config(EmbeddedRedis server) {
        return RedisConfig.from(
                Settings.parse(
                        Map.of("redis.hosts", server.address(), "redis.request-timeout", "1 s")),
                "redis");
    }

    private static void signal(String signal, long pid) throws Exception {
        Process kill = new ProcessBuilder("kill", signal, Long.toString(pid)).start();
        assertThat(kill.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(kill.exitValue()).isZero();
    }
}
