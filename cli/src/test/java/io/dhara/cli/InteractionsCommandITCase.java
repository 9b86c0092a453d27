package io.dhara.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dhara.proto.v1.GetLastRequest;
import io.dhara.proto.v1.GetRangeRequest;
import io.dhara.proto.v1.InteractionEvent;
import io.dhara.proto.v1.InteractionsGrpc.InteractionsImplBase;
import io.dhara.proto.v1.InteractionsResponse;
import io.dhara.proto.v1.PersistInteractionsRequest;
import io.dhara.proto.v1.PersistInteractionsResponse;
import io.dhara.proto.v1.StoredInteraction;
import io.dhara.proto.v1.Tier;
import io.dhara.proto.v1.TypedInteractions;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the commands ask serving for, and how they show its answers. */
class InteractionsCommandITCase {

    /** Answers one click and one order, and keeps what it was asked. */
    private static final class RecordingInteractions extends InteractionsImplBase {
        final List<Object> asked = new CopyOnWriteArrayList<>();
        volatile boolean refuses;
        volatile boolean knowsNothing;

        @Override
        public void getLast(GetLastRequest request, StreamObserver<InteractionsResponse> observer) {
            answer(request, observer);
        }

        @Override
        public void getRange(
                GetRangeRequest request, StreamObserver<InteractionsResponse> observer) {
            answer(request, observer);
        }

        private void answer(Object request, StreamObserver<InteractionsResponse> observer) {
            asked.add(request);
            if (refuses) {
                observer.onError(
                        Status.NOT_FOUND
                                .withDescription("interaction type BLINK is not one of [CLICK]")
                                .asRuntimeException());
                return;
            }
            TypedInteractions.Builder clicks =
                    TypedInteractions.newBuilder()
                            .setType("CLICK")
                            .setTier(Tier.TIER_HOT)
                            .setTruncated(!knowsNothing);
            if (!knowsNothing) {
                clicks.addInteractions(
                        StoredInteraction.newBuilder()
                                .setProductId(2002)
                                .setCatalogId(101)
                                .setEventTimeMs(1_767_225_600_000L)
                                .setMetadata("ab"));
            }
            observer.onNext(
                    InteractionsResponse.newBuilder()
                            .addTypes(clicks)
                            .addTypes(
                                    TypedInteractions.newBuilder()
                                            .setType("ORDER")
                                            .setTier(Tier.TIER_COLD))
                            .setHotTierIncomplete(!knowsNothing)
                            .build());
            observer.onCompleted();
        }

        @Override
        public void persist(
                PersistInteractionsRequest request,
                StreamObserver<PersistInteractionsResponse> observer) {
            asked.add(request);
            observer.onNext(PersistInteractionsResponse.getDefaultInstance());
            observer.onCompleted();
        }
    }

    private final RecordingInteractions serving = new RecordingInteractions();
    private Server server;

    @BeforeEach
    void start() throws IOException {
        server = NettyServerBuilder.forPort(0).addService(serving).build().start();
    }

    @AfterEach
    void stop() throws InterruptedException {
        server.shutdownNow().awaitTermination();
    }

    private CommandRun run(String line) {
        return CommandRun.of((line + " --serving 127.0.0.1:" + server.getPort()).split(" "));
    }

    @Test
    void interactions_withoutMore_asksForTheLast20_andShowsTheTier() {
        CommandRun run = run("interactions u1 --type CLICK,ORDER");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(serving.asked)
                .containsExactly(
                        GetLastRequest.newBuilder()
                                .setUserId("u1")
                                .addTypes("CLICK")
                                .addTypes("ORDER")
                                .setK(20)
                                .build());
        assertThat(run.out().lines().map(line -> line.replaceAll(" +", " ")))
                .containsExactly(
                        "TYPE EVENT_TIME PRODUCT CATALOG SUB_ORDER METADATA TIER",
                        "CLICK 2026-01-01T00:00:00Z 2002 101 - ab hot");
        assertThat(run.err())
                .contains("more of type CLICK than shown")
                .contains("the open session may be missing");
    }

    @Test
    void interactions_asJson_hasEveryFlag() throws Exception {
        JsonNode answer =
                new ObjectMapper()
                        .readTree(run("interactions u1 -t CLICK,ORDER --last 3 -o json").out());

        assertThat(answer.path("hot_tier_incomplete").asBoolean()).isTrue();
        JsonNode clicks = answer.path("types").path(0);
        assertThat(clicks.path("tier").asText()).isEqualTo("hot");
        assertThat(clicks.path("truncated").asBoolean()).isTrue();
        assertThat(clicks.path("interactions").path(0).path("product_id").asLong()).isEqualTo(2002);
        assertThat(answer.path("types").path(1).path("tier").asText()).isEqualTo("cold");
    }

    @Test
    void interactions_ofARange_takesInstantsAndMilliseconds() {
        CommandRun run =
                run(
                        "interactions u1 -t CLICK --from 2026-01-01T00:00:00Z --to 1767225600500"
                                + " --limit 7");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(serving.asked)
                .containsExactly(
                        GetRangeRequest.newBuilder()
                                .setUserId("u1")
                                .addTypes("CLICK")
                                .setFromMs(1_767_225_600_000L)
                                .setToMs(1_767_225_600_500L)
                                .setLimit(7)
                                .build());
        Instant before = Instant.now();
        run("interactions u1 -t CLICK --from 0");
        GetRangeRequest untilNow = (GetRangeRequest) serving.asked.get(1);
        assertThat(untilNow.getToMs())
                .isBetween(before.toEpochMilli(), Instant.now().toEpochMilli());
        assertThat(untilNow.getLimit()).isEqualTo(100);
    }

    @Test
    void interactions_none_saysWhereItLooked() {
        serving.knowsNothing = true;
        CommandRun run = run("interactions u1 -t CLICK,ORDER");
        assertThat(run.out().strip()).isEqualTo("no interactions of u1 (CLICK hot, ORDER cold)");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void interactions_refused_failsWithServingsWords() {
        serving.refuses = true;
        CommandRun run = run("interactions u1 -t BLINK");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("interaction type BLINK is not one of [CLICK]");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void interact_handsOverOneEvent() {
        CommandRun run =
                run(
                        "interact u1 ORDER 2002 --catalog 101 --sub-order S1_1 --metadata m --time"
                                + " 2026-01-01T00:00:00Z");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(serving.asked)
                .containsExactly(
                        PersistInteractionsRequest.newBuilder()
                                .addEvents(
                                        InteractionEvent.newBuilder()
                                                .setUserId("u1")
                                                .setType("ORDER")
                                                .setProductId(2002)
                                                .setCatalogId(101)
                                                .setEventTimeMs(1_767_225_600_000L)
                                                .setSubOrderNum("S1_1")
                                                .setMetadata("m"))
                                .build());
        assertThat(run.out()).contains("acknowledged by Kafka");
    }

    @Test
    void interact_appOpen_needsNoProduct_andHappensNow() {
        Instant before = Instant.now();
        assertThat(run("interact u1 APP_OPEN -o json").out()).contains("\"event_time_ms\"");
        InteractionEvent event = ((PersistInteractionsRequest) serving.asked.get(0)).getEvents(0);
        assertThat(event.getEventTimeMs())
                .isBetween(before.toEpochMilli(), Instant.now().toEpochMilli());
        assertThat(event.getProductId()).isZero();
    }
}
