package io.dhara.stores.write.scylla;

import static io.dhara.stores.write.scylla.ColdTierBed.at;
import static io.dhara.stores.write.scylla.ColdTierBed.await;
import static io.dhara.stores.write.scylla.ColdTierBed.click;
import static io.dhara.stores.write.scylla.ColdTierBed.config;
import static io.dhara.stores.write.scylla.ColdTierBed.nextMicros;
import static io.dhara.stores.write.scylla.ColdTierBed.order;
import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.cql.Row;
import io.dhara.core.interaction.Interaction;
import io.dhara.core.interaction.InteractionBlock;
import io.dhara.core.interaction.WeekSlots;
import io.dhara.embedded.SharedServers;
import io.dhara.stores.interaction.ColdTierReader;
import io.dhara.stores.interaction.InteractionQuery;
import io.dhara.stores.write.interaction.ColdTierWriter;
import io.dhara.stores.write.interaction.ColdTierWriter.Prepared;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Flushes into week blocks on a real Cassandra. */
final class ColdTierITCase {
    /** Friday of ISO week 47: slot 23. */
    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");

    private static final Duration WEEK = Duration.ofDays(7);
    private static final long TTL_OF_THIS_WEEK =
            Duration.between(NOW, Instant.parse("2026-11-23T00:00:00Z")).toSeconds()
                    + Duration.ofDays(24 * 7 + 7).toSeconds();

    private static ColdTierBed bed;
    private static ColdTierWriter writer;
    private static ColdTierReader reader;

    private final String user = ColdTierBed.user();

    @BeforeAll
    static void open() {
        bed = new ColdTierBed(SharedServers.cassandra(), "cold_writes", WeekSlots.ISO_WEEK);
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
    void write_sessionOfTwoTypesInThreeTables_isOneUpdatePerTouchedTableAndOneOfCountsPerType() {
        List<Interaction> session =
                List.of(
                        click(user, 1, NOW),
                        click(user, 2, NOW.minusSeconds(60)),
                        click(user, 3, NOW.minus(WEEK)),
                        click(user, 4, NOW.minus(WEEK.multipliedBy(10))),
                        order(user, 5, NOW.minusSeconds(5), "S1"));
        Prepared prepared = await(writer.prepare(user, session));
        assertThat(bed.requests.take("SELECT")).hasSize(3);
        assertThat(prepared.added())
                .isEqualTo(session.stream().sorted(Interaction.NEWEST_FIRST).toList());

        assertThat(await(prepared.write(nextMicros()))).isEqualTo(5);
        assertThat(bed.requests.take("UPDATE"))
                .hasSize(5)
                .satisfies(
                        updates -> {
                            assertThat(updates.subList(0, 2)).allMatch(u -> u.contains("metadata"));
                            assertThat(updates.subList(2, 5))
                                    .noneMatch(u -> u.contains("metadata"));
                        });

        Row blocks = bed.row(bed.click, "bucket3", "week_23, week_22, week_21", user);
        assertThat(blocks.getByteBuffer(0))
                .isEqualTo(
                        ByteBuffer.wrap(InteractionBlock.encode(bed.click, session.subList(0, 2))));
        assertThat(blocks.isNull(2)).isTrue();
        Row counts = bed.row(bed.click, "metadata", "week_23, week_22, week_13, week_0", user);
        assertThat(counts.getInt(0)).isEqualTo(2);
        assertThat(counts.getInt(1)).isEqualTo(1);
        assertThat(counts.getInt(2)).isEqualTo(1);
        assertThat(counts.isNull(3)).isTrue();
        assertThat(last(100)).containsExactlyElementsOf(session.subList(0, 4));
    }

    private List<Interaction> last(int limit) {
        InteractionQuery query =
                new InteractionQuery(List.of(bed.click), 0, NOW.toEpochMilli(), limit);
        return bed.read(reader, user, query).get(0).interactions();
    }
}
