package io.dhara.stores.write.scylla;

import static io.dhara.stores.write.scylla.ColdTierBed.at;
import static io.dhara.stores.write.scylla.ColdTierBed.await;
import static io.dhara.stores.write.scylla.ColdTierBed.click;
import static io.dhara.stores.write.scylla.ColdTierBed.config;
import static io.dhara.stores.write.scylla.ColdTierBed.flush;
import static io.dhara.stores.write.scylla.ColdTierBed.nextMicros;
import static io.dhara.stores.write.scylla.ColdTierBed.order;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.datastax.oss.driver.api.core.cql.Row;
import io.dhara.core.config.Settings;
import io.dhara.core.interaction.Interaction;
import io.dhara.core.interaction.InteractionRefusedException;
import io.dhara.embedded.SharedServers;
import io.dhara.stores.interaction.ColdTierReader;
import io.dhara.stores.interaction.InteractionQuery;
import io.dhara.stores.scylla.ScyllaConfig;
import io.dhara.stores.write.interaction.ColdTierWriter;
import io.dhara.stores.write.interaction.ColdTierWriter.Prepared;
import io.dhara.stores.write.interaction.CorruptBlock;
import io.dhara.stores.write.interaction.CorruptBlockException;
import io.dhara.stores.write.interaction.HiddenWriteException;
import io.dhara.stores.write.interaction.NewerCellException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Flushes that must not be written, and ones that may not hide others, on a real Cassandra. */
final class ColdTierFenceITCase {
    /** Friday of ISO week 47: slot 23. */
    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");

    private static final Duration WEEK = Duration.ofDays(7);
    private static ColdTierBed bed;
    private static ColdTierWriter writer;
    private static ColdTierReader reader;

    private final String user = ColdTierBed.user();

    @BeforeAll
    static void open() {
        bed = new ColdTierBed(SharedServers.cassandra(), "cold_fence");
        writer = bed.writer(at(NOW), config());
        reader = bed.reader(at(NOW), config());
    }

    @AfterAll
    static void close() {
        writer.close();
        reader.close();
        bed.close();
    }

    @Test
    void write_severalTypesOneCorrupt_writesNothingOfAny() {
        corrupt("order", "bucket3", "week_23");

        assertThatThrownBy(
                        () ->
                                flush(
                                        writer,
                                        user,
                                        List.of(click(user, 1, NOW), order(user, 2, NOW, "S"))))
                .hasCauseInstanceOf(CorruptBlockException.class);

        assertThat(bed.row(bed.click, "bucket3", "week_23", user)).isNull();
    }

    @Test
    void i5_lateWriteOfAPredecessor_changesNothing() {
        long zombiesTime = nextMicros();
        Prepared zombie = await(writer.prepare(user, List.of(click(user, 1, NOW))));
        List<Interaction> session =
                List.of(click(user, 1, NOW), click(user, 2, NOW.minusMillis(5)));
        flush(writer, user, session);
        List<ByteBuffer> bytes = cells(user);

        await(zombie.write(zombiesTime));

        assertThat(cells(user)).isEqualTo(bytes);
        assertThat(bed.row(bed.click, "metadata", "week_23", user).getInt(0)).isEqualTo(2);
        assertThat(last(10)).isEqualTo(session);
    }

    @Test
    void i5_cellThatIsNotOlder_failsTheFlush() {
        long micros = nextMicros();
        await(await(writer.prepare(user, List.of(click(user, 1, NOW)))).write(micros));
        List<ByteBuffer> bytes = cells(user);

        Prepared late = await(writer.prepare(user, List.of(click(user, 2, NOW))));

        for (long writeTime : new long[] {micros, micros - 1}) {
            assertThatThrownBy(() -> await(late.write(writeTime)))
                    .hasCauseInstanceOf(NewerCellException.class)
                    .hasMessageContaining("click_interactions_bucket3.week_23")
                    .hasMessageContaining(String.valueOf(micros));
        }
        assertThat(cells(user)).isEqualTo(bytes);
    }

    @Test
    void i5_cellDeletedByHandWithALaterTime_failsTheFlushInsteadOfLosingIt() {
        for (String what : List.of("week_23", "")) { // a cell, and the row
            String someone = ColdTierBed.user();
            long micros = nextMicros();
            flush(writer, someone, List.of(click(someone, 1, NOW)));
            bed.cql.execute(
                    "DELETE "
                            + what
                            + " FROM cold_fence.click_interactions_bucket3 USING TIMESTAMP "
                            + nextMicros()
                            + " WHERE user_id = ?",
                    someone);
            Interaction fresh = click(someone, 2, NOW);
            Prepared prepared = await(writer.prepare(someone, List.of(fresh)));

            assertThatThrownBy(() -> await(prepared.write(micros)))
                    .hasCauseInstanceOf(HiddenWriteException.class)
                    .hasMessageContaining("click_interactions_bucket3.week_23")
                    .hasMessageContaining(String.valueOf(micros));

            await(prepared.write(nextMicros()));
            assertThat(bed.read(reader, someone, query(10)).get(0).interactions())
                    .containsExactly(fresh);
        }
    }

    @Test
    void i11_whatABlockCannotHold_failsAndWritesNothing() {
        assertThatThrownBy(() -> flush(writer, user, List.of(click(user, 1L << 31, NOW))))
                .hasCauseInstanceOf(InteractionRefusedException.class)
                .hasMessageContaining("product-id");
        assertThat(bed.row(bed.click, "bucket3", "week_23", user)).isNull();
    }

    @Test
    void i12_corruptBlock_isHeldUntilItsVeryBytesAreReplaced() {
        byte[] bytes = corrupt("click", "bucket3", "week_23");
        flush(writer, user, List.of(click(user, 2, NOW.minus(WEEK))));
        List<Interaction> session = List.of(click(user, 1, NOW));

        CorruptBlockException held = corruption(session, List.of());
        assertThat(held.blocks())
                .singleElement()
                .satisfies(
                        block -> {
                            assertThat(block.table()).isEqualTo("click_interactions_bucket3");
                            assertThat(block.column()).isEqualTo("week_23");
                            assertThat(block.bytes()).isEqualTo(bytes);
                            assertThat(block.toString()).contains("layout 7");
                        });
        assertThat(cells(user).get(0)).isEqualTo(ByteBuffer.wrap(bytes));

        CorruptBlock other =
                new CorruptBlock("click_interactions_bucket3", "week_23", new byte[] {7}, "");
        assertThat(corruption(session, List.of(other)).blocks()).hasSize(1);

        Prepared replacing = await(writer.prepare(user, session, held.blocks()));
        await(replacing.write(nextMicros()));
        assertThat(replacing.added()).isEqualTo(session);
        assertThat(last(10)).hasSize(2).startsWith(session.get(0));
    }

    private CorruptBlockException corruption(
            List<Interaction> session, List<CorruptBlock> replace) {
        try {
            await(writer.prepare(user, session, replace));
        } catch (CompletionException e) {
            return (CorruptBlockException) e.getCause();
        }
        throw new AssertionError("the corrupt block was taken");
    }

    @Test
    void i13_everyReadAndWrite_isLocalQuorumAndTablesHaveThreeReplicas() {
        flush(writer, user, List.of(click(user, 1, NOW)));
        last(10);
        await(writer.erase(user, nextMicros()));

        assertThat(bed.requests.consistencies()).containsOnly("LOCAL_QUORUM");
        assertThat(InteractionTablesConfig.of("dc1").replication()).containsEntry("dc1", 3);
    }

    @Test
    void i13_writerBelowAQuorum_isRefused() {
        ScyllaConfig one =
                ScyllaConfig.from(
                        Settings.parse(
                                Map.of(
                                        "s.contact-points", "127.0.0.1:1",
                                        "s.datacenter", "dc",
                                        "s.keyspace", "k",
                                        "s.consistency", "LOCAL_ONE")),
                        "s");
        assertThatThrownBy(() -> ScyllaColdTierWriter.open(one, config(), bed.types, at(NOW)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("LOCAL_ONE");
    }

    @Test
    void userThatTheStoreCannotHold_isRefusedAndReadsAsEmpty() {
        String tooLong = "x".repeat(65_536);
        for (String id : List.of("", tooLong)) {
            assertThatThrownBy(() -> flush(writer, id, List.of(click(id, 1, NOW))))
                    .hasCauseInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> await(writer.erase(id, 1)))
                    .hasCauseInstanceOf(IllegalArgumentException.class);
            assertThat(bed.read(reader, id, query(10)).get(0).interactions()).isEmpty();
        }
        assertThatThrownBy(() -> writer.prepare(null, List.of()))
                .isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> reader.read(null, query(1), NOW))
                .isInstanceOf(NullPointerException.class);
    }

    @Test
    void interactionOfAnotherUserOrNoStoredType_isRefused() {
        Interaction appOpen = new Interaction(user, "APP_OPEN", 0, 0, NOW.toEpochMilli(), "", "");
        assertThatThrownBy(() -> flush(writer, user, List.of(click("else", 1, NOW))))
                .hasCauseInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> flush(writer, user, List.of(appOpen)))
                .hasCauseInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("APP_OPEN");
    }

    /** Puts bytes that are no block into a cell of this user. */
    private byte[] corrupt(String type, String table, String column) {
        byte[] bytes = {0x17, 1, 2, 3};
        bed.cql.execute(
                "UPDATE cold_fence."
                        + type
                        + "_interactions_"
                        + table
                        + " SET "
                        + column
                        + " = ? WHERE user_id = ?",
                ByteBuffer.wrap(bytes),
                user);
        return bytes;
    }

    private static List<ByteBuffer> cells(String user) {
        Row row = bed.row(bed.click, "bucket3", "week_23, week_22", user);
        List<ByteBuffer> cells = new ArrayList<>();
        cells.add(row.getByteBuffer(0));
        cells.add(row.getByteBuffer(1));
        return cells;
    }

    private List<Interaction> last(int limit) {
        return bed.read(reader, user, query(limit)).get(0).interactions();
    }

    private static InteractionQuery query(int limit) {
        return new InteractionQuery(List.of(bed.click), 0, NOW.toEpochMilli(), limit);
    }
}
