package io.dhara.localstack.demo;

import io.dhara.core.interaction.Interaction;
import io.dhara.core.interaction.InteractionWindow;
import io.dhara.localstack.LocalStack;
import io.dhara.localstack.StackView;
import io.dhara.proto.v1.InteractionsResponse;
import io.dhara.proto.v1.SessionRecord;
import io.dhara.proto.v1.StoredInteraction;
import io.dhara.proto.v1.Tier;
import io.dhara.sessionizer.session.SessionRules;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The shop's events as interactions: sent, sessionized, flushed, and read back user by user; then
 * one visit in slow motion.
 */
final class SessionsPhase {
    private static final Duration STUCK = Duration.ofSeconds(90);
    private static final int USERS_READ_BACK = 2_000;
    private static final int LAST = 100;
    private static final int EXAMPLES = 5;

    /**
     * @param sent interaction events sent
     * @param outsideWindow of them, too old or too far in the future to be kept
     * @param distinct of the others, told apart by identity
     * @param seconds from the first sent to the last closed
     * @param closed sessions, from their topic
     * @param expected sessions by plain recomputation
     * @param unexpected sessions of either that the other lacks
     * @param items interactions in the closed sessions
     * @param repeated records of sessions that had come before
     * @param readBack users read over gRPC
     * @param fromCold of them, answered by the cold tier alone
     * @param wrong users whose newest interactions are not as they must be
     * @param examples of what is wrong
     * @param visit one user's session as a reader saw it
     */
    record Result(
            long sent,
            long outsideWindow,
            long distinct,
            double seconds,
            long closed,
            long expected,
            long unexpected,
            long items,
            long repeated,
            long readBack,
            long fromCold,
            long wrong,
            List<String> examples,
            List<DemoReport.VisitMoment> visit) {}

    private final StackView stack;
    private final DemoProgress progress;
    private final Clock clock;
    private final SessionOracle oracle;
    private final List<String> examples = new ArrayList<>();
    private long sent;
    private long outsideWindow;

    SessionsPhase(StackView stack, DemoProgress progress, Clock clock) {
        this.stack = stack;
        this.progress = progress;
        this.clock = clock;
        this.oracle = new SessionOracle(stack.sessionGap(), SessionRules.DEFAULT.cap());
    }

    /** Gives each event of the shop to a taker. */
    interface Events {
        void forEach(java.util.function.Consumer<ShopEvent> taker) throws Exception;
    }

    Result run(Events events, long expectedEvents) throws Exception {
        try (SessionRecords records =
                        new SessionRecords(stack.endpoints().kafka(), LocalStack.SESSIONS);
                InteractionReads reads =
                        new InteractionReads(stack.endpoints().serving(), "demo", "demo")) {
            long start = System.nanoTime();
            progress.begin("send interactions", expectedEvents);
            send(events);
            progress.end();
            awaitClosed(records);
            double seconds = (System.nanoTime() - start) / 1e9;
            Set<String> expected = oracle.sessions();
            long unexpected = unexpected(expected, records.byId());
            long items = records.items();
            long closed = records.byId().size();
            progress.begin("read users back", Math.min(USERS_READ_BACK, oracle.users().size()));
            long[] usersColdWrong = readBack(reads);
            progress.end();
            return new Result(
                    sent,
                    outsideWindow,
                    oracle.events(),
                    seconds,
                    closed,
                    expected.size(),
                    unexpected,
                    items,
                    records.repeated(),
                    usersColdWrong[0],
                    usersColdWrong[1],
                    usersColdWrong[2],
                    List.copyOf(examples),
                    new Visit(reads, clock).run());
        }
    }

    private void send(Events events) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(
                        Map.of(
                                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                                stack.endpoints().kafka(),
                                ProducerConfig.LINGER_MS_CONFIG,
                                5),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            events.forEach(
                    event -> {
                        var interaction = ShopInteractions.of(event);
                        if (InteractionWindow.contains(event.eventTimeMs(), clock.millis())) {
                            oracle.sent(interaction);
                        } else {
                            outsideWindow++;
                        }
                        producer.send(
                                new ProducerRecord<>(
                                        LocalStack.INTERACTIONS,
                                        interaction.getUserId().getBytes(StandardCharsets.UTF_8),
                                        interaction.toByteArray()));
                        progress.done(++sent);
                    });
        }
    }

    /** Waits until every distinct interaction is in a closed session. */
    private void awaitClosed(SessionRecords records) throws Exception {
        progress.begin("interactions in closed sessions", oracle.events());
        long moved = System.nanoTime();
        long before = -1;
        while (records.items() < oracle.events()) {
            records.poll();
            progress.done(records.items());
            if (records.items() != before) {
                before = records.items();
                moved = System.nanoTime();
            } else if (System.nanoTime() - moved > STUCK.toNanos()) {
                throw new TimeoutException(
                        "the interaction-sessionizer job stands still: %,d of %,d interactions are in closed sessions; see %s"
                                .formatted(before, oracle.events(), stack.endpoints().flink()));
            }
        }
        progress.end();
    }

    private long unexpected(Set<String> expected, Map<String, SessionRecord> closed) {
        Set<String> found = new HashSet<>();
        for (SessionRecord session : closed.values()) {
            found.add(
                    SessionOracle.name(
                            session.getUserId(),
                            session.getStartMs(),
                            session.getEndMs(),
                            session.getItemsCount()));
        }
        Set<String> lacking = new HashSet<>(expected);
        lacking.removeAll(found);
        found.removeAll(expected);
        lacking.stream()
                .limit(EXAMPLES)
                .forEach(name -> examples.add("no such session was closed: " + name));
        found.stream()
                .limit(EXAMPLES)
                .forEach(name -> examples.add("no such session should be: " + name));
        return lacking.size() + found.size();
    }

    private long[] readBack(InteractionReads reads) {
        List<String> users = new ArrayList<>(oracle.users());
        Collections.sort(users);
        Collections.shuffle(users, new Random(users.size()));
        long read = 0;
        long cold = 0;
        long wrong = 0;
        for (String user : users.subList(0, Math.min(USERS_READ_BACK, users.size()))) {
            InteractionsResponse answer = reads.last(user, ShopInteractions.TYPES, LAST);
            boolean right = true;
            boolean coldAlone = true;
            for (int i = 0; i < ShopInteractions.TYPES.size(); i++) {
                String type = ShopInteractions.TYPES.get(i);
                right &= isRight(user, type, answer.getTypes(i).getInteractionsList());
                coldAlone &= answer.getTypes(i).getTier() == Tier.TIER_COLD;
            }
            cold += coldAlone ? 1 : 0;
            wrong += right ? 0 : 1;
            progress.done(++read);
        }
        return new long[] {read, cold, wrong};
    }

    private boolean isRight(String user, String type, List<StoredInteraction> found) {
        List<Interaction> read =
                found.stream()
                        .map(
                                one ->
                                        new Interaction(
                                                user,
                                                type,
                                                one.getProductId(),
                                                one.getCatalogId(),
                                                one.getEventTimeMs(),
                                                one.getSubOrderNum(),
                                                one.getMetadata()))
                        .toList();
        List<Interaction> expected = oracle.last(user, type, LAST);
        if (read.equals(expected)) {
            return true;
        }
        if (examples.size() < EXAMPLES) {
            examples.add(
                    "%s of %s: read %d, must be %d"
                            .formatted(type, user, read.size(), expected.size()));
        }
        return false;
    }
}
