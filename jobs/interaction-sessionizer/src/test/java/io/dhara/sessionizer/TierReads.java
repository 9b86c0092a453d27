package io.dhara.sessionizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.cql.Row;
import io.dhara.core.interaction.Interaction;
import io.dhara.core.interaction.InteractionBlock;
import io.dhara.core.interaction.InteractionIdentity;
import io.dhara.core.interaction.InteractionType;
import io.dhara.core.interaction.WeekSlots;
import io.dhara.stores.interaction.ColdTierReader;
import io.dhara.stores.interaction.HotAnswer;
import io.dhara.stores.interaction.HotTierReader;
import io.dhara.stores.interaction.InteractionQuery;
import io.dhara.stores.interaction.TypeInteractions;
import io.dhara.stores.read.StoreReadException;
import io.dhara.stores.redis.RedisHotTierReader;
import io.dhara.stores.scylla.ScyllaColdTierReader;
import io.dhara.stores.scylla.WeekTables;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads the tiers as serving does: the hot one first, the cold one after it unless the hot answer
 * is complete, and the union of both. Thread-safe.
 */
final class TierReads implements AutoCloseable {
    private static final int LIMIT = 2000;
    private static final Duration READ_WITHIN = Duration.ofSeconds(15);
    private static final Duration HOT_WITHIN = Duration.ofMillis(500);
    private static final Duration TRY_WITHIN = Duration.ofSeconds(2);
    private static final int READS_AT_ONCE = 64;

    /**
     * What a reader was told of a user.
     *
     * @param flagged whether it was also told that the newest may be missing
     * @param hotAnswered whether the hot tier answered at all
     * @param hotAlone whether the cold tier was not needed
     * @param byType newest first; types without interactions are left out
     */
    record Answer(
            boolean flagged,
            boolean hotAnswered,
            boolean hotAlone,
            Map<String, List<Interaction>> byType) {
        Set<Interaction> all() {
            Set<Interaction> all = new HashSet<>();
            byType.values().forEach(all::addAll);
            return all;
        }
    }

    private final InteractionSessionizerConfig config;
    private final List<InteractionType> types;
    private final HotTierReader hot;
    private final ColdTierReader cold;
    private final CqlSession cql;

    TierReads(InteractionSessionizerConfig config) {
        this.config = config;
        this.types = config.rules().types().stored();
        this.hot =
                RedisHotTierReader.open(
                        config.stores().hot(),
                        config.hot(),
                        config.rules().types(),
                        Clock.systemUTC());
        this.cold =
                ScyllaColdTierReader.open(
                        config.stores().cold(),
                        config.cold(),
                        config.rules().types(),
                        Clock.systemUTC());
        var endpoint = config.stores().cold().contactPoints().get(0);
        this.cql =
                CqlSession.builder()
                        .addContactPoint(new InetSocketAddress(endpoint.host(), endpoint.port()))
                        .withLocalDatacenter(config.stores().cold().datacenter())
                        .withConfigLoader(
                                DriverConfigLoader.programmaticBuilder()
                                        .withDuration(
                                                DefaultDriverOption.RECONNECTION_BASE_DELAY,
                                                Duration.ofMillis(500))
                                        .withDuration(
                                                DefaultDriverOption.RECONNECTION_MAX_DELAY,
                                                Duration.ofSeconds(1))
                                        .build())
                        .build();
    }

    private InteractionQuery everything() {
        long now = System.currentTimeMillis();
        return new InteractionQuery(
                types,
                now - Duration.ofDays(7 * WeekSlots.SLOTS).toMillis(),
                now + Duration.ofMinutes(5).toMillis(),
                LIMIT);
    }

    /** The union of the tiers, or null if a tier that is needed does not answer. */
    @Nullable Answer tryRead(String user) {
        try {
            return await(read(user, Instant.now().plus(TRY_WITHIN)));
        } catch (CompletionException e) {
            if (e.getCause() instanceof StoreReadException) {
                return null;
            }
            throw e;
        }
    }

    /** The union of the tiers; the cold one alone, flagged, if the hot one does not answer. */
    CompletionStage<Answer> read(String user) {
        return read(user, Instant.now().plus(READ_WITHIN));
    }

    /** What the hot tier says, all stored types in their order. */
    HotAnswer hot(String user) {
        return await(hot.read(user, everything(), Instant.now().plus(READ_WITHIN)));
    }

    private CompletionStage<Answer> read(String user, Instant deadline) {
        InteractionQuery query = everything();
        Instant hotDeadline = Instant.now().plus(HOT_WITHIN);
        return hot.read(user, query, hotDeadline)
                .exceptionally(TierReads::notAnswered)
                .thenCompose(
                        answer -> {
                            if (answer.state() == HotAnswer.State.HOT
                                    && answer.lists().stream()
                                            .allMatch(TypeInteractions::complete)) {
                                return CompletableFuture.completedStage(
                                        answer(answer, List.of(), true));
                            }
                            return cold.read(user, query, deadline)
                                    .thenApply(lists -> answer(answer, lists, false));
                        });
    }

    private static HotAnswer notAnswered(Throwable thrown) {
        Throwable cause = thrown instanceof CompletionException ? thrown.getCause() : thrown;
        if (cause instanceof StoreReadException failure
                && failure.kind() != StoreReadException.Kind.CORRUPT) {
            return new HotAnswer(HotAnswer.State.ABSENT, false, List.of());
        }
        throw new CompletionException(cause);
    }

    private Answer answer(HotAnswer hotAnswer, List<TypeInteractions> coldLists, boolean hotAlone) {
        Map<String, List<Interaction>> byType = new TreeMap<>();
        for (int i = 0; i < types.size(); i++) {
            List<Interaction> both = new ArrayList<>();
            if (!hotAnswer.lists().isEmpty()) {
                both.addAll(hotAnswer.lists().get(i).interactions());
                assertNoneTwice(both);
            }
            if (!hotAlone) {
                assertNoneTwice(coldLists.get(i).interactions());
                both.addAll(coldLists.get(i).interactions());
            }
            Map<InteractionIdentity, Interaction> union = new HashMap<>();
            both.stream()
                    .sorted(Interaction.NEWEST_FIRST)
                    .forEach(one -> union.putIfAbsent(InteractionIdentity.of(one), one));
            if (!union.isEmpty()) {
                byType.put(
                        types.get(i).name(),
                        union.values().stream().sorted(Interaction.NEWEST_FIRST).toList());
            }
        }
        return new Answer(!hotAnswer.established(), !hotAnswer.lists().isEmpty(), hotAlone, byType);
    }

    private static void assertNoneTwice(List<Interaction> interactions) {
        assertThat(interactions).isSortedAccordingTo(Interaction.NEWEST_FIRST);
        assertThat(interactions.stream().map(InteractionIdentity::of)).doesNotHaveDuplicates();
    }

    /** Each user's answer; users without any interaction are left out. */
    Map<String, Answer> readAll(Iterable<String> users) {
        Map<String, Answer> found = all(users, this::read);
        found.values().removeIf(answer -> answer.byType().isEmpty() && !answer.flagged());
        return found;
    }

    /** By user and type what the cold tier's reader says. */
    Map<String, Map<String, List<Interaction>>> cold(Iterable<String> users) {
        InteractionQuery query = everything();
        Map<String, Map<String, List<Interaction>>> found =
                all(
                        users,
                        user ->
                                cold.read(user, query, Instant.now().plus(READ_WITHIN))
                                        .thenApply(this::byType));
        found.values().removeIf(Map::isEmpty);
        return found;
    }

    private Map<String, List<Interaction>> byType(List<TypeInteractions> lists) {
        Map<String, List<Interaction>> byType = new TreeMap<>();
        for (int i = 0; i < types.size(); i++) {
            assertThat(lists.get(i).complete()).isTrue();
            if (!lists.get(i).interactions().isEmpty()) {
                byType.put(types.get(i).name(), lists.get(i).interactions());
            }
        }
        return byType;
    }

    private interface Read<T> {
        CompletionStage<T> of(String user);
    }

    /** Whether the cold tier has a cell of a type for any of the users; one cheap query. */
    boolean hasCells(InteractionType type, List<String> users) {
        String any = users.stream().map(user -> "?").collect(Collectors.joining(", "));
        return !cql.execute(
                        "SELECT user_id FROM "
                                + config.stores().cold().keyspace()
                                + "."
                                + WeekTables.counts(type)
                                + " WHERE user_id IN ("
                                + any
                                + ")",
                        users.toArray())
                .all()
                .isEmpty();
    }

    private static <T> Map<String, T> all(Iterable<String> users, Read<T> read) {
        Map<String, T> found = new HashMap<>();
        Map<String, CompletableFuture<T>> waiting = new HashMap<>();
        for (String user : users) {
            waiting.put(user, read.of(user).toCompletableFuture());
            if (waiting.size() == READS_AT_ONCE) {
                waiting.forEach((u, future) -> found.put(u, await(future)));
                waiting.clear();
            }
        }
        waiting.forEach((u, future) -> found.put(u, await(future)));
        return found;
    }

    static <T> T await(CompletionStage<T> stage) {
        return stage.toCompletableFuture()
                .orTimeout(READ_WITHIN.toSeconds() + 5, TimeUnit.SECONDS)
                .join();
    }

    /**
     * Everything in the cold tier's tables, block by block. Fails if a block cannot be decoded, is
     * not newest first, has an identity twice, or if its count differs.
     */
    Map<String, Map<String, List<Interaction>>> blocks() {
        Map<String, Map<String, List<Interaction>>> found = new HashMap<>();
        for (InteractionType type : types) {
            List<List<Row>> rows = new ArrayList<>();
            for (int bucket = 0; bucket < WeekTables.BUCKETS; bucket++) {
                rows.add(rows(WeekTables.blocks(type, bucket)));
            }
            // after the blocks, as a flush writes counts first
            Map<String, int[]> counts = counts(type);
            for (int bucket = 0; bucket < WeekTables.BUCKETS; bucket++) {
                for (Row row : rows.get(bucket)) {
                    addBlocks(type, bucket, row, counts, found);
                }
            }
        }
        found.values()
                .forEach(
                        byType ->
                                byType.values()
                                        .forEach(
                                                list -> {
                                                    list.sort(Interaction.NEWEST_FIRST);
                                                    assertNoneTwice(list);
                                                }));
        return found;
    }

    private void addBlocks(
            InteractionType type,
            int bucket,
            Row row,
            Map<String, int[]> counts,
            Map<String, Map<String, List<Interaction>>> found) {
        String user = row.getString(WeekTables.USER_COLUMN);
        for (int i = 0; i < WeekSlots.SLOTS_PER_TABLE; i++) {
            int slot = bucket * WeekSlots.SLOTS_PER_TABLE + i;
            ByteBuffer cell = row.getByteBuffer(WeekTables.column(slot));
            if (cell != null) {
                byte[] bytes = new byte[cell.remaining()];
                cell.get(bytes);
                List<Interaction> block = InteractionBlock.decode(user, type, bytes);
                assertNoneTwice(block);
                assertThat(counts).as("counts of %s", type.name()).containsKey(user);
                assertThat(counts.get(user)[slot]).isEqualTo(block.size());
                found.computeIfAbsent(user, u -> new TreeMap<>())
                        .computeIfAbsent(type.name(), t -> new ArrayList<>())
                        .addAll(block);
            }
        }
    }

    private Map<String, int[]> counts(InteractionType type) {
        Map<String, int[]> counts = new HashMap<>();
        for (Row row : rows(WeekTables.counts(type))) {
            int[] ofSlots = new int[WeekSlots.SLOTS];
            for (int slot = 0; slot < WeekSlots.SLOTS; slot++) {
                ofSlots[slot] = row.getInt(WeekTables.column(slot));
            }
            counts.put(row.getString(WeekTables.USER_COLUMN), ofSlots);
        }
        return counts;
    }

    private List<Row> rows(String table) {
        return cql.execute("SELECT * FROM " + config.stores().cold().keyspace() + "." + table)
                .all();
    }

    @Override
    public void close() {
        hot.close();
        cold.close();
        cql.close();
    }
}
