package io.dhara.stores.scylla;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.config.Settings;
import io.dhara.core.interaction.InteractionType;
import io.dhara.core.interaction.InteractionTypes;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class WeekSelectTest {
    private static final InteractionType ORDER =
            InteractionTypes.from(Settings.parse(Map.of())).byName("ORDER").orElseThrow();

    @Test
    void covering_slotsOfTwoTables_isOneSelectPerTable() {
        assertThat(WeekSelect.covering(ORDER, List.of(10, 8, 23), false).values())
                .containsExactly(
                        new WeekSelect("order_interactions_bucket2", 8, 10, false),
                        new WeekSelect("order_interactions_bucket3", 23, 23, false));
    }

    @Test
    void cql_writeTimes_followTheirColumns() {
        WeekSelect select = new WeekSelect("order_interactions_bucket2", 8, 9, true);

        assertThat(select.cql("ks"))
                .isEqualTo(
                        "SELECT week_8,WRITETIME(week_8),week_9,WRITETIME(week_9) FROM"
                                + " ks.order_interactions_bucket2 WHERE user_id=?");
        assertThat(select.position(9)).isEqualTo(2);
    }

    @Test
    void covering_anySlots_needsAtMost36StatementsPerTable() {
        Random random = new Random(5);
        long different =
                IntStream.range(0, 20_000)
                        .mapToObj(i -> random.ints(1 + random.nextInt(24), 0, 24).boxed().toList())
                        .flatMap(
                                slots -> WeekSelect.covering(ORDER, slots, false).values().stream())
                        .distinct()
                        .count();
        assertThat(different).isEqualTo(3 * 36);
    }
}
