package io.dhara.benchmarks;

import io.dhara.core.interaction.Interaction;
import io.dhara.sessionizer.InteractionSessionizerConfig;
import io.dhara.stores.write.interaction.ColdTierWriter;
import io.dhara.stores.write.interaction.HotTierWriter;
import io.dhara.stores.write.interaction.HotTierWriter.HotAdd;
import io.dhara.stores.write.redis.RedisHotTierWriter;
import io.dhara.stores.write.scylla.ScyllaColdTierWriter;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** Users with a history, written to the tiers by the job's own writers. */
final class ReadUsers {
    static final int K = 100;
    private static final Duration WEEKS = Duration.ofDays(24 * 7 - 1);
    private static final Duration OPEN_SESSION = Duration.ofMinutes(20);
    private static final int AT_ONCE = 16;
    private static final long WITHIN_SECONDS = 120;
    private static final int PRODUCTS = 1_000_000;
    private static final int CATALOGS = 10_000;

    private final InteractionSessionizerConfig config;
    private final Random random = new Random(1);
    private long lastMicros = TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis());

    /**
     * How much a user of a kind has done, by type in the order of {@link SessionLoad#TYPES}.
     *
     * @param name prefix of the users' ids
     */
    record Kind(String name, int users, int... interactions) {
        String user(int number) {
            return name + number;
        }
    }

    ReadUsers(InteractionSessionizerConfig config) {
        this.config = config;
    }

    /** An open session whose history is complete: the hot tier alone answers. */
    void fillHot(Kind kind) {
        try (HotTierWriter writer =
                RedisHotTierWriter.open(
                        config.stores().hot(), config.hot(), config.rules().types(), 0, 1)) {
            await(writer.isWhole());
            await(writer.establish());
            for (int i = 0; i < kind.users; i++) {
                List<Interaction> all = interactions(kind, kind.user(i), OPEN_SESSION);
                long epoch = ++lastMicros;
                await(writer.add(List.of(new HotAdd(kind.user(i), epoch, false, all))));
                if (!await(writer.load(kind.user(i), epoch, List.of()))) {
                    throw new IllegalStateException(kind.user(i) + " did not become hot");
                }
            }
        }
    }

    /** Closed sessions of half a year. */
    void fillCold(Kind kind) {
        try (ColdTierWriter writer =
                ScyllaColdTierWriter.open(
                        config.stores().cold(),
                        config.cold(),
                        config.rules().types(),
                        Clock.systemUTC())) {
            List<CompletableFuture<?>> open = new ArrayList<>();
            for (int i = 0; i < kind.users; i++) {
                long micros = ++lastMicros;
                open.add(
                        writer.prepare(kind.user(i), interactions(kind, kind.user(i), WEEKS))
                                .thenCompose(prepared -> prepared.write(micros))
                                .toCompletableFuture());
                if (open.size() == AT_ONCE) {
                    open.forEach(ReadUsers::await);
                    open.clear();
                }
            }
            open.forEach(ReadUsers::await);
        }
    }

    private List<Interaction> interactions(Kind kind, String user, Duration age) {
        long now = System.currentTimeMillis();
        List<Interaction> all = new ArrayList<>();
        for (int type = 0; type < SessionLoad.TYPES.size(); type++) {
            String name = SessionLoad.TYPES.get(type);
            for (int i = 0; i < kind.interactions[type]; i++) {
                all.add(
                        new Interaction(
                                user,
                                name,
                                random.nextInt(PRODUCTS),
                                random.nextInt(CATALOGS),
                                now - (long) (random.nextDouble() * age.toMillis()),
                                name.equals("ORDER") ? "so-" + i : "",
                                ""));
            }
        }
        return all;
    }

    private static <T> T await(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(WITHIN_SECONDS, TimeUnit.SECONDS).join();
    }
}
