package io.dhara.localstack.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ShopGeneratorTest {
    private static final long END = 1_800_000_000_000L;

    @Test
    void events_ofOneSeed_areAlwaysTheSame() {
        assertThat(events(1)).isEqualTo(events(1)).isNotEqualTo(events(2));
    }

    @Test
    void events_areADayInOrderThatEndsAtTheGivenTime() {
        List<ShopEvent> events = events(1);
        assertThat(events).hasSize(5_000);
        assertThat(events).extracting(ShopEvent::eventTimeMs).isSorted();
        assertThat(events.get(4_999).eventTimeMs()).isEqualTo(END);
        assertThat(events.get(0).eventTimeMs()).isGreaterThan(END - 86_400_000L);
    }

    @Test
    void events_areSkewedAndMostlyViews() {
        List<ShopEvent> events = events(1);
        Map<String, Long> byProduct =
                events.stream()
                        .collect(Collectors.groupingBy(ShopEvent::product, Collectors.counting()));
        Collection<Long> counts = byProduct.values();
        long most = counts.stream().mapToLong(Long::longValue).max().orElseThrow();
        assertThat(most).isGreaterThan(20L * events.size() / byProduct.size() / 2);
        assertThat(events.stream().filter(e -> e.behavior() == ShopEvent.Behavior.VIEW).count())
                .isBetween(4_200L, 4_700L);
    }

    private static List<ShopEvent> events(long seed) {
        List<ShopEvent> events = new ArrayList<>();
        new ShopGenerator(seed, 5_000, END).events().forEachRemaining(events::add);
        return events;
    }
}
