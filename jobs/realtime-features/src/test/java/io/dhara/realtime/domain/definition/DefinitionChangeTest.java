package io.dhara.realtime.domain.definition;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.realtime.domain.definition.DefinitionChange.Effect;
import io.dhara.realtime.domain.definition.DefinitionChange.Step;
import org.junit.jupiter.api.Test;

class DefinitionChangeTest {

    private static DefinitionChange change(String from, String to) throws Exception {
        String before = FeatureDefinitionsTest.text("kitchen.yaml");
        assertThat(before).contains(from);
        return DefinitionChange.between(
                FeatureDefinitions.read("kitchen.yaml", before),
                FeatureDefinitions.read("kitchen.yaml", before.replace(from, to)));
    }

    private static Step onlyStep(String from, String to) throws Exception {
        DefinitionChange change = change(from, to);
        assertThat(change.steps()).hasSize(1);
        assertThat(change.compatible()).isEqualTo(change.steps().get(0).effect() != Effect.REFUSED);
        return change.steps().get(0);
    }

    @Test
    void nothingOrWordsChanged_hasNoStep() throws Exception {
        assertThat(change("Orders per restaurant", "Orders").steps()).isEmpty();
    }

    @Test
    void longerWindowAdded_startsWithWhatIsKept() throws Exception {
        Step step =
                onlyStep("windows: [5 min, 30 min, 60 min]", "windows: [5 min, 30 min, 1 h, 6 h]");
        assertThat(step.effect()).isEqualTo(Effect.FILLS);
        assertThat(step.toString())
                .contains("orders_6h")
                .contains("starts with the events that are kept, full after 6 h");
    }

    @Test
    void shorterWindowAdded_isServedFromWhatIsKept() throws Exception {
        Step step = onlyStep("windows: [1 h, 24 h]", "windows: [1 h, 6 h, 24 h]");
        assertThat(step.toString()).contains("sales_6h").contains("is served from the events");
    }

    @Test
    void featureAdded_startsWithoutEvents() throws Exception {
        Step step =
                onlyStep(
                        "      - name: sales_{window}",
                        "      - {name: dearest, aggregate: max, of: amount, windows: [2 h]}\n"
                                + "      - name: sales_{window}");
        assertThat(step.toString()).contains("dearest").contains("full after 2 h");
    }

    @Test
    void idAdded_keepsCountingAndSaysFromWhenOn() throws Exception {
        DefinitionChange change = change("lateness: 1 h\n", "lateness: 1 h\n    id: order_id\n");
        assertThat(change.compatible()).isTrue();
        assertThat(change.steps())
                .isNotEmpty()
                .allSatisfy(
                        step ->
                                assertThat(step.toString())
                                        .startsWith("KEEPS id of group restaurant/")
                                        .contains("events that come from now on count once by it"));
    }

    @Test
    void meaningChangedUnderTheSameName_isRefused() throws Exception {
        DefinitionChange change = change("where: {status: created}", "where: {status: delivered}");
        assertThat(change.compatible()).isFalse();
        assertThat(change.steps()).hasSize(3);
        assertThat(change.steps())
                .allSatisfy(
                        step ->
                                assertThat(step.toString())
                                        .startsWith("REFUSED feature orders_")
                                        .contains("status in [created]")
                                        .contains("status in [delivered]")
                                        .contains("give it another name"));
    }

    @Test
    void windowRemoved_isForgotten() throws Exception {
        Step step = onlyStep("windows: [5 min, 30 min, 60 min]", "windows: [5 min, 30 min]");
        assertThat(step.effect()).isEqualTo(Effect.FORGETS);
        assertThat(step.subject()).contains("orders_1h");
    }

    @Test
    void keySelectTopicOrEventTimeChanged_isRefusedWithTheReason() throws Exception {
        assertThat(onlyStep("WHERE status = 'delivered'", "WHERE status <> 'created'").toString())
                .startsWith("REFUSED group restaurant/kitchen_times: what it reads changes");
        assertThat(onlyStep("topic: shop.order-events", "topic: shop.orders").toString())
                .startsWith("REFUSED source orders: topic changes");
        assertThat(onlyStep("event-time: occurred_at_ms", "event-time: created_at_ms").toString())
                .startsWith("REFUSED source orders: event-time changes");
        assertThat(
                        onlyStep(
                                        "source: orders\n    key: [restaurant_id]",
                                        "source: orders\n    key: [order_id]")
                                .toString())
                .startsWith("REFUSED group restaurant/kitchen_orders: key changes")
                .contains("shadow");
    }

    @Test
    void readingSettingsChanged_keepsValues() throws Exception {
        assertThat(onlyStep("idle-after: 30 s", "idle-after: 1 min").effect())
                .isEqualTo(Effect.KEEPS);
        assertThat(onlyStep("lateness: 1 h", "lateness: 2 h").effect()).isEqualTo(Effect.KEEPS);
    }
}
