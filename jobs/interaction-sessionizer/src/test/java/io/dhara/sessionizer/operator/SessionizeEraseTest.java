package io.dhara.sessionizer.operator;

import static io.dhara.sessionizer.operator.SessionizeBed.click;
import static io.dhara.sessionizer.operator.SessionizeBed.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.sessionizer.tier.ManualTiers;
import java.time.Duration;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;

/** I20: a user is deleted everywhere. */
class SessionizeEraseTest {
    private static final Duration DRAIN = Duration.ofMillis(50);

    private final ManualTiers tiers = new ManualTiers();

    @Test
    void erase_removesPendingHotAndCold() throws Exception {
        tiers.cold.put("u", click("u", -500));
        try (SessionizeBed bed = SessionizeBed.fresh(tiers)) {
            bed.clicks("u", 1, 2);
            bed.pass(DRAIN);
            bed.erase("u", 3);
            bed.pass(DRAIN);
            assertThat(tiers.cold.interactions("u")).isEmpty();
            assertThat(tiers.hot.has("u")).isFalse();
            bed.watermark(100);
            assertThat(tiers.sessions.records()).isEmpty();
        }
    }

    @Test
    void eventsUpToTheErasure_areRejected_laterOnesStay() throws Exception {
        try (SessionizeBed bed = SessionizeBed.fresh(tiers)) {
            bed.clicks("u", 1, 7);
            bed.pass(DRAIN);
            bed.erase("u", 5);
            bed.clicks("u", 4, 5, 6);
            bed.pass(DRAIN);
            assertThat(seconds(tiers.hot.times("u"))).containsExactly(7L, 6L);
            assertThat(tiers.hot.isHot("u")).isTrue();
            bed.watermark(100);
            assertThat(seconds(tiers.cold.times("u"))).containsExactly(7L, 6L);
            bed.watermark(100_000);
            bed.clicks("u", 5);
            bed.pass(DRAIN);
            assertThat(seconds(tiers.cold.times("u"))).containsExactly(7L, 6L);
        }
    }

    @Test
    void erase_afterAFlushUnderWay_wins() throws Exception {
        try (SessionizeBed bed = SessionizeBed.fresh(tiers)) {
            bed.clicks("u", 1);
            tiers.gate.hold("write");
            bed.watermark(40);
            bed.erase("u", 35);
            bed.pass(DRAIN);
            tiers.gate.open();
            bed.settle();
            assertThat(tiers.cold.interactions("u")).isEmpty();
            assertThat(tiers.hot.has("u")).isFalse();
        }
    }

    @Test
    void loadUnderWay_bringsNothingBack() throws Exception {
        tiers.cold.put("u", click("u", -500));
        try (SessionizeBed bed = SessionizeBed.fresh(tiers)) {
            tiers.gate.hold("load");
            bed.clicks("u", 1);
            bed.pass(DRAIN);
            assertThat(tiers.gate.waiting("load")).isEqualTo(1);
            bed.erase("u", 2);
            bed.clicks("u", 8);
            bed.pass(DRAIN);
            tiers.gate.open();
            bed.settle();
            bed.pass(Duration.ofSeconds(1));
            assertThat(seconds(tiers.hot.times("u"))).containsExactly(8L);
        }
    }

    @Test
    void eraseFails_isRepeated_alsoAfterARestore() throws Exception {
        tiers.cold.put("u", click("u", -500));
        tiers.gate.fail("erase-cold", 1_000);
        SessionizeBed former = SessionizeBed.fresh(tiers);
        former.erase("u", 3);
        former.pass(Duration.ofSeconds(1));
        OperatorSubtaskState state = former.snapshot();
        former.close();
        assertThat(tiers.cold.interactions("u")).isNotEmpty();
        tiers.gate.fail("erase-cold", 0);
        tiers.gate.fail("erase-hot", 2);
        try (SessionizeBed later = former.restored(state)) {
            later.pass(Duration.ofSeconds(1));
            assertThat(tiers.cold.interactions("u")).isEmpty();
            assertThat(tiers.gate.count("erase-hot")).isEqualTo(3);
        }
    }
}
