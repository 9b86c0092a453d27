package io.dhara.realtime.backtest;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.realtime.domain.aggregate.Precision;
import io.dhara.realtime.domain.definition.GroupPlan;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class StateSizeTest {
    @Test
    void state_ofARarelyVisitedKey_isSmallerThanOfABusyOne() throws Exception {
        GroupPlan plan = BacktestTest.plan("shop.yaml", "clicks_live");
        StateSize rare = StateSize.of(plan, Duration.ofHours(1));
        StateSize busy = StateSize.of(plan, Duration.ofMinutes(1));
        assertThat(rare.tiles()).isLessThan(busy.tiles());
        assertThat(busy.totalBytes())
                .isEqualTo(busy.headBytes() + busy.tileBytes() + busy.itemBytes())
                .isGreaterThan(rare.totalBytes())
                .isLessThan(10_000);
        assertThat(busy).as("measured twice").isEqualTo(StateSize.of(plan, Duration.ofMinutes(1)));
    }

    @Test
    void state_ofAGauge_countsItsItems() throws Exception {
        StateSize size =
                StateSize.of(
                        BacktestTest.plan("kitchen.yaml", "kitchen_orders"), Duration.ofMinutes(1));
        assertThat(size.items()).isPositive();
        assertThat(size.itemBytes()).isGreaterThan(8L * size.items());
    }

    @Test
    void precision_tellsSketchesFromExactState() throws Exception {
        assertThat(
                        BacktestTest.plan("shop.yaml", "user_clicks").layout().columns().stream()
                                .map(column -> Precision.of(column.type())))
                .containsExactly(
                        "exact", "estimate, standard error 1.6 %, nearly exact for few values");
        assertThat(
                        BacktestTest.plan("kitchen.yaml", "kitchen_times")
                                .layout()
                                .columns()
                                .stream()
                                .map(column -> Precision.of(column.type())))
                .containsExactly(
                        "exact", "estimate, within 1.33 % of rank (99 of 100 times)", "exact");
    }
}
