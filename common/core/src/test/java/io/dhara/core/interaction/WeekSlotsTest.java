package io.dhara.core.interaction;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.temporal.IsoFields;
import java.time.temporal.TemporalAdjusters;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.TimeZone;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class WeekSlotsTest {
    private static final long DAY = ChronoUnit.DAYS.getDuration().toMillis();

    private static long millis(String date) {
        return LocalDate.parse(date).atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli();
    }

    @Test
    void isoWeek_allDaysOf2024To2032_equalIsoFields() {
        for (long day = millis("2024-01-01"); day < millis("2033-01-01"); day += DAY) {
            LocalDate date = LocalDate.ofEpochDay(day / DAY);
            int slot = date.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR) % 24;
            assertThat(WeekSlots.ISO_WEEK.slot(day)).as("%s", date).isEqualTo(slot);
            assertThat(WeekSlots.ISO_WEEK.slot(day + DAY - 1)).as("%s", date).isEqualTo(slot);
            long monday =
                    date.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY)).toEpochDay()
                            * DAY;
            assertThat(WeekSlots.ISO_WEEK.weekStartMillis(day + DAY - 1)).isEqualTo(monday);
            assertThat(WeekSlots.EPOCH_WEEK.weekStartMillis(day)).isEqualTo(monday);
        }
    }

    /** Week 1 of the epoch began on Monday 1969-12-29. */
    @ParameterizedTest
    @CsvSource({
        "1969-12-28T23:59:59.999Z, 23",
        "1969-12-29T00:00:00Z, 0",
        "1970-01-01T00:00:00Z, 0",
        "1970-01-04T23:59:59.999Z, 0",
        "1970-01-05T00:00:00Z, 1",
        "2026-01-01T00:00:00Z, 18",
        "2026-12-31T00:00:00Z, 22",
        "2027-01-03T23:59:59.999Z, 22",
        "2027-01-04T00:00:00Z, 23"
    })
    void epochWeek_countsOnOverNewYear(Instant time, int slot) {
        assertThat(WeekSlots.EPOCH_WEEK.slot(time.toEpochMilli())).isEqualTo(slot);
    }

    @Test
    void epochWeek_twentyFourWeeksInARow_neverShareASlot() {
        for (long start = millis("2024-01-01"); start < millis("2032-01-01"); start += 7 * DAY) {
            long end = start + 24 * 7 * DAY - 1;
            assertThat(WeekSlots.EPOCH_WEEK.slots(start, end)).hasSize(24).doesNotHaveDuplicates();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Asia/Kolkata", "America/Los_Angeles", "Pacific/Kiritimati"})
    void i8_slot_doesNotDependOnTheZoneOfTheProcess(String zone) {
        long sunday = Instant.parse("2026-01-04T23:59:59.999Z").toEpochMilli();
        TimeZone before = TimeZone.getDefault();
        try {
            TimeZone.setDefault(TimeZone.getTimeZone(zone));
            assertThat(WeekSlots.ISO_WEEK.slot(sunday)).isEqualTo(1);
            assertThat(WeekSlots.ISO_WEEK.slot(sunday + 1)).isEqualTo(2);
            assertThat(WeekSlots.ISO_WEEK.weekStartMillis(sunday)).isEqualTo(millis("2025-12-29"));
            assertThat(WeekSlots.EPOCH_WEEK.slot(sunday + 1))
                    .isEqualTo(WeekSlots.EPOCH_WEEK.slot(sunday) + 1);
        } finally {
            TimeZone.setDefault(before);
        }
    }

    /** The five ranges where BharatMLStack's reader misses slots; both ends are of day's end. */
    @ParameterizedTest
    @CsvSource({
        "2026-11-21, 2027-01-20",
        "2026-12-03, 2027-01-05",
        "2026-06-09, 2026-11-23",
        "2026-03-08, 2026-08-26",
        "2026-06-10, 2026-11-25"
    })
    void i2_e13_rangesOverNewYearAndOf24Weeks_haveEverySlotWithData(String from, String to) {
        long fromMillis = millis(from);
        long toMillis = millis(to) + DAY - 1;
        for (WeekSlots weeks : WeekSlots.values()) {
            Set<Integer> expected = new LinkedHashSet<>();
            for (long time = toMillis; time >= fromMillis; time -= DAY / 24) {
                expected.add(weeks.slot(time));
            }
            assertThat(weeks.slots(fromMillis, toMillis))
                    .containsExactly(expected.stream().mapToInt(Integer::intValue).toArray());
        }
    }

    @Test
    void i2_e13_theSlotsThatWereMissed() {
        WeekSlots iso = WeekSlots.ISO_WEEK;
        assertThat(iso.slots(millis("2026-11-21"), millis("2027-01-20")))
                .containsExactly(3, 2, 1, 5, 4, 0, 23);
        assertThat(iso.slots(millis("2026-12-03"), millis("2027-01-05")))
                .containsExactly(1, 5, 4, 3, 2);
        assertThat(iso.slots(millis("2026-06-09"), millis("2026-11-23"))).hasSize(24);
        assertThat(iso.slots(millis("2026-03-08"), millis("2026-08-26"))).hasSize(24);
        assertThat(iso.slots(millis("2026-06-10"), millis("2026-11-25"))).hasSize(24).startsWith(0);
    }

    /** Any range up to BharatMLStack's 25 weeks, against going through it day by day. */
    @Property(tries = 500)
    void slots_anyRange_areThoseOfItsDaysNewestFirst(
            @ForAll @LongRange(min = 1_700_000_000_000L, max = 1_950_000_000_000L) long from,
            @ForAll @LongRange(min = 0, max = 25 * 7 * 86_400_000L) long length,
            @ForAll WeekSlots weeks) {
        long to = from + length;
        Set<Integer> expected = new LinkedHashSet<>();
        for (long time = to; time > from; time -= DAY) {
            expected.add(weeks.slot(time));
        }
        expected.add(weeks.slot(from));
        assertThat(Arrays.stream(weeks.slots(from, to)).boxed())
                .containsExactlyElementsOf(expected);
    }

    @ParameterizedTest
    @EnumSource
    void slots_ofAllTime_areAllAndEnd(WeekSlots weeks) {
        assertThat(weeks.slots(Long.MIN_VALUE, Long.MAX_VALUE))
                .hasSize(WeekSlots.SLOTS)
                .doesNotHaveDuplicates();
        assertThat(weeks.slots(0, Long.MAX_VALUE)).hasSize(WeekSlots.SLOTS);
        assertThat(weeks.slots(5, 4)).isEmpty();
        assertThat(weeks.slots(5, 5)).hasSize(1);
    }
}
