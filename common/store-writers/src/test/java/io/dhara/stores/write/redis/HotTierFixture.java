package io.dhara.stores.write.redis;

import io.dhara.core.config.Settings;
import io.dhara.core.interaction.Interaction;
import io.dhara.core.interaction.InteractionType;
import io.dhara.core.interaction.InteractionTypes;
import io.dhara.embedded.EmbeddedRedis;
import io.dhara.stores.Endpoint;
import io.dhara.stores.interaction.HotAnswer;
import io.dhara.stores.interaction.HotTierConfig;
import io.dhara.stores.interaction.HotTierReader;
import io.dhara.stores.interaction.InteractionQuery;
import io.dhara.stores.redis.RedisConfig;
import io.dhara.stores.redis.RedisHotTierReader;
import io.dhara.stores.write.interaction.HotTierWriter;
import io.dhara.stores.write.interaction.HotTierWriter.Added;
import io.dhara.stores.write.interaction.HotTierWriter.HotAdd;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/** A Redis of its own for the class, empty for each test, with a writer and a reader. */
abstract class HotTierFixture {
    static final long T = 1_767_225_600_000L;
    static final long EPOCH = 1_000;
    static final long FOREVER = Long.MAX_VALUE;
    static final int CLICK_LIMIT = 5;
    static final InteractionTypes TYPES = types(CLICK_LIMIT);
    static final Duration READS_WITHIN = Duration.ofSeconds(10);
    static final Duration HEALS_WITHIN = Duration.ofSeconds(60);

    @TempDir static Path dir;
    static EmbeddedRedis server;

    Jedis redis;
    HotTierWriter writer;
    HotTierReader reader;

    @BeforeAll
    static void startServer() throws Exception {
        server = EmbeddedRedis.start(dir.resolve("redis"));
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void open() {
        redis = new Jedis("127.0.0.1", server.port());
        redis.flushAll();
        writer = writer(0, 1);
        reader = reader(config());
    }

    @AfterEach
    void close() {
        writer.close();
        reader.close();
        redis.close();
    }

    static InteractionTypes types(int clickLimit) {
        Settings settings =
                Settings.parse(
                        Map.of("interactions.type.CLICK.hot-limit", String.valueOf(clickLimit)));
        InteractionTypes types = InteractionTypes.from(settings);
        settings.finish();
        return types;
    }

    HotTierConfig config() {
        return HotTierConfig.defaults();
    }

    static RedisConfig standalone() {
        return RedisConfig.standalone(new Endpoint("127.0.0.1", server.port()));
    }

    HotTierWriter writer(int part, int parts) {
        return RedisHotTierWriter.open(standalone(), config(), TYPES, part, parts);
    }

    static HotTierReader reader(HotTierConfig config) {
        return RedisHotTierReader.open(standalone(), config, TYPES, Clock.systemUTC());
    }

    static Interaction click(String user, long product, long time) {
        return new Interaction(user, "CLICK", product, 7, time, "", "");
    }

    Added add(String user, long epoch, Interaction... interactions) {
        return add(writer, user, epoch, false, interactions);
    }

    static Added add(
            HotTierWriter writer,
            String user,
            long epoch,
            boolean continues,
            Interaction... interactions) {
        HotAdd add = new HotAdd(user, epoch, continues, Arrays.asList(interactions));
        return await(writer.add(List.of(add))).get(0);
    }

    boolean load(String user, long epoch, Interaction... history) {
        return await(writer.load(user, epoch, Arrays.asList(history)));
    }

    boolean closeSession(String user, long epoch) {
        return await(writer.close(user, epoch));
    }

    /** Says that everything is there, as a job does that finds the tier empty. */
    void establish() {
        establish(writer);
    }

    static void establish(HotTierWriter writer) {
        await(writer.isWhole());
        await(writer.establish());
    }

    HotAnswer read(String user) {
        return read(user, 0, FOREVER, 100);
    }

    HotAnswer read(String user, long from, long to, int limit) {
        return read("CLICK", user, from, to, limit);
    }

    /** The newest of a type, newest first. */
    List<Interaction> readType(String typeName, String user, int limit) {
        return read(typeName, user, 0, FOREVER, limit).lists().get(0).interactions();
    }

    private HotAnswer read(String typeName, String user, long from, long to, int limit) {
        InteractionType type = TYPES.byName(typeName).orElseThrow();
        return await(
                reader.read(
                        user,
                        new InteractionQuery(List.of(type), from, to, limit),
                        Instant.now().plus(READS_WITHIN)));
    }

    /** Clicks of a user, newest first. */
    List<Interaction> clicks(String user) {
        return read(user).lists().get(0).interactions();
    }

    /** Goes on with writer, reader and client of another server. */
    void use(EmbeddedRedis other) {
        close();
        RedisConfig config = RedisConfig.standalone(new Endpoint("127.0.0.1", other.port()));
        redis = new Jedis("127.0.0.1", other.port());
        writer = RedisHotTierWriter.open(config, config(), TYPES, 0, 1);
        reader = RedisHotTierReader.open(config, config(), TYPES, Clock.systemUTC());
    }

    /** The first answer of a reader whose server was away. */
    HotAnswer readWhenBack() {
        return eventually(
                () ->
                        reader.read(
                                "u1",
                                new InteractionQuery(
                                        List.of(TYPES.byName("CLICK").orElseThrow()),
                                        0,
                                        FOREVER,
                                        100),
                                Instant.now().plus(READS_WITHIN)));
    }

    /** The first answer that is no failure. */
    static <T> T eventually(Supplier<CompletionStage<T>> call) {
        List<T> answers = new ArrayList<>();
        Awaitility.await()
                .atMost(HEALS_WITHIN)
                .until(
                        () -> {
                            try {
                                answers.add(await(call.get()));
                                return true;
                            } catch (CompletionException e) {
                                return false;
                            }
                        });
        return answers.get(0);
    }

    static <T> T await(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
    }
}
