package io.dhara.stores.write.redis;

import io.dhara.core.interaction.Interaction;
import io.dhara.core.interaction.InteractionType;
import io.dhara.stores.interaction.HotMembers;
import io.dhara.stores.interaction.InteractionQuery;
import io.dhara.stores.write.interaction.HotTierWriter.Added;
import io.dhara.stores.write.interaction.HotTierWriter.HotAdd;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.AbstractPipeline;
import redis.clients.jedis.RedisClient;

/**
 * Adds to the hot tier beside their limit, raw pipelined ZADDs of the same members, and reads, in
 * one run: {@code ./mvnw -pl common/store-writers -am verify -Dit.test=HotTierBenchmark -Dtest=NONE
 * -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false}
 */
final class HotTierBenchmark extends HotTierFixture {
    private static final int USERS = 20_000;
    private static final int PIPELINE = 512;
    private static final int ROUNDS = 5;
    private static final int IN_FLIGHT = 4;
    private static final List<String> NAMES =
            IntStream.range(0, USERS).mapToObj(i -> "user" + i).toList();

    @Test
    void throughput() {
        establish();
        System.out.printf("%d users, pipeline of %d, members of 28 bytes%n", USERS, PIPELINE);
        try (RedisClient raw = RedisClient.create("127.0.0.1", server.port())) {
            for (int round = 0; round < ROUNDS; round++) {
                int now = round;
                double cpu = cpuSeconds();
                double first = perSecond(() -> adds(now * 10, 1, EPOCH + now, false));
                double firstCpu = (cpuSeconds() - cpu) / USERS * 1e6;
                cpu = cpuSeconds();
                double one = perSecond(() -> adds(now * 10 + 1, 1, EPOCH + now, true));
                double oneCpu = (cpuSeconds() - cpu) / USERS * 1e6;
                double four = perSecond(() -> adds(now * 10 + 2, 4, EPOCH + now, true));
                cpu = cpuSeconds();
                double zadd = perSecond(() -> zadds(raw, now));
                double zaddCpu = (cpuSeconds() - cpu) / USERS * 1e6;
                double read = perSecond(() -> reads(2));
                perSecond(() -> closes(EPOCH + now));
                System.out.printf(
                        "ZADD %,.0f/s (%.1f us of Redis' CPU); first add of a session %,.0f/s (%.1f"
                                + " us); add of 1 %,.0f/s (%.1f us, %.2f of ZADD); add of 4 %,.0f/s ="
                                + " %,.0f events/s; read of 2 types %,.0f/s%n",
                        zadd,
                        zaddCpu,
                        first,
                        firstCpu,
                        one,
                        oneCpu,
                        one / zadd,
                        four,
                        4 * four,
                        read);
            }
        }
    }

    private void adds(int from, int events, long epoch, boolean continues) {
        List<CompletionStage<List<Added>>> answers = new ArrayList<>();
        for (int at = 0; at < USERS; at += PIPELINE) {
            List<HotAdd> adds = new ArrayList<>();
            for (String user : NAMES.subList(at, Math.min(USERS, at + PIPELINE))) {
                List<Interaction> clicks =
                        IntStream.range(from, from + events)
                                .mapToObj(i -> new Interaction(user, "SHARE", i, 7, T + i, "", ""))
                                .toList();
                adds.add(new HotAdd(user, epoch, continues, clicks));
            }
            answers.add(writer.add(adds));
            if (answers.size() >= IN_FLIGHT) {
                await(answers.remove(0));
            }
        }
        answers.forEach(HotTierFixture::await);
    }

    private void closes(long epoch) {
        List<CompletableFuture<Boolean>> answers = new ArrayList<>();
        for (String user : NAMES) {
            answers.add(writer.close(user, epoch).toCompletableFuture());
            if (answers.size() >= IN_FLIGHT * PIPELINE) {
                await(answers.remove(0));
            }
        }
        answers.forEach(HotTierFixture::await);
    }

    private static void zadds(RedisClient raw, int round) {
        for (int at = 0; at < USERS; at += PIPELINE) {
            try (AbstractPipeline pipeline = raw.pipelined()) {
                for (String user : NAMES.subList(at, Math.min(USERS, at + PIPELINE))) {
                    Interaction click = new Interaction(user, "SHARE", 1, 7, T + round, "", "");
                    pipeline.zadd(
                            (user + "_RAW").getBytes(StandardCharsets.UTF_8),
                            click.eventTimeMillis(),
                            HotMembers.event(click));
                }
                pipeline.sync();
            }
        }
    }

    private void reads(int types) {
        List<InteractionType> wanted =
                List.of("SHARE", "ORDER").subList(0, types).stream()
                        .map(name -> TYPES.byName(name).orElseThrow())
                        .toList();
        InteractionQuery query = new InteractionQuery(wanted, 0, FOREVER, 100);
        List<CompletionStage<?>> answers = new ArrayList<>();
        for (String user : NAMES) {
            answers.add(reader.read(user, query, Instant.now().plus(READS_WITHIN)));
            if (answers.size() >= PIPELINE) {
                await(answers.remove(0));
            }
        }
        answers.forEach(answer -> await(answer));
    }

    private double cpuSeconds() {
        String info = redis.info("cpu");
        return field(info, "used_cpu_user:") + field(info, "used_cpu_sys:");
    }

    private static double field(String info, String name) {
        int at = info.indexOf(name) + name.length();
        return Double.parseDouble(info.substring(at, info.indexOf('\r', at)));
    }

    private static double perSecond(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return USERS / ((System.nanoTime() - start) / 1e9);
    }
}
