package io.dhara.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.config.Settings;
import io.dhara.core.interaction.Interaction;
import io.dhara.core.interaction.InteractionIdentity;
import io.dhara.proto.v1.InteractionsResponse;
import io.dhara.proto.v1.StoredInteraction;
import io.dhara.proto.v1.Tier;
import io.dhara.proto.v1.TypedInteractions;
import io.dhara.stores.interaction.ColdTierConfig;
import io.dhara.stores.interaction.ColdTierReader;
import io.dhara.stores.interaction.InteractionQuery;
import io.dhara.stores.scylla.ScyllaColdTierReader;
import io.dhara.stores.write.interaction.ColdTierWriter;
import io.dhara.stores.write.interaction.HotTierWriter;
import io.dhara.stores.write.interaction.HotTierWriter.Added;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Sessions open, load, close and are flushed by the real writers, in the job's order and with what
 * may come in between, while readers ask all the time: every acknowledged interaction is in every
 * answer, once and in its place.
 */
class NoHolesITCase {
    private static final Duration LENGTH = Duration.ofSeconds(15);
    private static final int PARTS = 2;
    private static final int USERS_PER_PART = 3;
    private static final int READERS = 3;
    private static final int HOT_LIMIT = 20;
    private static final int[] LIMITS = {1, 5, HOT_LIMIT, 3 * HOT_LIMIT, 2_000};
    private static final String[] TYPES = {"CLICK", "ORDER"};

    @TempDir Path dir;

    /** One user's life: only its writer changes it, and readers copy what is acknowledged. */
    private static final class User {
        final String id = TierBed.user();
        final List<Interaction> acknowledged = Collections.synchronizedList(new ArrayList<>());
        final List<Interaction> pending = new ArrayList<>();
        long epoch = TierBed.nextMicros();
        long eventTime = System.currentTimeMillis() - Duration.ofDays(160).toMillis();

        List<Interaction> acknowledgedNow() {
            synchronized (acknowledged) {
                return List.copyOf(acknowledged);
            }
        }
    }

    /** Does with its users what the job does. */
    private static final class Writer implements Runnable {
        private final HotTierWriter hot;
        private final ColdTierWriter cold;
        private final ColdTierReader history;
        private final TierBed bed;
        private final List<User> users;
        private final Instant end;
        private final Random random;
        long sessions;
        long crashes;

        Writer(TierBed bed, ColdTierReader history, int part, List<User> users, Instant end) {
            this.bed = bed;
            this.history = history;
            this.users = users;
            this.end = end;
            this.random = new Random(part);
            this.hot = bed.hotWriter(part, PARTS);
            this.cold = bed.coldWriter();
        }

        void establish() {
            TierBed.await(hot.isWhole());
            TierBed.await(hot.establish());
        }

        @Override
        public void run() {
            while (Instant.now().isBefore(end)) {
                session(users.get(random.nextInt(users.size())));
                sessions++;
            }
            hot.close();
            cold.close();
        }

        private void session(User user) {
            int events = 1 + random.nextInt(HOT_LIMIT / 2 - user.pending.size() % 3);
            for (int i = 0; i < events; i++) {
                add(user, next(user));
            }
            if (random.nextInt(10) == 0 && user.acknowledged.size() > 3) {
                // Delivered again, long after it was flushed.
                List<Interaction> all = user.acknowledgedNow();
                add(user, all.get(all.size() - 1 - random.nextInt(3)));
            }
            List<Interaction> flushing = List.copyOf(user.pending);
            long flushed = user.epoch;
            user.pending.clear();
            user.epoch = TierBed.nextMicros();
            ColdTierWriter.Prepared prepared = TierBed.await(cold.prepare(user.id, flushing));
            maybeRace(user);
            TierBed.await(prepared.write(TierBed.nextMicros()));
            maybeRace(user);
            if (random.nextInt(10) == 0) {
                crashes++; // after the cold write and before the sets are removed
            } else if (user.pending.isEmpty()) {
                TierBed.await(hot.close(user.id, flushed));
            } else {
                assertThat(TierBed.await(hot.close(user.id, flushed))).isFalse();
            }
        }

        private void maybeRace(User user) {
            if (random.nextInt(3) == 0) {
                add(user, next(user));
            }
        }

        private Interaction next(User user) {
            user.eventTime += 1 + random.nextInt(90 * 60_000);
            long n = user.acknowledged.size();
            return random.nextInt(3) == 0
                    ? new Interaction(user.id, "ORDER", n, 1, user.eventTime, "S" + n, "")
                    : new Interaction(user.id, "CLICK", n % 5, 1, user.eventTime, "", "");
        }

        private void add(User user, Interaction event) {
            Added added = TierBed.add(hot, user.id, user.epoch, event);
            user.pending.add(event);
            if (!user.acknowledged.contains(event)) {
                user.acknowledged.add(event);
            }
            assertThat(added).isNotEqualTo(Added.LOST);
            if (added == Added.LOADING && random.nextBoolean()) {
                load(user);
            }
        }

        private void load(User user) {
            InteractionQuery newest =
                    new InteractionQuery(
                            List.of(
                                    bed.types.byName("CLICK").orElseThrow(),
                                    bed.types.byName("ORDER").orElseThrow()),
                            Long.MIN_VALUE,
                            Long.MAX_VALUE,
                            HOT_LIMIT);
            List<Interaction> loaded = new ArrayList<>();
            TierBed.await(history.read(user.id, newest, Instant.now().plusSeconds(30)))
                    .forEach(type -> loaded.addAll(type.interactions()));
            TierBed.await(hot.load(user.id, user.epoch, loaded));
        }
    }

    /** Asks and judges. */
    private static final class Reader implements Runnable {
        private final TierBed bed;
        private final List<User> users;
        private final Random random;
        private final Instant end;
        private final Map<Tier, AtomicLong> answers = new EnumMap<>(Tier.class);

        /** Sessions in a row that were not closed may make the hot tier say less than it has. */
        long flagged;

        Reader(TierBed bed, List<User> users, int seed, Instant end) {
            this.bed = bed;
            this.users = users;
            this.random = new Random(seed);
            this.end = end;
            for (Tier tier : Tier.values()) {
                answers.put(tier, new AtomicLong());
            }
        }

        @Override
        public void run() {
            while (Instant.now().isBefore(end)) {
                User user = users.get(random.nextInt(users.size()));
                int k = LIMITS[random.nextInt(LIMITS.length)];
                List<Interaction> before = user.acknowledgedNow();
                InteractionsResponse answer = bed.last(user.id, k, TYPES);
                flagged += answer.getHotTierIncomplete() ? 1 : 0;
                for (TypedInteractions typed : answer.getTypesList()) {
                    answers.get(typed.getTier()).incrementAndGet();
                    judge(user, before, typed, k);
                }
            }
        }

        private static void judge(
                User user, List<Interaction> before, TypedInteractions typed, int k) {
            List<Interaction> got = interactions(user.id, typed);
            String what = user.id + " " + typed.getType() + " last " + k + " " + typed.getTier();
            assertThat(got).as(what).isSortedAccordingTo(Interaction.NEWEST_FIRST);
            Set<InteractionIdentity> identities = new HashSet<>();
            got.forEach(i -> identities.add(InteractionIdentity.of(i)));
            assertThat(identities).as(what + ": none twice").hasSameSizeAs(got);
            assertThat(got.size()).as(what).isLessThanOrEqualTo(k);
            for (Interaction known : before) {
                boolean cut =
                        got.size() == k
                                && Interaction.NEWEST_FIRST.compare(known, got.get(k - 1)) > 0;
                if (known.type().equals(typed.getType())
                        && !cut
                        && !identities.contains(InteractionIdentity.of(known))) {
                    throw new AssertionError(what + ": hole at " + known + " in " + got);
                }
            }
        }

        private static List<Interaction> interactions(String userId, TypedInteractions typed) {
            List<Interaction> interactions = new ArrayList<>();
            for (StoredInteraction stored : typed.getInteractionsList()) {
                interactions.add(
                        new Interaction(
                                userId,
                                typed.getType(),
                                stored.getProductId(),
                                stored.getCatalogId(),
                                stored.getEventTimeMs(),
                                stored.getSubOrderNum(),
                                stored.getMetadata()));
            }
            return interactions;
        }
    }

    @Test
    void reads_atEveryInstantOfAFlush_haveNoHoles() throws Exception {
        Map<String, String> limits =
                Map.of(
                        "interactions.type.CLICK.hot-limit", "" + HOT_LIMIT,
                        "interactions.type.ORDER.hot-limit", "" + HOT_LIMIT,
                        "interactions.hot-wait", "5 s");
        ExecutorService threads = Executors.newFixedThreadPool(PARTS + READERS);
        try (TierBed bed = new TierBed(dir.resolve("redis"), Clock.systemUTC(), limits);
                ColdTierReader history =
                        ScyllaColdTierReader.open(
                                bed.scylla,
                                ColdTierConfig.from(Settings.parse(Map.of())),
                                bed.types,
                                Clock.systemUTC())) {
            Instant end = Instant.now().plus(LENGTH);
            List<User> all = new ArrayList<>();
            List<Writer> writers = new ArrayList<>();
            for (int part = 0; part < PARTS; part++) {
                List<User> users = new ArrayList<>();
                for (int i = 0; i < USERS_PER_PART; i++) {
                    users.add(new User());
                }
                all.addAll(users);
                Writer writer = new Writer(bed, history, part, users, end);
                writer.establish();
                writers.add(writer);
            }
            List<Reader> readers = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                readers.add(new Reader(bed, all, i, end));
            }
            ConcurrentLinkedQueue<CompletableFuture<Void>> running = new ConcurrentLinkedQueue<>();
            writers.forEach(w -> running.add(CompletableFuture.runAsync(w, threads)));
            readers.forEach(r -> running.add(CompletableFuture.runAsync(r, threads)));
            for (CompletableFuture<Void> one : running) {
                one.join();
            }

            long sessions = writers.stream().mapToLong(w -> w.sessions).sum();
            long crashes = writers.stream().mapToLong(w -> w.crashes).sum();
            Map<Tier, Long> answers = new EnumMap<>(Tier.class);
            readers.forEach(
                    r -> r.answers.forEach((tier, n) -> answers.merge(tier, n.get(), Long::sum)));
            System.out.printf(
                    "no holes: %d sessions flushed, %d times without removing the sets, answers"
                            + " %s, %d of them with a doubt%n",
                    sessions, crashes, answers, readers.stream().mapToLong(r -> r.flagged).sum());
            assertThat(sessions).isGreaterThan(20);
            assertThat(answers.get(Tier.TIER_HOT)).isPositive();
            assertThat(answers.get(Tier.TIER_BOTH)).isPositive();
            assertThat(answers.get(Tier.TIER_COLD)).isPositive();
        } finally {
            threads.shutdownNow();
        }
    }
}
