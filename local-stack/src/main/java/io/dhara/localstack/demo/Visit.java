package io.dhara.localstack.demo;

import io.dhara.proto.v1.InteractionEvent;
import io.dhara.proto.v1.InteractionsResponse;
import io.dhara.proto.v1.StoredInteraction;
import io.dhara.proto.v1.Tier;
import io.dhara.proto.v1.TypedInteractions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/** A user opens the app, clicks, and goes idle, while a reader looks on. */
final class Visit {
    static final String USER = "demo-visitor";

    private static final List<String> TYPES = List.of("CLICK", "ADD_TO_CART");
    private static final int[] PRODUCTS = {101, 102, 103};
    private static final long POLL_MILLIS = 20;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final InteractionReads reads;
    private final Clock clock;
    private final List<DemoReport.VisitMoment> moments = new ArrayList<>();
    private final long startNanos = System.nanoTime();
    private final long startMillis;

    Visit(InteractionReads reads, Clock clock) {
        this.reads = reads;
        this.clock = clock;
        this.startMillis = clock.millis();
    }

    /** Returns when the cold tier answers for the closed session. */
    List<DemoReport.VisitMoment> run() throws InterruptedException, TimeoutException {
        look("before the visit", answer -> true);
        send("APP_OPEN", 0);
        look("opened the app", answer -> answer.getTypes(0).getTier() == Tier.TIER_HOT);
        int seen = 0;
        for (int product : PRODUCTS) {
            send("CLICK", product);
            int expected = ++seen;
            look(
                    "clicked product " + product,
                    answer -> ofThisVisit(answer.getTypes(0)) == expected);
        }
        int carted = PRODUCTS[PRODUCTS.length - 1];
        send("ADD_TO_CART", carted);
        look(
                "put product " + carted + " in the cart",
                answer -> ofThisVisit(answer.getTypes(1)) == 1);
        look(
                "idle for the session gap: flushed",
                answer -> answer.getTypes(0).getTier() == Tier.TIER_COLD);
        return List.copyOf(moments);
    }

    /**
     * The visitor may have been here before: a stack keeps its data, and sessions their history.
     */
    private long ofThisVisit(TypedInteractions answer) {
        return answer.getInteractionsList().stream()
                .filter(interaction -> interaction.getEventTimeMs() >= startMillis)
                .count();
    }

    private void send(String type, int product) {
        reads.persist(
                InteractionEvent.newBuilder()
                        .setUserId(USER)
                        .setType(type)
                        .setProductId(product)
                        .setEventTimeMs(clock.millis())
                        .build());
    }

    private void look(String what, Predicate<InteractionsResponse> shows)
            throws InterruptedException, TimeoutException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        InteractionsResponse answer = reads.last(USER, TYPES, 10);
        while (!shows.test(answer)) {
            if (System.nanoTime() > deadline) {
                throw new TimeoutException(
                        "after \"%s\" the reader still sees %s".formatted(what, answer));
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            answer = reads.last(USER, TYPES, 10);
        }
        moments.add(
                new DemoReport.VisitMoment(
                        Math.round((System.nanoTime() - startNanos) / 1e7) / 100.0,
                        what,
                        tier(answer.getTypes(0)),
                        answer.getTypes(0).getInteractionsList().stream()
                                .map(StoredInteraction::getProductId)
                                .toList()));
    }

    private static String tier(TypedInteractions answer) {
        return answer.getTier().name().replace("TIER_", "").toLowerCase(java.util.Locale.ROOT);
    }
}
