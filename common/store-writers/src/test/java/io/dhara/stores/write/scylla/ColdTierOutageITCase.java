package io.dhara.stores.write.scylla;

import static io.dhara.stores.write.scylla.ColdTierBed.at;
import static io.dhara.stores.write.scylla.ColdTierBed.await;
import static io.dhara.stores.write.scylla.ColdTierBed.click;
import static io.dhara.stores.write.scylla.ColdTierBed.config;
import static io.dhara.stores.write.scylla.ColdTierBed.flush;
import static io.dhara.stores.write.scylla.ColdTierBed.nextMicros;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dhara.core.interaction.Interaction;
import io.dhara.embedded.EmbeddedCassandra;
import io.dhara.stores.interaction.ColdTierReader;
import io.dhara.stores.interaction.InteractionQuery;
import io.dhara.stores.interaction.TypeInteractions;
import io.dhara.stores.read.StoreReadException;
import io.dhara.stores.write.interaction.ColdTierException;
import io.dhara.stores.write.interaction.ColdTierWriter;
import io.dhara.stores.write.interaction.ColdTierWriter.Prepared;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store that hangs or is killed in the middle of a flush or a read. */
final class ColdTierOutageITCase {
    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration HEALS_WITHIN = Duration.ofSeconds(60);

    private static EmbeddedCassandra server;
    private static ColdTierBed bed;
    private static ColdTierWriter writer;
    private static ColdTierReader reader;

    private final String user = ColdTierBed.user();
    private final List<Interaction> before =
            List.of(click(user, 1, NOW), click(user, 2, NOW.minusSeconds(9)));
    private final List<Interaction> after =
            List.of(click(user, 3, NOW.plusSeconds(1)), before.get(0), before.get(1));

    @BeforeAll
    static void open(@TempDir Path dir) throws Exception {
        server = EmbeddedCassandra.start(dir);
        bed =
                new ColdTierBed(
                        server,
                        "cold_outage",
                        Map.of("request-timeout", REQUEST_TIMEOUT.toSeconds() + " s"));
        writer = bed.writer(at(NOW), config());
        reader = bed.reader(at(NOW), config());
    }

    @AfterAll
    static void close() {
        writer.close();
        reader.close();
        bed.close();
        server.close();
    }

    @AfterEach
    void goOn() throws Exception {
        server.start();
        signal("-CONT");
        healed();
    }

    @Test
    void i1_storeHangsWhileAFlushReads_nothingIsWrittenAndARepeatSucceeds() throws Exception {
        flush(writer, user, before);
        signal("-STOP");

        long start = System.nanoTime();
        assertThatThrownBy(() -> await(writer.prepare(user, after)))
                .hasCauseInstanceOf(ColdTierException.class)
                .hasMessageContaining("click_interactions_bucket3");
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .as("i16: the time-out set is the time-out kept")
                .isBetween(REQUEST_TIMEOUT.minusMillis(50), REQUEST_TIMEOUT.multipliedBy(2));

        signal("-CONT");
        assertThat(healed()).isEqualTo(before);
        assertThat(flush(writer, user, after)).isEqualTo(2);
        assertThat(healed()).isEqualTo(after);
    }

    @Test
    void i1_storeKilledWhileAFlushReads_nothingIsWrittenAndARepeatSucceeds() {
        flush(writer, user, before);
        server.kill();

        assertThatThrownBy(() -> await(writer.prepare(user, after)))
                .hasCauseInstanceOf(ColdTierException.class);

        server.start();
        assertThat(healed()).isEqualTo(before);
        assertThat(repeated(() -> flush(writer, user, after))).isEqualTo(2);
        assertThat(healed()).isEqualTo(after);
    }

    @Test
    void write_storeKilledMeanwhile_failsAndTheSamePreparedCanBeRepeated() throws Exception {
        flush(writer, user, before);
        Prepared prepared = await(writer.prepare(user, after));
        long micros = nextMicros();
        signal("-STOP");

        CompletableFuture<Integer> write = prepared.write(micros).toCompletableFuture();
        assertThatThrownBy(() -> await(write)).hasCauseInstanceOf(ColdTierException.class);
        server.kill();
        server.start();

        assertThat(healed()).isEqualTo(before);
        assertThat(repeated(() -> await(prepared.write(micros)))).isEqualTo(2);
        assertThat(healed()).isEqualTo(after);
        assertThat(await(prepared.write(micros))).isEqualTo(2);
        assertThat(healed()).isEqualTo(after);
    }

    @Test
    void i10_storeHangs_readEndsAtItsDeadlineAsAnError() throws Exception {
        flush(writer, user, before);
        signal("-STOP");

        long start = System.nanoTime();
        assertThatThrownBy(() -> await(reader.read(user, query(), Instant.now().plusMillis(500))))
                .cause()
                .isInstanceOfSatisfying(
                        StoreReadException.class,
                        failure ->
                                assertThat(failure.kind())
                                        .isEqualTo(StoreReadException.Kind.DEADLINE));
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isBetween(Duration.ofMillis(490), Duration.ofMillis(1500));
    }

    @Test
    void i10_callerGoesAway_nothingMoreIsAsked() throws Exception {
        flush(writer, user, before);
        assertThat(healed()).isEqualTo(before);
        String gone = ColdTierBed.user();
        signal("-STOP");

        CompletableFuture<List<TypeInteractions>> read =
                reader.read(gone, query(), Instant.now().plusSeconds(30)).toCompletableFuture();
        assertThat(read.cancel(false)).isTrue();

        signal("-CONT");
        assertThat(healed()).isEqualTo(before);
        assertThat(bed.requests.take("SELECT", gone, 0)).isEmpty();
    }

    private List<Interaction> healed() {
        return repeated(
                () ->
                        await(reader.read(user, query(), Instant.now().plusSeconds(5)))
                                .get(0)
                                .interactions());
    }

    /** As the job does: tried again until it succeeds. */
    private static <T> T repeated(java.util.concurrent.Callable<T> attempt) {
        return Awaitility.await()
                .atMost(HEALS_WITHIN)
                .ignoreException(CompletionException.class)
                .until(attempt, result -> true);
    }

    private static InteractionQuery query() {
        return new InteractionQuery(List.of(bed.click), 0, NOW.plusSeconds(60).toEpochMilli(), 100);
    }

    private static void signal(String signal) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", signal, Long.toString(server.pid())).start();
        assertThat(kill.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(kill.exitValue()).isZero();
    }
}
