package io.dhara.stores.scylla;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.interaction.WeekSlots;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SlotOrderTest {
    private static final List<WeekSlots> ISO = List.of(WeekSlots.ISO_WEEK);

    @Test
    void i2_rangesOverNewYear_haveTheSlotsOfAllTheirWeeks() {
        assertThat(order("2026-11-21", "2027-01-20").slots()).containsExactly(3, 2, 1, 5, 4, 0, 23);
        assertThat(order("2026-12-03", "2027-01-05").slots()).containsExactly(1, 5, 4, 3, 2);
    }

    @Test
    void i2_rangeWhoseEndsShareASlot_hasAll24NewestFirst() {
        assertThat(order("2026-06-09", "2026-11-23").slots())
                .hasSize(24)
                .startsWith(0, 23, 22)
                .endsWith(2, 1);
    }

    @Test
    void newest_ofASlot_isTheEndOfItsNewestWeek() {
        SlotOrder order = order("2026-11-09", "2026-11-18");

        assertThat(order.size()).isEqualTo(2);
        assertThat(Instant.ofEpochMilli(order.weekStartMillis(0)))
                .isEqualTo(Instant.parse("2026-11-16T00:00:00Z"));
        assertThat(Instant.ofEpochMilli(order.newestMillis(1)))
                .isEqualTo(Instant.parse("2026-11-15T23:59:59.999Z"));
    }

    @Test
    void bothFunctions_lookForAWeekInBothItsSlots() {
        SlotOrder order =
                SlotOrder.of(
                        List.of(WeekSlots.values()), millis("2026-11-09"), millis("2026-11-18"));

        for (WeekSlots function : WeekSlots.values()) {
            assertThat(order.slots())
                    .contains(function.slot(millis("2026-11-09")))
                    .contains(function.slot(millis("2026-11-18")));
        }
    }

    @Test
    void endlessRange_endsAfterAllSlots() {
        SlotOrder order = SlotOrder.of(ISO, -Duration.ofDays(100_000).toMillis(), 0);
        assertThat(order.slots()).hasSize(24).doesNotHaveDuplicates();
    }

    private static SlotOrder order(String from, String to) {
        return SlotOrder.of(ISO, millis(from), millis(to));
    }

    private static long millis(String day) {
        return Instant.parse(day + "T12:00:00Z").toEpochMilli();
    }
}
